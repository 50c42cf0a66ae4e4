package live

import (
	"strings"
	"sync"
)

// maxPending bounds what one slow reader can make the server keep: beyond it the reader is told to read
// everything again.
const maxPending = 4096

// Subscription is one reader's view of the bus. Its methods are safe for concurrent use.
type Subscription struct {
	bus  *Bus
	wake chan struct{}
	// subjects are the exact ones, guarded by bus.mu.
	subjects map[string]struct{}

	mu      sync.Mutex
	pending map[string]Signal
	lost    bool
	closed  bool
}

// Subscribe begins to collect the signals of the subjects. A subject ending in ".>" means all that begin with
// what stands before the ">". Signals published before Subscribe returned are not seen: read the state after it.
func (b *Bus) Subscribe(subjects ...string) *Subscription {
	s := &Subscription{
		bus:      b,
		wake:     make(chan struct{}, 1),
		subjects: make(map[string]struct{}),
		pending:  make(map[string]Signal),
	}
	s.Add(subjects...)
	return s
}

// Add begins to collect further subjects as well.
func (s *Subscription) Add(subjects ...string) {
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return
	}
	for _, subject := range subjects {
		if prefix, ok := strings.CutSuffix(subject, ">"); ok {
			if s.bus.prefixed[s] == nil {
				s.bus.prefixed[s] = make(map[string]struct{})
			}
			s.bus.prefixed[s][prefix] = struct{}{}
			continue
		}
		if s.bus.exact[subject] == nil {
			s.bus.exact[subject] = make(map[*Subscription]struct{})
		}
		s.bus.exact[subject][s] = struct{}{}
		s.subjects[subject] = struct{}{}
	}
}

// Remove stops collecting the subjects, as they were given to Subscribe or Add.
func (s *Subscription) Remove(subjects ...string) {
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	for _, subject := range subjects {
		if prefix, ok := strings.CutSuffix(subject, ">"); ok {
			delete(s.bus.prefixed[s], prefix)
			if len(s.bus.prefixed[s]) == 0 {
				delete(s.bus.prefixed, s)
			}
			continue
		}
		s.bus.forget(subject, s)
	}
}

// C wakes when there is something to take. It is never closed.
func (s *Subscription) C() <-chan struct{} { return s.wake }

// Take gives the newest signal of each subject that changed since the last Take, in no particular order. When
// lost is true, signals may be missing and everything must be read again.
func (s *Subscription) Take() (signals []Signal, lost bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sig := range s.pending {
		signals = append(signals, sig)
	}
	clear(s.pending)
	lost, s.lost = s.lost, false
	return signals, lost
}

// Close stops collecting for good.
func (s *Subscription) Close() {
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	delete(s.bus.prefixed, s)
	for subject := range s.subjects {
		s.bus.forget(subject, s)
	}
}

// forget is called with the bus locked.
func (b *Bus) forget(subject string, s *Subscription) {
	delete(s.subjects, subject)
	delete(b.exact[subject], s)
	if len(b.exact[subject]) == 0 {
		delete(b.exact, subject)
	}
}

func (s *Subscription) offer(sig Signal) {
	s.mu.Lock()
	old, known := s.pending[sig.Subject]
	switch {
	case known && old.Version > sig.Version:
	case !known && len(s.pending) >= maxPending:
		clear(s.pending)
		s.lost = true
	default:
		s.pending[sig.Subject] = sig
	}
	s.mu.Unlock()
	s.rouse()
}

func (s *Subscription) lose() {
	s.mu.Lock()
	s.lost = true
	s.mu.Unlock()
	s.rouse()
}

func (s *Subscription) rouse() {
	select {
	case s.wake <- struct{}{}:
	default: // it is awake already
	}
}
