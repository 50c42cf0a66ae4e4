package notify_test

import (
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/notify"
	"utsendt/internal/notify/email"
)

func TestCustomerWithoutBrowserGetsMail(t *testing.T) {
	t.Parallel()
	mail := newMailbox()
	w := newWorld(t, notify.Config{Mail: mail})
	w.serve(t)
	customer := w.customer(t, "en", "testa@example.com")
	technician, technicianID := w.technician(t)
	w.notify(t,
		about(notify.Audience{Person: customer.PersonID}, notify.OnSite, uuid.New()),
		about(notify.Audience{Technician: technicianID}, notify.NewJob, uuid.New()))
	if d := w.settled(t, customer, 1).Deliveries[0]; d.State != notify.Sent || d.Channel != notify.Email || d.Attempts != 1 {
		t.Errorf("the ledger says %+v", d)
	}
	if got := <-mail.sent; got.Subject != "SR-1000017: On site" || got.LinkText != "Open in Utsendt" || got.Why == "" {
		t.Errorf("mailed %+v", got)
	}
	if d := w.ledger(t, technician)[0].Deliveries; d != nil {
		t.Errorf("a technician is mailed: %+v", d)
	}
}

func TestMailIsTriedAgainAndRefusalsAreFinal(t *testing.T) {
	t.Parallel()
	mail := newMailbox()
	w := newWorld(t, notify.Config{Mail: mail, Attempts: 3})
	w.serve(t)
	customer := w.customer(t, "nb", "testa@example.com")
	for _, c := range []struct {
		name     string
		fail     email.Error
		times    int32
		state    notify.State
		attempts int
		message  string
	}{
		{"busy once", email.Error{Status: 451, Detail: "busy"}, 1, notify.Sent, 2, ""},
		{"busy for good", email.Error{Status: 451, Detail: "busy"}, 100, notify.Failed, 6, "given up: busy"},
		{"refused", email.Error{Status: 550, Detail: "unknown", Refused: true}, 1, notify.Failed, 1, "unknown"},
	} {
		mail.fail.Store(&c.fail)
		mail.left.Store(c.times)
		w.notify(t, about(notify.Audience{Person: customer.PersonID}, notify.OnSite, uuid.New()))
		d := w.settled(t, customer, 1).Deliveries[0]
		if d.State != c.state || d.Attempts != c.attempts || d.LastError != c.message {
			t.Errorf("%s: the ledger says %+v", c.name, d)
		}
	}
}

// The whole way into a folder, as the demo does it.
func TestMailsLandInTheFolder(t *testing.T) {
	t.Parallel()
	folder, err := email.Open(email.Config{Folder: t.TempDir(), From: "Utsendt <service@example.com>"})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, notify.Config{Mail: folder})
	w.serve(t)
	good, bad := w.customer(t, "nb", "testa@example.com"), w.customer(t, "nb", "testa@example.com\r\nBcc: all@example.com")
	w.notify(t, about(notify.Audience{Account: w.account}, notify.OnSite, uuid.New()))
	if d := w.settled(t, good, 1).Deliveries[0]; d.State != notify.Sent {
		t.Errorf("the ledger says %+v", d)
	}
	if d := w.settled(t, bad, 1).Deliveries[0]; d.State != notify.Failed || d.LastError != "the e-mail address is malformed" {
		t.Errorf("the ledger says %+v", d)
	}
}
