package notify_test

import (
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/notify"
)

// TestNewRequestsByPushAlone: staff who turned push on are told of new requests, unless they turned these off; nobody else is, by
// mail neither. Several of a minute replace each other, and lead to the last.
func TestNewRequestsByPushAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{Mail: newMailbox()})
	w.serve(t)
	wants, spared, without := w.staff(t, identity.RoleDispatcher, "nb", "a@example.com"), w.staff(t, identity.RoleAdmin, "en", "b@example.com"),
		w.staff(t, identity.RoleDispatcher, "nb", "c@example.com")
	customer := w.customer(t, "nb", "d@example.com")
	phone, _ := w.phone(t, wants, "Kontoret")
	w.phone(t, spared, "Office")
	w.phone(t, customer, "Kunden")
	if list := w.set(t, spared, notify.NewRequests, false); on(list, notify.NewRequests) || !on(list, notify.Work) {
		t.Errorf("preferences %+v", list)
	}
	topic := uuid.New()
	opened := func(number, request string, count int64) notify.Message {
		return notify.Message{
			To: notify.Audience{Staff: true}, Kind: notify.RequestOpened, SubjectKind: "new_requests", SubjectID: topic, URL: "/board/?request=" + request,
			Params:  map[string]string{"number": number, "device": "Fargeskriver", "customer": "Eksempel AS", "city": "Bodø", "text": "Lukter svidd"},
			Numbers: map[string]int64{"count": count},
		}
	}
	w.notify(t, opened("SR-1", "one", 1))
	one, _ := received(t, phone, 1)
	if one.Title != "SR-1: Ny sak" || one.Body != "Fargeskriver, Eksempel AS, Bodø: Lukter svidd" || one.URL != "/board/?request=one" {
		t.Errorf("the first: %+v", one)
	}
	w.notify(t, opened("SR-2", "two", 2))
	two, message := received(t, phone, 2)
	if two.Title != "2 nye saker" || two.Body != "Den siste er SR-2: Fargeskriver, Eksempel AS, Bodø" || two.URL != "/board/?request=two" ||
		two.Tag != one.Tag || message.Topic != two.Tag || two.Seq <= one.Seq {
		t.Errorf("the second: %+v in place of %+v, topic %q", two, one, message.Topic)
	}
	w.settled(t, wants, 1)
	for who, actor := range map[string]identity.Actor{"turned it off": spared, "has no push": without, "is a customer": customer} {
		if list := w.ledger(t, actor); len(list) != 0 {
			t.Errorf("somebody who %s has %+v", who, list)
		}
	}
	// It is no switch of customers'.
	if list, err := w.service.MailPreferences(t.Context(), customer); err != nil || on(list, notify.NewRequests) {
		t.Errorf("a customer has %+v, %v", list, err)
	}
	w.set(t, spared, notify.NewRequests, true)
	w.notify(t, opened("SR-3", "three", 1))
	if n := w.settled(t, spared, 1); n.Title != "SR-3: New request" || n.Deliveries[0].State != notify.Sent {
		t.Errorf("turned on again: %+v", n)
	}
}
