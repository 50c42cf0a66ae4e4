package router

import (
	"sync"
	"time"
)

// breaker keeps requests from a router that has failed: none until the pause is over, then one at a time until one
// succeeds.
type breaker struct {
	pause time.Duration

	mu      sync.Mutex
	failure error     // of the last request that was decided; nil when it succeeded
	until   time.Time // when a failed router may be tried again
	trying  bool      // somebody is trying it
}

// admit tells whether a request may go out. If so, one of succeeded, failed or undecided must follow.
func (b *breaker) admit(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failure == nil {
		return true
	}
	if b.trying || now.Before(b.until) {
		return false
	}
	b.trying = true
	return true
}

func (b *breaker) succeeded() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failure, b.trying = nil, false
}

func (b *breaker) failed(now time.Time, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failure, b.until, b.trying = err, now.Add(b.pause), false
}

func (b *breaker) undecided() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
}

func (b *breaker) lastFailure() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.failure
}
