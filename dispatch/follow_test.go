package dispatch_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"go.uber.org/goleak"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

// A follower who starts while things change sees the last version, in every one of a hundred rounds, without any reading
// but the first and those it was signalled.
func TestFollowLosesNothing(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t, onlySignals)
	for range 100 {
		r := w.Open(t)
		var last *dispatch.Request
		var wg sync.WaitGroup
		wg.Go(func() {
			for range 3 {
				if _, err := w.Service.AddNote(context.Background(), w.Dispatcher, dispatchtest.Op(), r.ID, "note"); err != nil {
					t.Error(err)
				}
			}
			var err error
			if last, err = w.Service.Cancel(context.Background(), w.Dispatcher, dispatchtest.Op(), r.ID, 0, "x"); err != nil {
				t.Error(err)
			}
		})
		followers := make([]*stream[dispatch.Sight], 3)
		for i := range followers {
			followers[i] = followRequest(t, w.Service, r.ID)
		}
		wg.Wait()
		for _, f := range followers {
			seen := f.end()
			version := int64(0)
			for _, s := range seen {
				if !s.Changed || s.Request.Version <= version || int64(len(s.Activities)) < s.Request.Version || s.Tracking != nil {
					t.Fatalf("after version %d: %+v", version, s)
				}
				version = s.Request.Version
			}
			if version != last.Version || seen[len(seen)-1].Request.State != dispatch.Cancelled {
				t.Fatalf("ended at version %d, the last is %d", version, last.Version)
			}
		}
	}
}

// changeAfterRead makes a change right after a follower, known by its context, has read the request for the first time.
type changeAfterRead struct {
	change func()
	once   sync.Once
}

type followerKey struct{}

func (h *changeAfterRead) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context {
	return ctx
}

func (h *changeAfterRead) AfterQuery(ctx context.Context, e *bun.QueryEvent) {
	if ctx.Value(followerKey{}) != nil && strings.Contains(e.Query, `FROM "service_requests"`) {
		h.once.Do(h.change)
	}
}

// A change between the first reading and everything after it is seen: the subscription was there before.
func TestFollowSeesChangeDuringItsFirstReading(t *testing.T) {
	t.Parallel()
	clock, hook := dispatchtest.NewClock(dispatchtest.Start), new(changeAfterRead)
	db := pgtest.Open(t, postgres.Config{Clock: clock.Now, Hooks: []bun.QueryHook{hook}})
	w := dispatchtest.On(t, db, clock, onlySignals)
	r := w.Open(t)
	ctx := context.WithValue(context.Background(), followerKey{}, true)
	for name, run := range map[string]func(ctx context.Context, saw func(version int64)) error{
		"one request": func(ctx context.Context, saw func(int64)) error {
			return w.Service.Follow(ctx, r.ID, func(s dispatch.Sight) error { saw(s.Request.Version); return nil })
		},
		"board": func(ctx context.Context, saw func(int64)) error {
			return w.Service.FollowBoard(ctx, w.Dispatcher, func(c dispatch.BoardChange) error {
				for _, r := range c.Requests {
					saw(r.Version)
				}
				return nil
			})
		},
	} {
		var last int64
		changed := make(chan struct{})
		hook.once, hook.change = sync.Once{}, func() {
			noted := must(w.Service.AddNote(context.Background(), w.Dispatcher, dispatchtest.Op(), r.ID, "note"))(t)
			last = noted.Version
			close(changed)
		}
		f := follow(t, func(stopped context.Context, send func(int64) error) error {
			ctx, stop := context.WithCancel(ctx)
			defer stop()
			defer context.AfterFunc(stopped, stop)()
			return run(ctx, func(version int64) { _ = send(version) })
		})
		select {
		case <-changed:
		case <-time.After(patience):
			t.Fatal("the follower reads nothing")
		}
		f.until(name+": the change", func(version int64) bool { return version == last })
		f.stop()
		<-f.done
	}
}

