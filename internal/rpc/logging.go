package rpc

import (
	"context"
	"log/slog"
	"time"

	"connectrpc.com/connect"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

// logInterceptor writes one line per call: at debug, or as a warning when the server is to blame. There is
// nothing in it about the person but the role.
type logInterceptor struct{ log *slog.Logger }

func (i logInterceptor) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		start := time.Now()
		res, err := next(ctx, req)
		i.line(ctx, req.Spec().Procedure, start, err)
		return res, err
	}
}

func (i logInterceptor) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) error {
		start := time.Now()
		err := next(ctx, conn)
		i.line(ctx, conn.Spec().Procedure, start, err)
		return err
	}
}

func (i logInterceptor) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

func (i logInterceptor) line(ctx context.Context, procedure string, start time.Time, err error) {
	level, code := slog.LevelDebug, "ok"
	if err != nil {
		c := connect.CodeOf(err)
		code = c.String()
		switch c {
		case connect.CodeInternal, connect.CodeUnknown, connect.CodeDataLoss:
			level = slog.LevelWarn
		case connect.CodeUnavailable: // told to come back, by a server that stops or a database that is busy
			if fault.ReasonOf(err) != "server_stopping" { // every open stream is told so
				level = slog.LevelInfo
			}
		}
	}
	if !i.log.Enabled(ctx, level) {
		return
	}
	actor := identity.Caller(ctx)
	i.log.Log(ctx, level, "rpc", "procedure", procedure, "code", code, "role", string(actor.Role),
		"took", time.Since(start).Round(time.Microsecond))
}
