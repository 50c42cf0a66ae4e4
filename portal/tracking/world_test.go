package tracking_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/portal/tracking"
)

// world is a company whose customer follows the device of an open request.
type world struct {
	*dispatchtest.World
	links   *tracking.Service
	request *dispatch.Request
	// colleague is of the same company but follows nothing; stranger is of another.
	colleague, stranger, technician identity.Actor
	// asked counts what the database is asked.
	asked *counter
}

func newWorld(t *testing.T) *world {
	t.Helper()
	clock, asked := dispatchtest.NewClock(dispatchtest.Start), new(counter)
	db := pgtest.Open(t, postgres.Config{Clock: clock.Now, Hooks: []bun.QueryHook{asked}})
	w := &world{World: dispatchtest.On(t, db, clock, dispatchtest.Streams(20*time.Millisecond, time.Hour)), asked: asked}
	w.links = tracking.New(tracking.Config{DB: w.DB, Dispatch: w.Service, Bus: w.Bus, BaseURL: "https://utsendt.example"})
	w.request = w.Open(t)
	w.follows(t, w.Customer, w.request.Device.ID)
	other := uuid.New()
	w.exec(t, `INSERT INTO accounts (id, number, name, country, created_at, updated_at) VALUES (?, 'K-9', 'Andre AS', 'NO', now(), now())`, other)
	w.colleague, w.stranger = w.customer(t, w.Account), w.customer(t, other)
	w.technician = w.Technician(t).Actor
	return w
}

func (w *world) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := w.DB.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func (w *world) customer(t *testing.T, account uuid.UUID) identity.Actor {
	t.Helper()
	id := uuid.New()
	w.exec(t, `INSERT INTO people (id, user_id, role, account_id, first_name, last_name, created_at, updated_at)
		VALUES (?, ?, 'customer', ?, 'Kari', 'Eksempel', now(), now())`, id, id.String(), account)
	return identity.Actor{PersonID: id, Role: identity.RoleCustomer, AccountID: account, FirstName: "Kari", LastName: "Eksempel"}
}

func (w *world) follows(t *testing.T, who identity.Actor, device uuid.UUID) {
	t.Helper()
	w.exec(t, `INSERT INTO registrations (id, person_id, device_id, state, requested_at, updated_at) VALUES (?, ?, ?, 'active', now(), now())`,
		uuid.New(), who.PersonID, device)
}

// made makes a link and gives it with its token.
func (w *world) made(t *testing.T, life time.Duration) (tracking.Share, string) {
	t.Helper()
	share, err := w.links.Make(t.Context(), w.Customer, uuid.New(), w.request.ID, life)
	if err != nil {
		t.Fatal(err)
	}
	return share, tokenOf(t, share.URL)
}

func tokenOf(t *testing.T, url string) string {
	t.Helper()
	const before = "https://utsendt.example/follow#"
	if len(url) <= len(before) || url[:len(before)] != before {
		t.Fatalf("the link is %q", url)
	}
	return url[len(before):]
}

// page is an open page.
type page struct {
	mu    sync.Mutex
	seen  []tracking.Seen
	beats int
	ended chan error
}

func (w *world) watch(t *testing.T, token string) *page {
	t.Helper()
	p := &page{ended: make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.ended <- w.links.Watch(ctx, token, func(s tracking.Seen) error {
			p.mu.Lock()
			defer p.mu.Unlock()
			if s.Heartbeat {
				p.beats++
			} else {
				p.seen = append(p.seen, s)
			}
			return nil
		})
	}()
	t.Cleanup(func() { cancel(); <-done })
	eventually(t, "the page sees something or ends", func() bool { return len(p.all()) > 0 || len(p.ended) > 0 })
	return p
}

func (p *page) all() []tracking.Seen {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.seen)
}

func (p *page) last() tracking.Seen {
	all := p.all()
	return all[len(all)-1]
}

func (p *page) end(t *testing.T) error {
	t.Helper()
	select {
	case err := <-p.ended:
		return err
	case <-time.After(time.Minute):
		t.Fatal("the page did not end in a minute")
		return nil
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("in a minute it was not so that %s", what)
		}
	}
}

func wantReason(t *testing.T, what string, err error, reason string) {
	t.Helper()
	if fault.ReasonOf(err) != reason {
		t.Errorf("%s: %v, want %s", what, err, reason)
	}
}

func wantUnknown(t *testing.T, what string, err error) {
	t.Helper()
	// The very same answer, to the letter.
	if !errors.Is(err, tracking.ErrUnknown) || err.Error() != tracking.ErrUnknown.Error() {
		t.Errorf("%s: %v", what, err)
	}
}
