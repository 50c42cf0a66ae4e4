package notify_test

import (
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/notify"
)

// A browser's messages end with its session when somebody ends it: a lost laptop shows no more. They go on when the
// session only ran out, and when another session of the same person is ended.
func TestEndedSessionTakesItsSubscription(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{})
	people := identity.New(w.db, identity.Config{CheapHashes: true})
	person := w.customer(t, "nb", "")
	session := func() identity.Actor {
		t.Helper()
		actor := person
		actor.SessionID = uuid.New()
		now := w.db.Now()
		if _, err := w.db.NewRaw(`INSERT INTO sessions (id, person_id, token_hash, kind, created_at, last_seen_at, expires_at)
			VALUES (?, ?, sha256(?::text::bytea), 'web', ?, ?, ?)`,
			actor.SessionID, actor.PersonID, actor.SessionID.String(), now, now, now).Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
		return actor
	}
	subscribed := func() (n int) {
		t.Helper()
		list, err := w.service.ListSubscriptions(t.Context(), person)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	laptop, desk := session(), session()
	lost := w.push.NewPhone(t)
	w.subscribe(t, laptop, lost, "")
	w.subscribe(t, desk, w.push.NewPhone(t), "")

	if err := people.EndSession(t.Context(), person.PersonID, laptop.SessionID); err != nil {
		t.Fatal(err)
	}
	if n := subscribed(); n != 1 {
		t.Fatalf("%d subscriptions are left after one of two sessions was ended", n)
	}
	// Another session confirms the endpoint: ending the former one does not touch it.
	again := session()
	w.subscribe(t, desk, lost, "")
	w.subscribe(t, again, lost, "")
	if err := people.EndSession(t.Context(), person.PersonID, desk.SessionID); err != nil {
		t.Fatal(err)
	}
	if n := subscribed(); n != 1 {
		t.Fatalf("%d subscriptions are left, not the one that a newer session confirmed", n)
	}
	if err := people.Purge(t.Context()); err != nil { // removes what ran out long ago
		t.Fatal(err)
	}
	if n := subscribed(); n != 1 {
		t.Fatal("a session that ran out took its subscription with it")
	}
}
