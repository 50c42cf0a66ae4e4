package tracking_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/identity"
	"utsendt/portal/tracking"
)

// TestWhoMayShare: customers who follow the device, and staff; nobody else learns that the request or a link exists.
func TestWhoMayShare(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	share, _ := w.made(t, 0)
	for name, who := range map[string]identity.Actor{
		"colleague": w.colleague, "stranger": w.stranger, "technician": w.technician, "nobody": {},
	} {
		_, err := w.links.Make(ctx, who, uuid.New(), w.request.ID, 0)
		wantReason(t, name+" makes one", err, "request_not_found")
		_, _, err = w.links.List(ctx, who, w.request.ID, 0, "")
		wantReason(t, name+" lists", err, "request_not_found")
		_, err = w.links.Revoke(ctx, who, uuid.New(), share.ID)
		wantUnknown(t, name+" takes one back", err)
	}
	_, err := w.links.Make(ctx, w.Customer, uuid.New(), uuid.New(), 0)
	wantReason(t, "a request that is not there", err, "request_not_found")
	_, err = w.links.Revoke(ctx, w.Customer, uuid.New(), uuid.New())
	wantUnknown(t, "a link that is not there", err)

	byStaff, err := w.links.Make(ctx, w.Dispatcher, uuid.New(), w.request.ID, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	list, next, err := w.links.List(ctx, w.Customer, w.request.ID, 0, "")
	if err != nil || len(list) != 2 || next != "" {
		t.Fatalf("%v %q %v", list, next, err)
	}
	for _, one := range list {
		if one.URL == "" {
			t.Errorf("%s has no link", one.ID)
		}
		if one.ID == byStaff.ID && one.MadeBy != "" {
			t.Errorf("a customer is told which of our staff made it: %q", one.MadeBy)
		}
		if one.ID == share.ID && (one.MadeBy != "Kunde Eksempel" || one.URL != share.URL || !one.Until().Equal(w.DB.Now().Add(tracking.DefaultLife))) {
			t.Errorf("listed as %+v, made as %+v", one, share)
		}
	}
	list, _, err = w.links.List(ctx, w.Dispatcher, w.request.ID, 0, "")
	if err != nil || len(list) != 2 || list[0].MadeBy == "" || list[1].MadeBy == "" {
		t.Errorf("staff are not told who made them: %+v %v", list, err)
	}
	// A follower may take back what staff made, and the other way round.
	if _, err := w.links.Revoke(ctx, w.Customer, uuid.New(), byStaff.ID); err != nil {
		t.Error(err)
	}
	if _, err := w.links.Revoke(ctx, w.Dispatcher, uuid.New(), share.ID); err != nil {
		t.Error(err)
	}
	// Whoever leaves the device has no say any more.
	w.exec(t, `UPDATE registrations SET state = 'removed' WHERE person_id = ?`, w.Customer.PersonID)
	_, _, err = w.links.List(ctx, w.Customer, w.request.ID, 0, "")
	wantReason(t, "after leaving", err, "request_not_found")
}

// TestSameOperationIsTheSameLink, and no token is stored with its answer.
func TestSameOperationIsTheSameLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	op := uuid.New()
	first, err := w.links.Make(t.Context(), w.Customer, op, w.request.ID, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			again, err := w.links.Make(t.Context(), w.Customer, op, w.request.ID, time.Hour)
			if err != nil || again.URL != first.URL || again.ID != first.ID {
				t.Errorf("%+v %v", again, err)
			}
		})
	}
	wg.Wait()
	_, err = w.links.Make(t.Context(), w.Customer, op, w.request.ID, 2*time.Hour)
	wantReason(t, "another life", err, "operation_id_reused")
	var stored string
	if err := w.DB.NewRaw(`SELECT string_agg(o::text || a::text || s::text, ' ') FROM operations o, audit_trail a, request_shares s`).
		Scan(t.Context(), &stored); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(tokenOf(t, first.URL), ".")
	for _, part := range parts[1:] {
		if strings.Contains(stored, part) {
			t.Errorf("a part of the token is stored: %s", part)
		}
	}
}

