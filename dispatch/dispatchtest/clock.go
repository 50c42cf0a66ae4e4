package dispatchtest

import (
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
)

// Start is where a World's clock stands at first: a Monday, 10:00 on the wall in Oslo.
var Start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// Clock is a clock that stands until it is turned. It is safe for concurrent use.
type Clock struct{ micros atomic.Int64 }

// NewClock gives a clock that stands at a time.
func NewClock(at time.Time) *Clock {
	c := new(Clock)
	c.Set(at)
	return c
}

// Now is what the clock shows.
func (c *Clock) Now() time.Time { return time.UnixMicro(c.micros.Load()).UTC() }

// Set turns the clock to a time.
func (c *Clock) Set(at time.Time) { c.micros.Store(at.UnixMicro()) }

// Forward turns the clock on and gives what it shows then.
func (c *Clock) Forward(d time.Duration) time.Time {
	return time.UnixMicro(c.micros.Add(d.Microseconds())).UTC()
}

// Op is a new operation made in the office, without a phone.
func Op() dispatch.Operation { return dispatch.Operation{ID: uuid.New()} }

// PhoneOp is a new operation pressed on a phone at one time and sent at another, both by the phone's clock.
func PhoneOp(pressed, sent time.Time) dispatch.Operation {
	return dispatch.Operation{ID: uuid.New(), PhoneAt: &pressed, SentAt: &sent}
}
