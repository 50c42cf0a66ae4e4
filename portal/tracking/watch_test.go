package tracking_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/uptrace/bun"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/postgres"
	"utsendt/internal/signedlink"
	"utsendt/portal/tracking"
)

func signed(t *testing.T, w *world, purpose, subject string, until time.Time) (token string) {
	t.Helper()
	err := postgres.InTx(t.Context(), w.DB, func(ctx context.Context, tx postgres.Tx) (err error) {
		token, err = signedlink.New(w.DB).Sign(ctx, tx, purpose, subject, until)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// TestWhatDoesNotWorkAnswersAlike: forged, of another purpose, expired, taken back, of a request long ended: one answer, and
// as many questions to the database.
func TestWhatDoesNotWorkAnswersAlike(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	good, token := w.made(t, 0)
	if seen, err := w.links.Get(ctx, token); err != nil || seen.Request.ID != w.request.ID || seen.Activities != nil {
		t.Fatalf("%+v %v", seen, err)
	}
	_, expired := w.made(t, time.Hour)
	revoked, revokedToken := w.made(t, 0)
	if _, err := w.links.Revoke(ctx, w.Customer, uuid.New(), revoked.ID); err != nil {
		t.Fatal(err)
	}
	w.Clock.Forward(time.Hour)
	parts := strings.Split(token, ".")
	tokens := map[string]string{
		"expired": expired, "taken back": revokedToken,
		"forged":                   parts[0] + "." + parts[1] + "." + strings.Repeat("A", len(parts[2])),
		"for another purpose":      signed(t, w, "reading", good.ID.String(), good.ExpiresAt),
		"of a link that is gone":   signed(t, w, "tracking", uuid.NewString(), good.ExpiresAt),
		"a row that outlived time": signed(t, w, "tracking", revoked.ID.String(), good.ExpiresAt),
	}
	asked := map[int64]string{}
	for name, token := range tokens {
		w.asked.n.Store(0)
		_, err := w.links.Get(ctx, token)
		wantUnknown(t, name, err)
		asked[w.asked.n.Load()] = name
		wantUnknown(t, name+" on a page", w.links.Watch(ctx, token, func(tracking.Seen) error { t.Errorf("%s shows something", name); return nil }))
	}
	if len(asked) != 1 {
		t.Errorf("they differ in how often the database is asked: %v", asked)
	}
	for _, token := range []string{"", ".", "1..", "x", token + "x", token[1:], "2" + token[1:], good.ID.String(), strings.Repeat("1.", 200)} {
		_, err := w.links.Get(ctx, token)
		wantUnknown(t, fmt.Sprintf("%.20q", token), err)
	}
	// The request ends: the link works for another day.
	if _, err := w.Service.Cancel(ctx, w.Dispatcher, dispatchtest.Op(), w.request.ID, 0, "x"); err != nil {
		t.Fatal(err)
	}
	w.Clock.Forward(24*time.Hour - time.Second)
	seen, err := w.links.Get(ctx, token)
	if err != nil || seen.Request.State != dispatch.Cancelled || !seen.Until.Equal(w.Clock.Now().Add(time.Second)) {
		t.Errorf("%+v %v", seen, err)
	}
	w.Clock.Forward(time.Second)
	_, err = w.links.Get(ctx, token)
	wantUnknown(t, "a day after the end", err)
}

// counter counts what the database is asked.
type counter struct{ n atomic.Int64 }

func (c *counter) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }
func (c *counter) AfterQuery(context.Context, *bun.QueryEvent)                        { c.n.Add(1) }

// TestOpenPagesEnd: when their link is taken back, at once and in the silence between two signals, and when its time is over.
func TestOpenPagesEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	share, token := w.made(t, 0)
	_, other := w.made(t, 0)
	_, short := w.made(t, time.Hour)
	p, stays, expires := w.watch(t, token), w.watch(t, other), w.watch(t, short)
	if _, err := w.links.Revoke(t.Context(), w.Dispatcher, uuid.New(), share.ID); err != nil {
		t.Fatal(err)
	}
	wantUnknown(t, "taken back", p.end(t))
	w.Clock.Forward(time.Hour)
	wantUnknown(t, "expired", expires.end(t))
	// Where the signal is lost, the next heartbeat finds out.
	w.exec(t, `UPDATE request_shares SET revoked_at = ?, revoked_by = created_by WHERE revoked_at IS NULL AND id <> ?`, w.Clock.Now(), share.ID)
	wantUnknown(t, "taken back unheard", stays.end(t))
}

// TestPositionOnlyWhileEnRoute: where the technician is, is seen from leaving to arriving, by whoever has the link.
func TestPositionOnlyWhileEnRoute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	tech := w.Technician(t, dispatchtest.At(orb.Point{10.5, 59.85}))
	_, token := w.made(t, 0)
	p := w.watch(t, token)
	move := func(lon float64) {
		w.Clock.Forward(30 * time.Second)
		w.Move(t, tech, orb.Point{lon, 59.85})
	}
	now := func(state dispatch.State) {
		t.Helper()
		eventually(t, "the page sees "+string(state), func() bool { return p.last().Request.State == state })
	}
	move(10.51)
	if _, err := w.Service.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: w.request.ID, Technician: tech.ID}); err != nil {
		t.Fatal(err)
	}
	now(dispatch.Dispatched)
	move(10.52)
	if _, err := w.Service.Depart(ctx, tech.Actor, dispatchtest.Op(), w.request.ID); err != nil {
		t.Fatal(err)
	}
	now(dispatch.EnRoute)
	move(10.53)
	eventually(t, "the page sees the technician move", func() bool {
		s := p.last()
		return s.Tracking != nil && s.Tracking.Position != nil && s.Tracking.Position.Point.Lon() == 10.53 && s.Tracking.ETA != nil
	})
	if _, err := w.Service.Arrive(ctx, tech.Actor, dispatchtest.Op(), w.request.ID); err != nil {
		t.Fatal(err)
	}
	now(dispatch.OnSite)
	move(10.54)
	if _, err := w.Service.Cancel(ctx, w.Dispatcher, dispatchtest.Op(), w.request.ID, 0, "x"); err != nil {
		t.Fatal(err)
	}
	if err := p.end(t); err != nil {
		t.Errorf("the page ended with %v", err)
	}
	all := p.all()
	if last := all[len(all)-1]; last.Request.State != dispatch.Cancelled {
		t.Errorf("the last sight is %+v", last)
	}
	for _, s := range all {
		if (s.Tracking != nil) != (s.Request.State == dispatch.EnRoute) || s.Activities != nil {
			t.Errorf("while %s: %+v", s.Request.State, s)
		}
	}
}

