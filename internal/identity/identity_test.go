package identity

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

const (
	goodPassword  = "violet tractor harbour 7"
	otherPassword = "seven quiet lanterns 31"
	address       = "192.0.2.7"
)

// clock is a clock that tests turn.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) turn(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is a database with a service on it and a clock.
type world struct {
	*Service
	db    *postgres.DB
	clock *clock
}

func newWorld(t *testing.T) *world {
	t.Helper()
	c := &clock{now: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
	db := pgtest.Open(t, postgres.Config{Clock: c.read, MaxConns: 20})
	return &world{Service: New(db, Config{CheapHashes: true}), db: db, clock: c}
}

// dispatcher makes a person with goodPassword.
func (w *world) dispatcher(t *testing.T, userID string) Person {
	t.Helper()
	person, err := w.CreatePerson(t.Context(), System(), NewPerson{
		UserID: userID, Password: goodPassword, Role: RoleDispatcher, FirstName: "Demo", LastName: "Dispatcher",
	})
	if err != nil {
		t.Fatalf("making a person: %v", err)
	}
	return person
}

func (w *world) signIn(t *testing.T, userID string, kind SessionKind) (string, Session) {
	t.Helper()
	token, session, _, err := w.SignIn(t.Context(), userID, goodPassword, kind, "test", address)
	if err != nil {
		t.Fatalf("signing in: %v", err)
	}
	return token, session
}

func (w *world) try(ctx context.Context, userID, password, from string) error {
	_, _, _, err := w.SignIn(ctx, userID, password, SessionWeb, "test", from)
	return err
}

// wantFault fails unless err is a fault of the kind and reason.
func wantFault(t *testing.T, err error, kind fault.Kind, reason string) *fault.Error {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) || e.Kind != kind || e.Reason != reason {
		t.Fatalf("got %v, want %s %s", err, kind, reason)
	}
	return e
}

func (w *world) audits(t *testing.T, personID uuid.UUID) []string {
	t.Helper()
	var actions []string
	if err := w.db.NewRaw("SELECT action FROM audit_trail WHERE object_id = ? ORDER BY at, id", personID).
		Scan(t.Context(), &actions); err != nil {
		t.Fatal(err)
	}
	return actions
}
