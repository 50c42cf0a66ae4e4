package notify_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/notify"
	"utsendt/internal/notify/email"
	"utsendt/internal/postgres"
)

// A kind that is always mailed goes out by mail beside push, once, with its own text, table and link.
func TestAlwaysMailGoesOutBesidePush(t *testing.T) {
	t.Parallel()
	mail := newMailbox()
	w := newWorld(t, notify.Config{Mail: mail})
	w.serve(t)
	customer := w.customer(t, "nb", "testa@example.com")
	phone, _ := w.phone(t, customer, "Firefox")
	m := ordered(notify.Audience{Person: customer.PersonID}, uuid.New())
	w.notify(t, m)
	n := w.settled(t, customer, 2)
	if n.Deliveries[0].Channel != notify.Push || n.Deliveries[1].Channel != notify.Email || n.Deliveries[1].State != notify.Sent {
		t.Errorf("the ledger has %+v", n.Deliveries)
	}
	if shown, _ := received(t, phone, 1); shown.Title != "SO-1: Bestilt" || shown.Body != "1 234 varer til Fargeskriver." {
		t.Errorf("the phone shows %+v", shown)
	}
	got := <-mail.sent
	if got.Subject != "SO-1: Bestilt" || got.LinkText != "Se bestillingen" || got.Link != "https://utsendt.example.com/orders/SO-1" ||
		got.Body != "Hei Testa Testesen.\n\nVi leverer 1 234 til Fargeskriver tirsdag 24. november 2026." ||
		!slices.Equal(got.Lines, []email.Line{{Label: "Leveres til", Value: "Storgata 1"}, {Label: "Sort toner", Value: "2"}}) ||
		got.Why != "Du får dette fordi du følger en bestilling." || got.Preferences != "https://utsendt.example.com/account" {
		t.Errorf("mailed %+v", got)
	}
	// One is one, also in words, and a push that fails brings no second mail.
	phone.SetAnswer(gone)
	m.Numbers["count"] = 1
	w.notify(t, m)
	if n := w.settled(t, customer, 2); n.Body != "Én vare til Fargeskriver." || n.Deliveries[0].State != notify.Gone {
		t.Errorf("the ledger has %+v", n)
	}
	<-mail.sent
	if len(mail.sent) != 0 {
		t.Errorf("mailed again: %+v", <-mail.sent)
	}
}

func TestEndlessTablesAreCutAndSaySo(t *testing.T) {
	t.Parallel()
	mail := newMailbox()
	w := newWorld(t, notify.Config{Mail: mail})
	w.serve(t)
	customer := w.customer(t, "en", "testa@example.com")
	m := ordered(notify.Audience{Person: customer.PersonID}, uuid.New())
	m.Lines = nil
	for i := range 1350 {
		m.Lines = append(m.Lines, notify.Line{Label: strconv.Itoa(i) + strings.Repeat("x", 1000), Value: "a\r\nb", Date: time.Now()})
	}
	w.notify(t, m)
	got := <-mail.sent
	if len(got.Lines) != 101 || len(got.Lines[0].Label) > 200 || got.Lines[0].Value != "a b" || got.Lines[100].Label != "and 1,250 more" {
		t.Errorf("%d lines: %+v … %+v", len(got.Lines), got.Lines[0], got.Lines[len(got.Lines)-1])
	}
}