// TestTooManyPages: a link serves a bounded number of pages, and one that closes makes room.
func TestTooManyPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token := w.made(t, 0)
	_, other := w.made(t, 0)
	ctx, leave := context.WithCancel(t.Context())
	first := make(chan error, 1)
	var open atomic.Int64
	watch := func(ctx context.Context) error {
		return w.links.Watch(ctx, token, func(s tracking.Seen) error {
			if !s.Heartbeat {
				open.Add(1)
			}
			return nil
		})
	}
	go func() { first <- watch(ctx) }()
	for range 49 {
		go func() { _ = watch(t.Context()) }()
	}
	eventually(t, "fifty pages are open", func() bool { return open.Load() == 50 })
	wantReason(t, "the next", watch(t.Context()), "share_busy")
	if _, err := w.links.Get(t.Context(), other); err != nil {
		t.Errorf("another link: %v", err)
	}
	leave()
	<-first
	if _, err := w.links.Get(t.Context(), token); err != nil {
		t.Errorf("after one left: %v", err)
	}
}

// TestOpenedToTheMinute: it is remembered when a link was last opened, in no more writes than it needs.
func TestOpenedToTheMinute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token := w.made(t, 0)
	opened := func() *time.Time {
		t.Helper()
		if _, err := w.links.Get(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		list, _, err := w.links.List(t.Context(), w.Customer, w.request.ID, 0, "")
		if err != nil || list[0].LastOpenedAt == nil {
			t.Fatalf("%+v %v", list[0], err)
		}
		return list[0].LastOpenedAt
	}
	first := opened()
	w.Clock.Forward(59 * time.Second)
	if again := opened(); !again.Equal(*first) {
		t.Errorf("%v after %v", again, first)
	}
	w.Clock.Forward(time.Second)
	if later := opened(); !later.Equal(first.Add(time.Minute)) {
		t.Errorf("%v after %v", later, first)
	}
}
