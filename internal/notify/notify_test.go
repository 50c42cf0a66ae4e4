package notify_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/notify"
	"utsendt/internal/postgres"
)

func TestCommittedMessageReachesEachPhoneInItsOwnersLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{})
	w.serve(t)
	norwegian, english := w.customer(t, "nb", ""), w.customer(t, "en", "")
	phoneA, _ := w.phone(t, norwegian, "Firefox")
	phoneB, _ := w.phone(t, norwegian, "")
	phoneC, _ := w.phone(t, english, "Chrome")
	request := uuid.New()
	w.notify(t, about(notify.Audience{Account: w.account}, notify.EnRoute, request))

	nb, message := received(t, phoneA, 1)
	if nb.Title != "SR-1000017: På vei" || nb.Body != "Testa er på vei til Fargeskriver 1. etasje." ||
		nb.URL != "/requests/SR-1000017" || nb.Lang != "nb" || nb.Kind != "en_route" || nb.RequestNumber != "SR-1000017" ||
		nb.Seq == 0 {
		t.Errorf("the phone shows %+v", nb)
	}
	if message.Urgency != "high" || message.TTL < 7000 || message.TTL > 7200 || len(message.Topic) != 32 || message.Topic != nb.Tag {
		t.Errorf("urgency %q, TTL %d, topic %q, tag %q", message.Urgency, message.TTL, message.Topic, nb.Tag)
	}
	if again, _ := received(t, phoneB, 1); again != nb {
		t.Errorf("the second phone shows %+v", again)
	}
	if en, _ := received(t, phoneC, 1); en.Title != "SR-1000017: En route" || en.Lang != "en" ||
		en.Body != "Testa is on the way to Fargeskriver 1. etasje." {
		t.Errorf("the English phone shows %+v", en)
	}
	n := w.settled(t, norwegian, 2)
	for _, d := range n.Deliveries {
		if d.State != notify.Sent || d.Attempts != 1 || d.LastStatus != 201 || d.Channel != notify.Push {
			t.Errorf("the ledger says %+v", d)
		}
	}
	if n.Deliveries[0].Recipient != "Firefox" || n.Deliveries[1].Recipient != w.push.Host() {
		t.Errorf("recipients %q, %q", n.Deliveries[0].Recipient, n.Deliveries[1].Recipient)
	}
	subscriptions, err := w.service.ListSubscriptions(t.Context(), norwegian)
	if err != nil || len(subscriptions) != 2 || subscriptions[0].LastDeliveredAt == nil || subscriptions[0].Renew {
		t.Errorf("subscriptions %+v, %v", subscriptions, err)
	}
}

func TestRolledBackChangeTellsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{Mail: newMailbox()})
	w.serve(t)
	customer := w.customer(t, "nb", "")
	phone, _ := w.phone(t, customer, "")
	w.customer(t, "nb", "mail@example.com")
	abandoned := errors.New("abandoned")
	err := postgres.InTx(t.Context(), w.db, func(ctx context.Context, tx postgres.Tx) error {
		if err := w.service.Notify(ctx, tx, about(notify.Audience{Account: w.account}, notify.Cancelled, uuid.New())); err != nil {
			return err
		}
		return abandoned
	})
	if !errors.Is(err, abandoned) {
		t.Fatal(err)
	}
	// A later message gets through; the abandoned one left no trace to get through by.
	w.notify(t, about(notify.Audience{Person: customer.PersonID}, notify.EnRoute, uuid.New()))
	if first, _ := received(t, phone, 1); first.Kind != "en_route" {
		t.Errorf("the phone got %+v", first)
	}
	w.settled(t, customer, 1)
	var rows, queued int
	if err := w.db.NewRaw(`SELECT (SELECT count(*) FROM notifications), (SELECT count(*) FROM river_job WHERE kind <> 'notify_purge')`).
		Scan(t.Context(), &rows, &queued); err != nil {
		t.Fatal(err)
	}
	if rows != 1 || queued != 1 {
		t.Errorf("%d messages and %d jobs instead of one each", rows, queued)
	}
}

func TestAudiences(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{Mail: newMailbox()})
	first, second := w.customer(t, "nb", ""), w.customer(t, "en", "")
	technician, technicianID := w.technician(t)
	disabled := w.customer(t, "nb", "gone@example.com")
	w.exec(t, `UPDATE people SET disabled_at = now() WHERE id = ?`, disabled.PersonID)
	w.phone(t, technician, "work phone")
	request := uuid.New()
	// The three audiences in one call, some of them twice.
	w.notify(t,
		about(notify.Audience{Account: w.account}, notify.Dispatched, request),
		about(notify.Audience{Person: first.PersonID}, notify.Completed, request),
		about(notify.Audience{Technician: technicianID}, notify.NewJob, request),
		about(notify.Audience{Person: disabled.PersonID}, notify.Completed, request),
		about(notify.Audience{Technician: uuid.New()}, notify.NewJob, request),
		about(notify.Audience{Person: uuid.New()}, notify.Completed, request))
	kinds := func(list []notify.Notification) (kinds []string) {
		for _, n := range list {
			kinds = append(kinds, string(n.Kind))
		}
		return kinds
	}
	for _, c := range []struct {
		who  string
		list []notify.Notification
		want string
	}{
		{"first", w.ledger(t, first), "completed dispatched"},
		{"second", w.ledger(t, second), "dispatched"},
		{"technician", w.ledger(t, technician), "new_job"},
		{"disabled", w.ledger(t, disabled), ""},
	} {
		if got := strings.Join(kinds(c.list), " "); got != c.want {
			t.Errorf("%s got %q, not %q", c.who, got, c.want)
		}
	}
	if got := w.ledger(t, technician)[0]; got.Body != "Fargeskriver 1. etasje, Bodø" || len(got.Deliveries) != 1 {
		t.Errorf("the technician's is %+v", got)
	}
	if w.ledger(t, second)[0].Deliveries != nil {
		t.Error("somebody without browser and address has a delivery")
	}
}

func TestMistakesOfTheCallerAreErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{})
	good := about(notify.Audience{Account: w.account}, notify.EnRoute, uuid.New())
	for name, spoil := range map[string]func(*notify.Message){
		"no audience":   func(m *notify.Message) { m.To = notify.Audience{} },
		"two audiences": func(m *notify.Message) { m.To.Person = uuid.New() },
		"unknown kind":  func(m *notify.Message) { m.Kind = "lunch" },
		"half subject":  func(m *notify.Message) { m.SubjectID = uuid.Nil },
		"other site":    func(m *notify.Message) { m.URL = "//evil.example.com/" },
		"absolute URL":  func(m *notify.Message) { m.URL = "https://evil.example.com/" },
		"endless URL":   func(m *notify.Message) { m.URL = "/" + strings.Repeat("x", 500) },
	} {
		m := good
		spoil(&m)
		err := postgres.InTx(t.Context(), w.db, func(ctx context.Context, tx postgres.Tx) error {
			return w.service.Notify(ctx, tx, m)
		})
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	w.notify(t) // no message is no mistake
}