// A secret is made for the mail and for nothing else, anew for each attempt, in a transaction that is committed first.
func TestSecretsAreOnlyInTheMail(t *testing.T) {
	t.Parallel()
	mail := newMailbox()
	w := newWorld(t, notify.Config{Mail: mail})
	customer := w.customer(t, "nb", "testa@example.com")
	made := 0
	w.service.RegisterSecret(notify.TestSecret, func(ctx context.Context, tx postgres.Tx, to notify.Recipient) (map[string]string, error) {
		if to.PersonID != customer.PersonID || to.Email != "testa@example.com" || to.Language != "nb" || to.NotificationID == uuid.Nil {
			t.Errorf("made for %+v", to)
		}
		made++
		if made == 1 {
			return nil, errors.New("the database was away")
		}
		secret := "hemmelig-" + strconv.Itoa(made)
		_, err := tx.NewRaw(`UPDATE people SET user_id = ? WHERE id = ?`, "hash-of-"+strconv.Itoa(made), to.PersonID).Exec(ctx)
		return map[string]string{"password": secret}, err
	})
	if missing := w.service.MissingSecrets(); !slices.Contains(missing, notify.TestLink) || slices.Contains(missing, notify.TestSecret) {
		t.Errorf("missing: %v", missing)
	}
	w.serve(t)
	mail.fail.Store(&email.Error{Status: 451, Detail: "busy"})
	mail.left.Store(1)
	w.notify(t, notify.Message{To: notify.Audience{Person: customer.PersonID}, Kind: notify.TestSecret, URL: "/"})
	n := w.settled(t, customer, 1)
	got := <-mail.sent
	if got.Body != "Hei Testa Testesen. Passordet er hemmelig-3" || made != 3 || n.Deliveries[0].Attempts != 2 {
		t.Errorf("after %d secrets and %+v mailed %+v", made, n.Deliveries, got)
	}
	if got.Why == "" || got.Preferences != "" || got.Unsubscribe != "" {
		t.Errorf("mail about the account's safety can be turned off: %+v", got)
	}
	if n.Title != "Nytt passord" || n.Body != "Du har fått et nytt passord." {
		t.Errorf("the ledger has %+v", n)
	}
	var user string
	if err := w.db.NewRaw(`SELECT user_id FROM people WHERE id = ?`, customer.PersonID).Scan(t.Context(), &user); err != nil || user != "hash-of-3" {
		t.Errorf("what the function wrote: %q, %v", user, err)
	}
	var anywhere int
	if err := w.db.NewRaw(`SELECT (SELECT count(*) FROM notifications x WHERE x::text LIKE '%hemmelig%')
		+ (SELECT count(*) FROM deliveries x WHERE x::text LIKE '%hemmelig%')
		+ (SELECT count(*) FROM river_job x WHERE x::text LIKE '%hemmelig%')
		+ (SELECT count(*) FROM audit_trail x WHERE x::text LIKE '%hemmelig%')`).Scan(t.Context(), &anywhere); err != nil || anywhere != 0 {
		t.Errorf("the secret lies in %d rows, %v", anywhere, err)
	}
}

// The same mail twice has the same id, but one with another secret is another mail.
func TestMailsWithSecretsAreToldApart(t *testing.T) {
	t.Parallel()
	mail := newMailbox()
	w := newWorld(t, notify.Config{Mail: mail})
	customer := w.customer(t, "nb", "testa@example.com")
	token, path := 0, "/readings?token="
	w.service.RegisterSecret(notify.TestLink, func(context.Context, postgres.Tx, notify.Recipient) (map[string]string, error) {
		token++
		return map[string]string{notify.SecretURL: path + strconv.Itoa(token)}, nil
	})
	w.serve(t)
	m := notify.Message{To: notify.Audience{Person: customer.PersonID}, Kind: notify.TestLink, URL: "/readings", Params: map[string]string{"device": "Skriver"}}
	w.notify(t, m)
	first := <-mail.sent
	w.settled(t, customer, 1)
	w.exec(t, `UPDATE deliveries SET state = 'queued'`) // as a process that died before it wrote the ledger leaves it
	w.exec(t, `UPDATE river_job SET state = 'available', finalized_at = NULL, scheduled_at = now() WHERE kind = 'notify_email'`)
	second := <-mail.sent
	if first.Link != "https://utsendt.example.com/readings?token=1" || second.Link != "https://utsendt.example.com/readings?token=2" ||
		first.ID == second.ID || first.Body != "Les av Skriver uten å logge inn." {
		t.Errorf("mailed %+v and %+v", first, second)
	}
}

