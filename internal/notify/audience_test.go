package notify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/notify/email"
)

// device makes a device of a company.
func (w *world) device(t testing.TB, account uuid.UUID) uuid.UUID {
	t.Helper()
	model, site, device := uuid.New(), uuid.New(), uuid.New()
	w.exec(t, `INSERT INTO models (id, name) VALUES (?, ?)`, model, "M-"+model.String())
	w.exec(t, `INSERT INTO sites (id, account_id, number, name, line1, postal_code, city, country, quality, time_zone, created_at, updated_at)
		VALUES (?, ?, ?, 'Kontoret', 'Storgata 1', '8000', 'Bodø', 'NO', 'none', 'Europe/Oslo', now(), now())`, site, account, site.String())
	w.exec(t, `INSERT INTO devices (id, serial_number, model_id, account_id, site_id, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, now(), now())`, device, "S-"+device.String(), model, account, site)
	return device
}

// register makes a person follow a device, or wait to, as state says.
func (w *world) register(t testing.TB, person identity.Actor, device uuid.UUID, state string) {
	t.Helper()
	w.exec(t, `INSERT INTO registrations (id, person_id, device_id, state, reason, requested_at, answer_by, decided_at, updated_at)
		VALUES (?, ?, ?, ?, CASE WHEN ? = 'refused' THEN 'x' ELSE '' END, now(), now(),
			CASE WHEN ? <> 'pending' THEN now() END, now())`,
		uuid.New(), person.PersonID, device, state, state, state)
}

func (w *world) staff(t testing.TB, role identity.Role, language, address string) identity.Actor {
	t.Helper()
	id := uuid.New()
	w.exec(t, `INSERT INTO people (id, user_id, role, email, language, created_at, updated_at) VALUES (?, ?, ?, ?, ?, now(), now())`,
		id, "s-"+id.String(), role, address, language)
	return identity.Actor{PersonID: id, Role: role, Language: language}
}

func TestFollowersOfADeviceAreToldAndNobodyElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{})
	device, another := w.device(t, w.account), w.device(t, w.account)
	told, also, gone := w.customer(t, "nb", ""), w.customer(t, "en", ""), w.customer(t, "nb", "")
	quiet := map[string]identity.Actor{"not registered": w.customer(t, "nb", ""), "disabled": gone}
	for _, state := range []string{"pending", "refused", "removed"} {
		quiet[state] = w.customer(t, "nb", "")
		w.register(t, quiet[state], device, state)
	}
	for _, who := range []identity.Actor{told, also, gone} {
		w.register(t, who, device, "active")
	}
	w.register(t, quiet["not registered"], another, "active")
	w.exec(t, `UPDATE people SET disabled_at = now() WHERE id = ?`, gone.PersonID)
	// Somebody of another company who once followed it does not any more.
	elsewhere := uuid.New()
	w.exec(t, `INSERT INTO accounts (id, number, name, country, created_at, updated_at) VALUES (?, 'A-2', 'Annet firma', 'NO', now(), now())`, elsewhere)
	quiet["of another company"] = w.customer(t, "nb", "")
	w.exec(t, `UPDATE people SET account_id = ? WHERE id = ?`, elsewhere, quiet["of another company"].PersonID)
	w.register(t, quiet["of another company"], device, "active")
	w.exec(t, `UPDATE people SET account_id = ? WHERE id = ?`, elsewhere, quiet["of another company"].PersonID)

	w.notify(t, about(notify.Audience{Device: device}, notify.EnRoute, uuid.New()),
		about(notify.Audience{Device: uuid.New()}, notify.OnSite, uuid.New()))
	for _, who := range []identity.Actor{told, also} {
		if list := w.ledger(t, who); len(list) != 1 || list[0].Kind != notify.EnRoute {
			t.Errorf("a follower has %+v", list)
		}
	}
	for name, who := range quiet {
		if list := w.ledger(t, who); len(list) != 0 {
			t.Errorf("somebody who is %s has %+v", name, list)
		}
	}
	// Out of use, nobody follows it.
	w.exec(t, `UPDATE devices SET retired_at = now() WHERE id = ?`, device)
	w.notify(t, about(notify.Audience{Device: device}, notify.Completed, uuid.New()))
	if list := w.ledger(t, told); len(list) != 1 {
		t.Errorf("told about a device that is out of use: %+v", list)
	}
}

