package replay

import (
	"sync/atomic"
	"time"
)

// clock is the time of the replay: it stands still until it is set. It is safe for concurrent use.
type clock struct{ nanos atomic.Int64 }

func newClock(at time.Time) *clock {
	c := &clock{}
	c.set(at)
	return c
}

// Now is the simulated time, in UTC.
func (c *clock) Now() time.Time { return time.Unix(0, c.nanos.Load()).UTC() }

func (c *clock) set(at time.Time) { c.nanos.Store(at.UnixNano()) }

// minute is the whole minute at or after t: technicians act on whole minutes.
func minute(t time.Time) time.Time {
	if whole := t.Truncate(time.Minute); !whole.Equal(t) {
		return whole.Add(time.Minute)
	}
	return t
}
