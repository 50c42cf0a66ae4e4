package rpc

import (
	"context"
	"sync"
	"time"

	"connectrpc.com/connect"
	"golang.org/x/time/rate"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

// The limit that Options sets when it is given none: more than any person or phone has use for.
const (
	defaultRate  = 50.0
	defaultBurst = 200
)

// Limiter bounds how many changes each session may ask this server for. Whoever has no session is bounded
// by address. Procedures without side effects are free; in a stream each message counts.
type Limiter struct {
	perSecond float64
	burst     int

	mu      sync.Mutex
	buckets map[string]*bucket
	swept   time.Time
}

type bucket struct {
	limiter *rate.Limiter
	used    time.Time
}

// NewLimiter lets each session make burst changes at once and perSecond in the long run.
func NewLimiter(perSecond float64, burst int) *Limiter {
	return &Limiter{perSecond: perSecond, burst: burst, buckets: make(map[string]*bucket)}
}

// take is Limited with the wait when the key has used up what it had.
func (l *Limiter) take(key string) error {
	now := time.Now()
	l.mu.Lock()
	l.sweep(now)
	b, ok := l.buckets[key]
	if !ok {
		b = &bucket{limiter: rate.NewLimiter(rate.Limit(l.perSecond), l.burst)}
		l.buckets[key] = b
	}
	b.used = now
	l.mu.Unlock()

	reservation := b.limiter.ReserveN(now, 1)
	wait := time.Second // where the burst is zero, which no wait helps
	if reservation.OK() {
		if wait = reservation.DelayFrom(now); wait == 0 {
			return nil
		}
		reservation.CancelAt(now)
	}
	return fault.NewLimited("too_many_changes", "Too many changes at once. Please wait a moment.", wait)
}

// sweep forgets, once a minute, the buckets that are full again: a new one would be the same.
func (l *Limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Minute {
		return
	}
	l.swept = now
	for key, b := range l.buckets {
		if b.limiter.TokensAt(now) >= float64(l.burst) {
			delete(l.buckets, key)
		}
	}
}

func limiterKey(ctx context.Context) string {
	if actor, ok := identity.ActorFrom(ctx); ok {
		return "session:" + actor.SessionID.String()
	}
	return "address:" + ClientFrom(ctx).Address
}

// limitInterceptor asks the limiter.
type limitInterceptor struct{ limiter *Limiter }

func (i limitInterceptor) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		if req.Spec().IdempotencyLevel != connect.IdempotencyNoSideEffects {
			if err := i.limiter.take(limiterKey(ctx)); err != nil {
				return nil, err
			}
		}
		return next(ctx, req)
	}
}

func (i limitInterceptor) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) error {
		if conn.Spec().IdempotencyLevel == connect.IdempotencyNoSideEffects {
			return next(ctx, conn)
		}
		return next(ctx, limitConn{StreamingHandlerConn: conn, limiter: i.limiter, key: limiterKey(ctx)})
	}
}

func (i limitInterceptor) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

type limitConn struct {
	connect.StreamingHandlerConn
	limiter *Limiter
	key     string
}

func (c limitConn) Receive(message any) error {
	if err := c.StreamingHandlerConn.Receive(message); err != nil {
		return err
	}
	return c.limiter.take(c.key)
}