// A customer sees where the technician is while, and only while, that one is on the way to them.
func TestTrackingOnlyEnRoute(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t, onlySignals)
	s, op := w.Service, dispatchtest.Op
	tech, other := w.Technician(t, dispatchtest.At(north(9000))), w.Technician(t, dispatchtest.At(north(20)))
	r := w.Open(t).ID
	f := followRequest(t, s, r)
	var all []dispatch.Sight
	move := func(metres float64) {
		w.Clock.Forward(5 * time.Minute)
		w.Move(t, tech, north(metres))
		w.Move(t, other, north(metres/2))
	}
	at := func(state dispatch.State) {
		t.Helper()
		all = append(all, f.until(string(state), func(s dispatch.Sight) bool { return s.Request.State == state })...)
		// One look shows what a follower sees.
		if sight := must(s.Look(ctx, r))(t); sight.Request.State != state || len(sight.Activities) == 0 || (sight.Tracking != nil) != (state == dispatch.EnRoute) {
			t.Errorf("%s: a look shows %+v", state, sight)
		}
	}
	at(dispatch.ToBeScheduled)
	move(8900)
	must(s.Assign(ctx, w.Dispatcher, op(), dispatch.Assignment{Request: r, Technician: tech.ID}))(t)
	at(dispatch.Dispatched)
	move(8800)
	must(s.Depart(ctx, tech.Actor, op(), r))(t)
	at(dispatch.EnRoute)
	if first := all[len(all)-1]; first.Tracking == nil || first.Tracking.Position == nil || first.Tracking.ETA == nil || first.Tracking.FirstName != tech.Actor.FirstName {
		t.Fatalf("on the way: %+v", first.Tracking)
	}
	for _, metres := range []float64{7000, 5000, 3000} {
		move(metres)
		now := w.Clock.Now()
		seen := f.until("the new position", func(s dispatch.Sight) bool {
			return s.Tracking != nil && s.Tracking.Position.RecordedAt.Equal(now)
		})
		eta := seen[len(seen)-1].Tracking.ETA
		if eta == nil || eta.Latest.Before(eta.Earliest) || eta.Earliest.Before(now) || eta.Source == "" || eta.Distance < metres {
			t.Errorf("%v m away: %+v", metres, eta)
		}
		all = append(all, seen...)
	}
	must(s.Arrive(ctx, tech.Actor, op(), r))(t)
	at(dispatch.OnSite)
	move(100)
	must(s.Recall(ctx, w.Dispatcher, op(), r, 0, "x"))(t)
	at(dispatch.ToBeScheduled)
	move(2000)
	must(s.Assign(ctx, w.Dispatcher, op(), dispatch.Assignment{Request: r, Technician: other.ID}))(t)
	must(s.Depart(ctx, other.Actor, op(), r))(t)
	at(dispatch.EnRoute)
	move(1800)
	now := w.Clock.Now()
	all = append(all, f.until("the other's position", func(s dispatch.Sight) bool {
		return s.Tracking != nil && s.Tracking.Position.RecordedAt.Equal(now)
	})...)
	must(s.Arrive(ctx, other.Actor, op(), r))(t)
	must(s.Finish(ctx, other.Actor, op(), r, dispatch.Completion{Outcome: dispatch.Solved}))(t)
	all = append(all, f.end()...)
	for _, s := range all {
		if (s.Tracking != nil) != (s.Request.State == dispatch.EnRoute) {
			t.Errorf("%s with tracking %+v", s.Request.State, s.Tracking)
		}
		if s.Tracking != nil && s.Tracking.Position.TechnicianID != s.Request.TechnicianID {
			t.Errorf("somebody else's position")
		}
	}
	if last := all[len(all)-1]; last.Request.State != dispatch.Completed {
		t.Errorf("the last is %s", last.Request.State)
	}
}

// Changes made on a server whose signals reach nobody are seen all the same, a little later: positions too.
func TestLostSignalsOnlyDelay(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	deaf := w.ServerOn(w.Bus, dispatchtest.Streams(time.Hour, 10*time.Millisecond))
	lonely, _ := w.Server(t)
	tech := w.Technician(t, dispatchtest.At(north(9000)))
	r := w.Open(t).ID
	request := followRequest(t, deaf, r)
	jobs := follow(t, func(ctx context.Context, send func(dispatch.OwnJobs) error) error {
		return deaf.FollowJobs(ctx, tech.Actor, send)
	})
	board := follow(t, func(ctx context.Context, send func(dispatch.BoardChange) error) error {
		return deaf.FollowBoard(ctx, w.Dispatcher, send)
	})
	request.until("the start", func(s dispatch.Sight) bool { return s.Changed })
	must(lonely.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: r, Technician: tech.ID}))(t)
	request.until("the assignment", func(s dispatch.Sight) bool { return s.Request.Version == 2 && s.Request.Visit != nil })
	jobs.until("the job", func(j dispatch.OwnJobs) bool { return len(j.Jobs) == 1 && j.Jobs[0].Request.ID == r })
	board.until("the assignment", func(c dispatch.BoardChange) bool { return shows(c, r, 2) })
	must(lonely.Depart(ctx, tech.Actor, dispatchtest.Op(), r))(t)
	now := w.Clock.Forward(time.Minute)
	batch := dispatch.Batch{SentAt: now}
	f := fix(60, 8000)
	f.At = now
	batch.Fixes = append(batch.Fixes, f)
	must(lonely.ReportPositions(ctx, tech.Actor, batch))(t)
	request.until("the position", func(s dispatch.Sight) bool {
		return s.Tracking != nil && s.Tracking.Position != nil && s.Tracking.Position.RecordedAt.Equal(now)
	})
	must(lonely.Arrive(ctx, tech.Actor, dispatchtest.Op(), r))(t)
	must(lonely.Finish(ctx, tech.Actor, dispatchtest.Op(), r, dispatch.Completion{Outcome: dispatch.Solved}))(t)
	jobs.until("the end of the job", func(j dispatch.OwnJobs) bool { return len(j.Jobs) == 0 })
	request.end()
}

