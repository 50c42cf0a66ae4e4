package loadtest

import (
	"slices"
	"sync"
	"time"
)

// samples collects durations from many goroutines.
type samples struct {
	mu   sync.Mutex
	list []time.Duration
}

func (s *samples) add(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, d)
}

// at gives the quantile q between 0 and 1; 0 without samples.
func (s *samples) at(q float64) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s.list))
	return sorted[int(q*float64(len(sorted)-1))].Round(time.Microsecond)
}

func (s *samples) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.list)
}

// ratio of two medians.
func ratio(a, b *samples) float64 { return float64(a.at(0.5)) / float64(b.at(0.5)) }