func TestSecretThatIsNotWantedWithholdsTheMail(t *testing.T) {
	t.Parallel()
	mail := newMailbox()
	w := newWorld(t, notify.Config{Mail: mail})
	customer := w.customer(t, "nb", "testa@example.com")
	w.service.RegisterSecret(notify.TestLink, func(context.Context, postgres.Tx, notify.Recipient) (map[string]string, error) {
		return nil, notify.ErrNotWanted
	})
	w.serve(t)
	w.notify(t, notify.Message{To: notify.Audience{Person: customer.PersonID}, Kind: notify.TestLink, URL: "/readings"})
	if d := w.settled(t, customer, 1).Deliveries[0]; d.State != notify.Withheld || d.LastError != "no longer wanted" || d.Attempts != 0 {
		t.Errorf("the ledger says %+v", d)
	}
	// Nobody makes the secrets of this kind here.
	w.notify(t, notify.Message{To: notify.Audience{Person: customer.PersonID}, Kind: notify.TestSecret, URL: "/"})
	if d := w.settled(t, customer, 1).Deliveries[0]; d.State != notify.Failed || d.LastError == "" {
		t.Errorf("the ledger says %+v", d)
	}
	if len(mail.sent) != 0 {
		t.Errorf("mailed %+v", <-mail.sent)
	}
}

// An address that mail servers refuse again and again is left in peace, and nobody else waits for it.
func TestRefusedAddressIsPausedUntilItChanges(t *testing.T) {
	t.Parallel()
	mail := newMailbox()
	w := newWorld(t, notify.Config{Mail: mail})
	w.serve(t)
	customer := w.customer(t, "nb", "Borte@example.com")
	other := w.customer(t, "nb", "her@example.com")
	tell := func() notify.Delivery {
		w.notify(t, about(notify.Audience{Person: customer.PersonID}, notify.OnSite, uuid.New()))
		return w.settled(t, customer, 1).Deliveries[0]
	}
	refuse := func(failure email.Error, times int32) {
		mail.fail.Store(&failure)
		mail.left.Store(times)
	}
	unknown := email.Error{Status: 550, Detail: "unknown", Refused: true, BadAddress: true}
	// Refusals of another kind do not count, and one that got through begins anew.
	refuse(email.Error{Status: 552, Detail: "full", Refused: true}, 4)
	for range 4 {
		tell()
	}
	refuse(unknown, 2)
	tell()
	tell()
	if d := tell(); d.State != notify.Sent {
		t.Fatalf("the ledger says %+v", d)
	}
	<-mail.sent
	refuse(unknown, 3)
	for range 3 {
		if d := tell(); d.State != notify.Failed || d.LastStatus != 550 {
			t.Errorf("the ledger says %+v", d)
		}
	}
	if d := tell(); d.State != notify.Withheld || d.LastError != "mail to this address is paused: it was refused too often" || d.Attempts != 0 {
		t.Errorf("the ledger says %+v", d)
	}
	w.notify(t, about(notify.Audience{Person: other.PersonID}, notify.OnSite, uuid.New()))
	if d := w.settled(t, other, 1).Deliveries[0]; d.State != notify.Sent {
		t.Errorf("somebody else's: %+v", d)
	}
	<-mail.sent
	w.exec(t, `UPDATE people SET email = 'borte@EXAMPLE.com' WHERE id = ?`, customer.PersonID)
	if d := tell(); d.State != notify.Withheld {
		t.Errorf("the same address in other letters: %+v", d)
	}
	w.exec(t, `UPDATE people SET email = 'ny@example.com' WHERE id = ?`, customer.PersonID)
	if d := tell(); d.State != notify.Sent {
		t.Errorf("after the address changed: %+v", d)
	}
	if got := <-mail.sent; got.To != "ny@example.com" {
		t.Errorf("mailed %+v", got)
	}
}
