package dispatch_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/live"
)

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
			return c.Request != nil && c.Request.ID == r.ID && c.Request.Version == last.Version
		})
		board.stop()
	}
	board := follow(t, func(ctx context.Context, send func(dispatch.BoardChange) error) error {
		return w.Service.FollowBoard(ctx, w.Dispatcher, send)
	})
	snapshot := board.until("the snapshot", func(c dispatch.BoardChange) bool { return c.Complete != nil })
	if c := snapshot[len(snapshot)-1].Complete; c.Requests != 25 || c.Technicians != 1 || len(snapshot) != 27 {
		t.Errorf("snapshot of %+v in %d messages", c, len(snapshot))
	}
	w.Clock.Forward(time.Minute)
	w.Move(t, tech, north(1200))
	now := w.Clock.Now()
	board.until("the move", func(c dispatch.BoardChange) bool { return c.Moved != nil && c.Moved.RecordedAt.Equal(now) })
	must(w.Service.SetDuty(ctx, tech.Actor, dispatchtest.Op(), false))(t)
	board.until("going off duty", func(c dispatch.BoardChange) bool {
		return c.Technician != nil && !c.Technician.OnDuty && c.Technician.Position == nil
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
