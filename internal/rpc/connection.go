package rpc

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

const (
	// bodyTime is how long a body may take to arrive, those of streams that send excepted.
	bodyTime = 30 * time.Second
	// largeBodyTime is the same for calls that carry files, from a phone with one bar.
	largeBodyTime = 5 * time.Minute
	// lastWords is how long the end of a cut-off stream may take to be written to a client that does not read.
	lastWords = 2 * time.Second
)

type connectionKey struct{}

// connection is how the reading and writing of a request can be ended.
type connection struct{ *http.ResponseController }

func withConnection(ctx context.Context, w http.ResponseWriter) context.Context {
	return context.WithValue(ctx, connectionKey{}, connection{http.NewResponseController(w)})
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

// boundBody gives a body a time to arrive in, whoever reads it, and even if nobody does: the server itself waits for the rest of
// a body before it sends an answer, and a caller who never sends it would hold the connection for ever.
func boundBody(r *http.Request, within time.Duration) {
	connection, ok := r.Context().Value(connectionKey{}).(connection)
	if !ok || r.Body == nil || r.Body == http.NoBody {
		return
	}
	_ = connection.SetReadDeadline(time.Now().Add(within)) // as above
	r.Body = boundedBody{r.Body, connection}
}

// freeBody lets a stream's messages take as long as they like.
func freeBody(ctx context.Context) {
	if connection, ok := ctx.Value(connectionKey{}).(connection); ok {
		_ = connection.SetReadDeadline(time.Time{}) // as above
	}
}

// boundedBody is free of its deadline once it has arrived: what the server hears from then on is only whether the client goes
// away, and an answer may be a stream of hours.
type boundedBody struct {
	io.ReadCloser
	connection connection
}

func (b boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		_ = b.connection.SetReadDeadline(time.Time{}) // as above
	}
	return n, err
}
