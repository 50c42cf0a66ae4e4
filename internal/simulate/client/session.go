package client

import (
	"context"
	"sync"

	"connectrpc.com/connect"
)

// Session is one signed-in phone or browser. As an interceptor it adds the bearer token, where there is one.
type Session struct {
	server *Server
	// signIn starts a session and gives its token; empty when the session is in a cookie.
	signIn func(ctx context.Context) (string, error)

	mu    sync.Mutex
	token string
	// turn counts sign-ins, so that many calls refused together sign in once.
	turn int

	signing sync.Mutex
}

func (s *Session) current() (token string, turn int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token, s.turn
}

// ensure signs in unless somebody did since turn.
func (s *Session) ensure(ctx context.Context, turn int) error {
	s.signing.Lock()
	defer s.signing.Unlock()
	if _, now := s.current(); now != turn {
		return nil
	}
	token, err := s.signIn(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = token
	s.turn++
	return nil
}

// WrapUnary implements connect.Interceptor.
func (s *Session) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		if token, _ := s.current(); token != "" {
			req.Header().Set("Authorization", "Bearer "+token)
		}
		return next(ctx, req)
	}
}

// WrapStreamingClient implements connect.Interceptor.
func (s *Session) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return func(ctx context.Context, spec connect.Spec) connect.StreamingClientConn {
		conn := next(ctx, spec)
		if token, _ := s.current(); token != "" {
			conn.RequestHeader().Set("Authorization", "Bearer "+token)
		}
		return conn
	}
}

// WrapStreamingHandler implements connect.Interceptor; clients handle nothing.
func (s *Session) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return next
}
