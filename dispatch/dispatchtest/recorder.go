package dispatchtest

import (
	"context"
	"sync"

	"utsendt/internal/notify"
	"utsendt/internal/postgres"
)

// Recorder is a dispatch.Notifier that keeps what was told by transactions that were committed.
type Recorder struct {
	mu       sync.Mutex
	messages []notify.Message
}

// Notify implements dispatch.Notifier.
func (r *Recorder) Notify(_ context.Context, tx postgres.Tx, messages ...notify.Message) error {
	tx.AfterCommit(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.messages = append(r.messages, messages...)
	})
	return nil
}

// Kinds gives the kinds of everything told so far, in order.
func (r *Recorder) Kinds() []notify.Kind {
	r.mu.Lock()
	defer r.mu.Unlock()
	kinds := make([]notify.Kind, len(r.messages))
	for i, m := range r.messages {
		kinds[i] = m.Kind
	}
	return kinds
}

// Of gives the messages of a kind so far, in order.
func (r *Recorder) Of(kind notify.Kind) []notify.Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	var of []notify.Message
	for _, m := range r.messages {
		if m.Kind == kind {
			of = append(of, m)
		}
	}
	return of
}

// Count is how often a kind was told.
func (r *Recorder) Count(kind notify.Kind) int {
	n := 0
	for _, k := range r.Kinds() {
		if k == kind {
			n++
		}
	}
	return n
}
