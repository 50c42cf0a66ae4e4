package rpc

import (
	"context"
	"math/rand/v2"
	"time"

	"connectrpc.com/connect"
	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

// defaultRecheck is how often the session of an open stream is looked at.
const defaultRecheck = 15 * time.Second

// sessionInterceptor ends streams whose session is over. The gate looks at a session when a call begins;
// a stream may last for hours, so it is looked at again every so often. When it is over, the handler's
// context ends, nothing more is sent or received, and the caller gets Unauthenticated. A handler need only
// heed its context.
//
// When the database cannot answer, the stream goes on and the question is asked again.
type sessionInterceptor struct {
	people Authenticator
	every  time.Duration
}

func (i sessionInterceptor) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc { return next }

func (i sessionInterceptor) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

func (i sessionInterceptor) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) error {
		actor, ok := identity.ActorFrom(ctx)
		if !ok || actor.SessionID == uuid.Nil {
			return next(ctx, conn)
		}
		ctx, stop := Beside(ctx, func(ctx context.Context, cancel context.CancelCauseFunc) {
			i.watch(ctx, cancel, actor.SessionID)
		})
		defer stop()
		err := next(ctx, sessionConn{StreamingHandlerConn: conn, ctx: ctx})
		if over := sessionOver(ctx); over != nil {
			return over
		}
		return err
	}
}

// watch cancels with the reason once the session is over.
func (i sessionInterceptor) watch(ctx context.Context, cancel context.CancelCauseFunc, sessionID uuid.UUID) {
	for {
		// A little more or less each time, so that streams opened together do not ask together.
		timer := time.NewTimer(i.every*3/4 + rand.N(i.every/2+1))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		if _, err := i.people.Recheck(ctx, sessionID); err != nil && fault.KindOf(err) == fault.Unauthenticated {
			cancel(err)
			CutOff(ctx)
			return
		}
	}
}

// sessionOver gives the fault that ended ctx, if it was the session's end.
func sessionOver(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	if cause := context.Cause(ctx); fault.KindOf(cause) == fault.Unauthenticated {
		return cause
	}
	return nil
}

// sessionConn passes nothing on in either direction once the session is over.
type sessionConn struct {
	connect.StreamingHandlerConn
	ctx context.Context
}

func (c sessionConn) Receive(message any) error {
	if err := c.StreamingHandlerConn.Receive(message); err != nil {
		return err
	}
	return sessionOver(c.ctx)
}

func (c sessionConn) Send(message any) error {
	if err := sessionOver(c.ctx); err != nil {
		return err
	}
	return c.StreamingHandlerConn.Send(message)
}
