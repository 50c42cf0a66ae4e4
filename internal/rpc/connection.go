package rpc

import (
	"context"
	"net/http"
	"time"
)

const (
	// bodyTime is how long the one message of a call may take to arrive.
	bodyTime = 30 * time.Second
	// largeBodyTime is the same for calls that carry files, from a phone with one bar.
	largeBodyTime = 5 * time.Minute
	// lastWords is how long the end of a cut-off stream may take to be written to a client that does not read.
	lastWords = 2 * time.Second
)

type connectionKey struct{}

// connection is how the reading and writing of a request can be ended, and how long its body may take.
type connection struct {
	*http.ResponseController
	body time.Duration
}

func withConnection(ctx context.Context, w http.ResponseWriter, body time.Duration) context.Context {
	return context.WithValue(ctx, connectionKey{}, connection{http.NewResponseController(w), body})
}

// CutOff ends a stream for whoever waits in it: a handler that waits for the client's next message, or for the client to
// read, does not notice that its context ended. Reading ends at once, writing after a moment for the last words. It
// needs the [Edge]; without it, it does nothing.
func CutOff(ctx context.Context) {
	connection, ok := ctx.Value(connectionKey{}).(connection)
	if !ok {
		return
	}
	// They fail where the connection is gone already, or knows no deadlines.
	_ = connection.SetReadDeadline(time.Now())
	_ = connection.SetWriteDeadline(time.Now().Add(lastWords))
}

// Beside runs watch beside a stream's handler, with a context of their own that watch may cancel with a reason. stop ends
// both and waits for watch, also when the handler panics: once the handler is done, nobody may touch its connection.
func Beside(ctx context.Context, watch func(ctx context.Context, cancel context.CancelCauseFunc)) (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		watch(ctx, cancel)
	}()
	return ctx, func() {
		cancel(nil)
		<-watched
	}
}

// boundBody gives the one message of a call a time to arrive in. The server lifts it before the next request.
func boundBody(ctx context.Context) {
	if connection, ok := ctx.Value(connectionKey{}).(connection); ok {
		_ = connection.SetReadDeadline(time.Now().Add(connection.body)) // as above
	}
}
