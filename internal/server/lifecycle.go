package server

import (
	"context"
	"net/http"
	"sync/atomic"

	"connectrpc.com/connect"
	"connectrpc.com/grpchealth"

	"utsendt/internal/fault"
	"utsendt/internal/rpc"
)

// lifecycle says whether the server takes work, and ends open streams when it stops: they would never end by
// themselves.
type lifecycle struct {
	ready    atomic.Bool
	stopping chan struct{}
	// health is what gRPC's health service answers.
	health *grpchealth.StaticChecker
}

func newLifecycle() *lifecycle {
	return &lifecycle{stopping: make(chan struct{}), health: grpchealth.NewStaticChecker(services()...)}
}

// stop says to whoever asks that no more work is taken, and ends open streams.
func (l *lifecycle) stop() {
	l.ready.Store(false)
	for _, service := range append(services(), "") {
		l.health.SetStatus(service, grpchealth.StatusNotServing)
	}
	close(l.stopping)
}

var errStopping = fault.NewUnavailable("server_stopping", "The server is being restarted. Connect again.")

func (l *lifecycle) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc { return next }

func (l *lifecycle) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

// WrapStreamingHandler ends the handler's context when the server stops.
func (l *lifecycle) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) error {
		ctx, stop := rpc.Beside(ctx, func(ctx context.Context, cancel context.CancelCauseFunc) {
			select {
			case <-l.stopping:
				cancel(errStopping)
				rpc.CutOff(ctx)
			case <-ctx.Done():
			}
		})
		defer stop()
		err := next(ctx, conn)
		if err != nil && context.Cause(ctx) == errStopping {
			return errStopping
		}
		return err
	}
}

// serveReady answers whether the server takes work: load balancers and the start-up scripts ask.
func (p *Parts) serveReady(l *lifecycle) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !l.ready.Load() {
			http.Error(w, "starting or stopping", http.StatusServiceUnavailable)
			return
		}
		if err := p.DB.PingContext(r.Context()); err != nil {
			http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ready\n")) // the client is gone if it fails
	}
}

func serveAlive(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte("ok\n")) // the client is gone if it fails
}