// TestLimits: how long links work and how many there may be, also when they are made at once.
func TestLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	for _, life := range []time.Duration{-time.Hour, time.Minute, tracking.MaxLife + time.Second} {
		_, err := w.links.Make(ctx, w.Customer, uuid.New(), w.request.ID, life)
		wantReason(t, life.String(), err, "share_life_invalid")
	}
	expired, _ := w.made(t, time.Hour)
	revoked, _ := w.made(t, 0)
	w.Clock.Forward(time.Hour)
	if _, err := w.links.Revoke(ctx, w.Customer, uuid.New(), revoked.ID); err != nil {
		t.Fatal(err)
	}
	var made, refused atomic.Int64
	var wg sync.WaitGroup
	for range tracking.MaxLive + 10 {
		wg.Go(func() {
			if _, err := w.links.Make(ctx, w.Dispatcher, uuid.New(), w.request.ID, tracking.MaxLife); err == nil {
				made.Add(1)
			} else {
				wantReason(t, "one too many", err, "shares_many")
				refused.Add(1)
			}
		})
	}
	wg.Wait()
	if made.Load() != tracking.MaxLive || refused.Load() != 10 {
		t.Errorf("%d made, %d refused", made.Load(), refused.Load())
	}
	// Page by page all are there, once each, the newest first; those that do not work have no link.
	seen, token := map[uuid.UUID]bool{}, ""
	for {
		page, next, err := w.links.List(ctx, w.Customer, w.request.ID, 7, token)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range page {
			if seen[one.ID] {
				t.Errorf("%s is listed twice", one.ID)
			}
			seen[one.ID] = true
			if works := one.ID != expired.ID && one.ID != revoked.ID; works != (one.URL != "") {
				t.Errorf("%+v", one)
			}
		}
		if token = next; next == "" {
			break
		}
	}
	if len(seen) != tracking.MaxLive+2 {
		t.Errorf("%d links are listed", len(seen))
	}
	_, _, err := w.links.List(ctx, w.Customer, w.request.ID, 0, "x")
	wantReason(t, "a token that is none", err, "page_token_malformed")

	ended := w.Open(t)
	if _, err := w.Service.Cancel(ctx, w.Dispatcher, dispatchtest.Op(), ended.ID, 0, "x"); err != nil {
		t.Fatal(err)
	}
	_, err = w.links.Make(ctx, w.Dispatcher, uuid.New(), ended.ID, 0)
	wantReason(t, "of an ended request", err, "share_ended")
}

// TestDatabaseGuards: what the program never does, the database refuses as well.
func TestDatabaseGuards(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	share, _ := w.made(t, 0)
	refused := func(what, query string, args ...any) {
		t.Helper()
		if _, err := w.DB.ExecContext(t.Context(), query, args...); err == nil {
			t.Errorf("%s was taken", what)
		}
	}
	refused("a longer life", `UPDATE request_shares SET expires_at = expires_at + interval '1 hour' WHERE id = ?`, share.ID)
	refused("another request", `UPDATE request_shares SET request_id = ? WHERE id = ?`, w.Open(t).ID, share.ID)
	refused("taken back by nobody", `UPDATE request_shares SET revoked_at = created_at WHERE id = ?`, share.ID)
	refused("too long a life", `INSERT INTO request_shares (id, request_id, created_by, created_at, expires_at)
		VALUES (?, ?, ?, now(), now() + interval '721 hours')`, uuid.New(), w.request.ID, w.Customer.PersonID)
	refused("no life", `INSERT INTO request_shares (id, request_id, created_by, created_at, expires_at)
		VALUES (?, ?, ?, now(), now())`, uuid.New(), w.request.ID, w.Customer.PersonID)
	if _, err := w.links.Revoke(t.Context(), w.Customer, uuid.New(), share.ID); err != nil {
		t.Fatal(err)
	}
	refused("coming back", `UPDATE request_shares SET revoked_at = NULL, revoked_by = NULL WHERE id = ?`, share.ID)
}

// TestOldLinksAreForgotten: those that work, and those that did lately, stay.
func TestOldLinksAreForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.made(t, time.Hour)
	w.Clock.Forward(90 * 24 * time.Hour)
	kept, _ := w.made(t, time.Hour)
	if err := w.links.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if list, _, err := w.links.List(t.Context(), w.Customer, w.request.ID, 0, ""); err != nil || len(list) != 2 {
		t.Errorf("%v %v", list, err)
	}
	w.Clock.Forward(2 * time.Hour)
	if err := w.links.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if list, _, err := w.links.List(t.Context(), w.Customer, w.request.ID, 0, ""); err != nil || len(list) != 1 || list[0].ID != kept.ID {
		t.Errorf("%v %v", list, err)
	}
}