// A plan that moves without the request having a new version reaches whoever waits for it.
func TestMovedPlanIsSeen(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t, onlySignals)
	tech := w.Technician(t, dispatchtest.At(north(3000)))
	one, two := w.Open(t).ID, w.Open(t).ID
	for _, id := range []uuid.UUID{one, two} {
		must(w.Service.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: id, Technician: tech.ID}))(t)
	}
	f := followRequest(t, w.Service, one)
	jobs := follow(t, func(ctx context.Context, send func(dispatch.OwnJobs) error) error {
		return w.Service.FollowJobs(ctx, tech.Actor, send)
	})
	planned := f.until("the start", func(s dispatch.Sight) bool { return s.Changed })[0].Request
	jobs.until("the start", func(j dispatch.OwnJobs) bool { return len(j.Jobs) == 2 })
	// The technician begins with the other one.
	must(w.Service.Depart(ctx, tech.Actor, dispatchtest.Op(), two))(t)
	f.until("the later arrival", func(s dispatch.Sight) bool {
		return s.Request.Version == planned.Version && s.Request.Visit.PlannedArrival.After(planned.Visit.PlannedArrival)
	})
	jobs.until("the new order", func(j dispatch.OwnJobs) bool { return j.Jobs[0].Request.ID == two })
	dispatchtest.CheckInvariants(t, w.DB)
}

func TestHeartbeats(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t, dispatchtest.Streams(5*time.Millisecond, time.Hour))
	tech, r := w.Technician(t), w.Open(t)
	f := followRequest(t, w.Service, r.ID)
	f.until("a heartbeat", func(s dispatch.Sight) bool { return s.Heartbeat && s.Request == nil && !s.Now.IsZero() })
	jobs := follow(t, func(ctx context.Context, send func(dispatch.OwnJobs) error) error {
		return w.Service.FollowJobs(ctx, tech.Actor, send)
	})
	jobs.until("a heartbeat", func(j dispatch.OwnJobs) bool { return j.Heartbeat })
	board := follow(t, func(ctx context.Context, send func(dispatch.BoardChange) error) error {
		return w.Service.FollowBoard(ctx, w.Dispatcher, send)
	})
	board.until("a heartbeat", func(c dispatch.BoardChange) bool { return c.Heartbeat })
}

// Whoever reads slowly gets the newest, not everything in between.
func TestSlowReaderMerges(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t, onlySignals)
	r := w.Open(t)
	begun, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	f := follow(t, func(ctx context.Context, send func(dispatch.Sight) error) error {
		return w.Service.Follow(ctx, r.ID, func(s dispatch.Sight) error {
			once.Do(func() { close(begun); <-goOn })
			return send(s)
		})
	})
	<-begun
	for range 60 {
		must(w.Service.AddNote(ctx, w.Dispatcher, dispatchtest.Op(), r.ID, "note"))(t)
	}
	close(goOn)
	seen := f.until("the last version", func(s dispatch.Sight) bool { return s.Request.Version == 61 })
	// At most the first, one read while signals still arrived, and the last.
	if len(seen) > 5 {
		t.Errorf("%d messages for 60 changes", len(seen))
	}
}

func TestFollowEndsWithItsReader(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t)
	r := w.Open(t)
	gone := errors.New("the reader is gone")
	if err := w.Service.Follow(context.Background(), r.ID, func(dispatch.Sight) error { return gone }); !errors.Is(err, gone) {
		t.Error(err)
	}
	err := w.Service.Follow(context.Background(), uuid.New(), func(dispatch.Sight) error { return nil })
	wantReason(t, err, "request_not_found")
	for _, a := range []identity.Actor{{}, w.Customer, w.Technician(t).Actor} {
		err := w.Service.FollowBoard(context.Background(), a, func(dispatch.BoardChange) error { return nil })
		wantReason(t, err, "role_forbidden")
	}
	err = w.Service.FollowJobs(context.Background(), w.Dispatcher, func(dispatch.OwnJobs) error { return nil })
	wantReason(t, err, "role_forbidden")
}

// Streams whose readers left leave no goroutine. Not parallel: nothing else runs meanwhile.
func TestStreamsLeaveNothingBehind(t *testing.T) {
	w := dispatchtest.New(t)
	r, tech := walk(t, w, dispatch.EnRoute)
	before := goleak.IgnoreCurrent()
	for range 5 {
		f := followRequest(t, w.Service, r)
		f.until("the start", func(s dispatch.Sight) bool { return s.Changed })
		jobs := follow(t, func(ctx context.Context, send func(dispatch.OwnJobs) error) error {
			return w.Service.FollowJobs(ctx, tech.Actor, send)
		})
		jobs.until("the start", func(dispatch.OwnJobs) bool { return true })
		board := follow(t, func(ctx context.Context, send func(dispatch.BoardChange) error) error {
			return w.Service.FollowBoard(ctx, w.Dispatcher, send)
		})
		board.until("the snapshot", func(c dispatch.BoardChange) bool { return c.Complete != nil })
		f.stop()
		jobs.stop()
		board.stop()
		for _, done := range []chan error{f.done, jobs.done, board.done} {
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
	}
	goleak.VerifyNone(t, before)
}
