package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"connectrpc.com/connect"

	faultv1 "utsendt/proto/gen/utsendt/fault/v1"
)

const (
	// callTimeout bounds one try of a call.
	callTimeout = 30 * time.Second
	// firstPause is the pause before the second try; each further one is twice as long, up to longestPause.
	firstPause   = 50 * time.Millisecond
	longestPause = 3 * time.Second
)

// Call makes one call for a session and tries again until it is answered or ctx ends. Errors are the server's
// answers: see ReasonOf.
func Call[Req, Res any](ctx context.Context, s *Session, call func(context.Context, *Req) (*Res, error), req *Req) (*Res, error) {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		res, err := try(ctx, s, call, req)
		if err == nil || ctx.Err() != nil || !Passing(err) {
			return res, err
		}
		if !Sleep(ctx, pause/2+rand.N(pause)) {
			return nil, ctx.Err()
		}
	}
}

func try[Req, Res any](ctx context.Context, s *Session, call func(context.Context, *Req) (*Res, error), req *Req) (*Res, error) {
	if err := s.server.limiter.Wait(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, turn := s.current()
	if turn == 0 {
		if err := s.ensure(ctx, 0); err != nil {
			return nil, err
		}
		_, turn = s.current()
	}
	res, err := call(ctx, req)
	if connect.CodeOf(err) != connect.CodeUnauthenticated || err == nil {
		return res, err
	}
	if err := s.ensure(ctx, turn); err != nil {
		return nil, err
	}
	return call(ctx, req)
}

// Watch reads a server's stream and opens it anew, with growing pauses, whenever it ends, until ctx does. An answer
// that will not change, such as a wrong password, ends it. lost may be nil; it is told why a stream ended.
func Watch[Req, Res any](ctx context.Context, s *Session, open func(context.Context, *Req) (*connect.ServerStreamForClient[Res], error),
	req *Req, each func(*Res), lost func(error),
) error {
	pause := firstPause
	for {
		err := watchOnce(ctx, s, open, req, func(m *Res) {
			pause = firstPause
			each(m)
		})
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case connect.CodeOf(err) == connect.CodeUnauthenticated && err != nil:
			_, turn := s.current()
			if err := s.ensure(ctx, turn); err != nil && !Passing(err) {
				return err
			}
		case err != nil && !Passing(err):
			return err
		}
		if lost != nil {
			lost(err)
		}
		if !Sleep(ctx, pause/2+rand.N(pause)) {
			return ctx.Err()
		}
		pause = min(2*pause, longestPause)
	}
}

func watchOnce[Req, Res any](ctx context.Context, s *Session,
	open func(context.Context, *Req) (*connect.ServerStreamForClient[Res], error), req *Req, each func(*Res),
) error {
	if err := s.server.limiter.Wait(ctx); err != nil {
		return err
	}
	if _, turn := s.current(); turn == 0 {
		if err := s.ensure(ctx, 0); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := open(ctx, req)
	if err != nil {
		return err
	}
	defer stream.Close() // what came before it is the answer
	for stream.Receive() {
		each(stream.Msg())
	}
	return stream.Err()
}

// Passing reports whether an error is one that another try may not meet: the server is away, restarting or too busy,
// or the line broke.
func Passing(err error) bool {
	switch connect.CodeOf(err) {
	case connect.CodeUnavailable, connect.CodeResourceExhausted, connect.CodeDeadlineExceeded:
		return true
	case connect.CodeUnknown, connect.CodeInternal, connect.CodeCanceled:
		return !connect.IsWireError(err) // the line's own error, not the server's answer
	}
	return false
}

// ReasonOf gives the stable reason code of a server's answer, and "" when it has none.
func ReasonOf(err error) string {
	var answer *connect.Error
	if !errors.As(err, &answer) {
		return ""
	}
	for _, detail := range answer.Details() {
		if value, err := detail.Value(); err == nil {
			if f, ok := value.(*faultv1.Fault); ok {
				return f.Reason
			}
		}
	}
	return ""
}

// Sleep waits and reports whether ctx still lasts.
func Sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return ctx.Err() == nil
	}
}
