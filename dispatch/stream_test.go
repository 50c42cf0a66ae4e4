package dispatch_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
)

// onlySignals makes streams that send no heartbeat and read nothing again within a test: what they see, they were
// signalled.
var onlySignals = dispatchtest.Streams(time.Hour, time.Hour)

// stream runs a follower in the background and hands over what it sends.
type stream[T any] struct {
	t    testing.TB
	sent chan T
	done chan error
	stop context.CancelFunc
}

func follow[T any](t testing.TB, run func(ctx context.Context, send func(T) error) error) *stream[T] {
	ctx, stop := context.WithCancel(context.Background())
	f := &stream[T]{t: t, sent: make(chan T, 10_000), done: make(chan error, 1), stop: stop}
	go func() { f.done <- run(ctx, func(v T) error { f.sent <- v; return nil }) }()
	t.Cleanup(stop)
	return f
}

func followRequest(t testing.TB, s *dispatch.Service, id uuid.UUID) *stream[dispatch.Sight] {
	return follow(t, func(ctx context.Context, send func(dispatch.Sight) error) error { return s.Follow(ctx, id, send) })
}

// until takes what is sent until want is content, and gives all of it.
func (f *stream[T]) until(what string, want func(T) bool) []T {
	f.t.Helper()
	var seen []T
	for deadline := time.After(patience); ; {
		select {
		case v := <-f.sent:
			seen = append(seen, v)
			if want(v) {
				return seen
			}
		case err := <-f.done:
			f.t.Fatalf("the stream ended (%v) before %s", err, what)
		case <-deadline:
			f.t.Fatalf("%s was not sent; %d messages were", what, len(seen))
		}
	}
}

// end waits for the stream to end by itself and gives what it still sent.
func (f *stream[T]) end() []T {
	f.t.Helper()
	select {
	case err := <-f.done:
		if err != nil {
			f.t.Fatal(err)
		}
	case <-time.After(patience):
		f.t.Fatal("the stream does not end")
	}
	var rest []T
	for {
		select {
		case v := <-f.sent:
			rest = append(rest, v)
		default:
			return rest
		}
	}
}
