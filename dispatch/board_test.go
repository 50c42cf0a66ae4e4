package dispatch_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/live"
)

// shows says whether a message has this version of a request.
func shows(c dispatch.BoardChange, id uuid.UUID, version int64) bool {
	return slices.ContainsFunc(c.Requests, func(r *dispatch.Request) bool { return r.ID == id && r.Version == version })
}

// The board shows a snapshot and then every change; whoever starts in the middle of changes misses none.
func TestFollowBoardLosesNothing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t, onlySignals)
	tech := w.Technician(t, dispatchtest.At(north(1000)))
	for range 25 {
		r := w.Open(t)
		done := make(chan *dispatch.Request, 1)
		go func() {
			var last *dispatch.Request
			for range 4 {
				var err error
				if last, err = w.Service.AddNote(ctx, w.Dispatcher, dispatchtest.Op(), r.ID, "note"); err != nil {
					t.Error(err)
				}
			}
			done <- last
		}()
		board := follow(t, func(ctx context.Context, send func(dispatch.BoardChange) error) error {
			return w.Service.FollowBoard(ctx, w.Dispatcher, send)
		})
		last := <-done
		board.until("the last version", func(c dispatch.BoardChange) bool {
			return shows(c, r.ID, last.Version)
		})
		board.stop()
	}
	board := follow(t, func(ctx context.Context, send func(dispatch.BoardChange) error) error {
		return w.Service.FollowBoard(ctx, w.Dispatcher, send)
	})
	snapshot := board.until("the snapshot", func(c dispatch.BoardChange) bool { return c.Complete != nil })
	if c := snapshot[len(snapshot)-1].Complete; c.Requests != 25 || c.Technicians != 1 || len(snapshot) != 3 {
		t.Errorf("snapshot of %+v in %d messages", c, len(snapshot))
	}
	w.Clock.Forward(time.Minute)
	w.Move(t, tech, north(1200))
	now := w.Clock.Now()
	board.until("the move", func(c dispatch.BoardChange) bool { return len(c.Moved) == 1 && c.Moved[0].RecordedAt.Equal(now) })
	must(w.Service.SetDuty(ctx, tech.Actor, dispatchtest.Op(), false))(t)
	board.until("going off duty", func(c dispatch.BoardChange) bool {
		return len(c.Technicians) == 1 && !c.Technicians[0].OnDuty && c.Technicians[0].Position == nil
	})
}

// Whoever was too slow for the signals gets a new snapshot.
func TestSlowBoardGetsNewSnapshot(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t, onlySignals)
	w.Open(t)
	witness := w.Bus.Subscribe("end.1")
	defer witness.Close()
	begun, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	board := follow(t, func(ctx context.Context, send func(dispatch.BoardChange) error) error {
		return w.Service.FollowBoard(ctx, w.Dispatcher, func(c dispatch.BoardChange) error {
			once.Do(func() { close(begun); <-goOn })
			return send(c)
		})
	})
	<-begun
	for range 5000 {
		if err := w.Bus.Publish(live.Signal{Subject: "request." + uuid.NewString()}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Bus.Publish(live.Signal{Subject: "end.1"}); err != nil {
		t.Fatal(err)
	}
	<-witness.C()
	close(goOn)
	snapshots := 0
	board.until("a second snapshot", func(c dispatch.BoardChange) bool {
		if c.Complete != nil {
			snapshots++
		}
		return snapshots == 2
	})
}

// However many positions come, a board is told of each technician's newest, many in a message.
func TestBoardCoalescesMoves(t *testing.T) {
	t.Parallel()
	const technicians, rounds = 300, 20
	w := dispatchtest.New(t, dispatchtest.Streams(time.Hour, 50*time.Millisecond))
	board := follow(t, func(ctx context.Context, send func(dispatch.BoardChange) error) error {
		return w.Service.FollowBoard(ctx, w.Dispatcher, send)
	})
	board.until("the snapshot", func(c dispatch.BoardChange) bool { return c.Complete != nil })
	ids := make([]uuid.UUID, technicians)
	for i := range ids {
		ids[i] = uuid.New()
	}
	for round := range int64(rounds) {
		for _, id := range ids {
			p := dispatch.Position{TechnicianID: id, Point: north(float64(round)), RecordedAt: time.UnixMilli(round).UTC()}
			if err := w.Bus.Publish(must(dispatch.PositionSignal(p))(t)); err != nil {
				t.Fatal(err)
			}
		}
	}
	newest := map[uuid.UUID]bool{}
	seen := board.until("the newest of all", func(c dispatch.BoardChange) bool {
		for _, p := range c.Moved {
			if p.RecordedAt.Equal(time.UnixMilli(rounds - 1)) {
				newest[p.TechnicianID] = true
			}
		}
		return len(newest) == technicians
	})
	messages := 0
	for _, c := range seen {
		if c.Moved != nil {
			messages++
		}
	}
	if messages > technicians*rounds/10 {
		t.Errorf("%d messages for %d moves", messages, technicians*rounds)
	}
}