func TestStaffAreToldInTheirLanguage(t *testing.T) {
	t.Parallel()
	mail := newMailbox()
	w := newWorld(t, notify.Config{Mail: mail})
	w.serve(t)
	dispatcher := w.staff(t, identity.RoleDispatcher, "nb", "disp@example.com")
	admin := w.staff(t, identity.RoleAdmin, "en", "admin@example.com")
	gone := w.staff(t, identity.RoleDispatcher, "nb", "gone@example.com")
	w.exec(t, `UPDATE people SET disabled_at = now() WHERE id = ?`, gone.PersonID)
	customer := w.customer(t, "nb", "kunde@example.com")
	technician, _ := w.technician(t)
	w.notify(t, notify.Message{To: notify.Audience{Staff: true}, Kind: notify.TestWork, URL: "/board/approvals"})
	if n := w.settled(t, dispatcher, 1); n.Title != "Noe venter" || n.Deliveries[0].State != notify.Sent {
		t.Errorf("the dispatcher has %+v", n)
	}
	if n := w.settled(t, admin, 1); n.Title != "Something waits" || n.Deliveries[0].State != notify.Sent {
		t.Errorf("the admin has %+v", n)
	}
	for _, who := range []identity.Actor{gone, customer, technician} {
		if list := w.ledger(t, who); len(list) != 0 {
			t.Errorf("somebody else has %+v", list)
		}
	}
}

// A mail to an address that is nobody's: sent, kept masked, and in nobody's list.
func TestMailToAnAddress(t *testing.T) {
	t.Parallel()
	mail := newMailbox()
	w := newWorld(t, notify.Config{Mail: mail})
	w.serve(t)
	customer := w.customer(t, "nb", "")
	phone, _ := w.phone(t, customer, "")
	order := uuid.New()
	m := ordered(notify.Audience{Address: notify.Address{Email: "reserve@example.com", Language: "en", Name: "Rita Reserve"}}, order)
	w.notify(t, m)
	got := <-mail.sent
	if got.To != "reserve@example.com" || got.Subject != "SO-1: Ordered" || got.Language != "en" ||
		got.Body != "Hello Rita Reserve.\n\nWe deliver 1,234 for Fargeskriver on Tuesday 24 November 2026." ||
		got.Why != "You get this because somebody who uses Utsendt gave this address." {
		t.Errorf("mailed %+v", got)
	}
	staff := w.staff(t, identity.RoleDispatcher, "nb", "")
	var n notify.Notification
	eventually(t, func() string { return "the ledger to say that it was sent" }, func() bool {
		list, _, err := w.service.ListMessages(t.Context(), staff, notify.About{SubjectKind: "order", Subject: order}, 0, "")
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		n = list[0]
		return n.Deliveries[0].State == notify.Sent
	})
	if n.PersonID != uuid.Nil || n.PersonName != "" || len(n.Deliveries) != 1 || n.Deliveries[0].Recipient != "r***@example.com" ||
		n.Deliveries[0].Address != "" {
		t.Errorf("the ledger has %+v", n)
	}
	var anywhere int
	if err := w.db.NewRaw(`SELECT (SELECT count(*) FROM notifications n WHERE n::text LIKE '%reserve@%')
		+ (SELECT count(*) FROM deliveries d WHERE d::text LIKE '%reserve@%')
		+ (SELECT count(*) FROM river_job j WHERE j.args::text LIKE '%reserve@%')`).Scan(t.Context(), &anywhere); err != nil || anywhere != 0 {
		t.Errorf("the address still lies in %d rows, %v", anywhere, err)
	}
	if received, err := phone.Received(); len(w.ledger(t, customer)) != 0 || len(received) != 0 || err != nil {
		t.Error("somebody else was told")
	}
}

// What somebody typed as an address and is none fails in the ledger, not in the change; a language that we do not have
// gets English.
func TestAddressesThatAreNone(t *testing.T) {
	t.Parallel()
	folder, err := email.Open(email.Config{Folder: t.TempDir(), From: "Utsendt <service@example.com>"})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, notify.Config{Mail: folder})
	w.serve(t)
	staff := w.staff(t, identity.RoleAdmin, "nb", "")
	for address, want := range map[string]notify.State{
		"a@example.com\r\nBcc: b@example.com": notify.Failed, strings.Repeat("x", 3000) + "@example.com": notify.Failed,
		"nobody": notify.Failed, "nul\x00@example.com": notify.Failed, "\xff@example.com": notify.Failed, "ok@example.com": notify.Sent,
	} {
		order := uuid.New()
		w.notify(t, ordered(notify.Audience{Address: notify.Address{Email: address, Language: "sv"}}, order))
		eventually(t, func() string { return fmt.Sprintf("the mail to %.30q to be %s", address, want) }, func() bool {
			list, _, err := w.service.ListMessages(t.Context(), staff, notify.About{SubjectKind: "order", Subject: order}, 0, "")
			if err != nil || len(list) != 1 || list[0].Language != "en" {
				t.Fatalf("%+v, %v", list, err)
			}
			return list[0].Deliveries[0].State == want
		})
	}
}

// ordered is a message with everything that a message can have.
func ordered(to notify.Audience, order uuid.UUID) notify.Message {
	return notify.Message{
		To: to, Kind: notify.TestOrder, SubjectKind: "order", SubjectID: order, URL: "/orders/SO-1",
		Params:  map[string]string{"number": "SO-1", "device": "Fargeskriver"},
		Dates:   map[string]time.Time{"day": time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC)},
		Numbers: map[string]int64{"count": 1234},
		Lines:   []notify.Line{{Key: "test_to", Value: "Storgata 1"}, {Label: "Sort toner", Value: "2"}},
	}
}
