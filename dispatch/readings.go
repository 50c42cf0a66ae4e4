package dispatch

import (
	"context"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// VisitReadings is what a technician read off a device's counters when they ended a visit.
type VisitReadings struct {
	Request, Device, Visit uuid.UUID
	// Actor is the technician.
	Actor identity.Actor
	// At is when the visit ended, corrected for the phone's clock.
	At time.Time
	// Counters as the technician typed them, in the order of the completion's field readings: each counter once, its name
	// any text, whether the model has it or not.
	Counters []Reading
}

// ReadingsHook takes over what was read, in the transaction in which the visit ends. Its error undoes the completion,
// so it must not refuse a value for being unlikely: what the technician did is done. What cannot be, it refuses with the
// field, and the technician corrects it. It is not called for a visit without readings, nor again when the phone sends the
// same completion again.
type ReadingsHook func(ctx context.Context, tx postgres.Tx, read VisitReadings) error

func (c *change) tellReadings(ctx context.Context, v *Visit, at time.Time) error {
	if c.s.readings == nil || len(v.Readings) == 0 {
		return nil
	}
	return c.s.readings(ctx, c.tx, VisitReadings{
		Request: c.r.ID, Device: c.r.Device.ID, Visit: v.ID, Actor: c.actor, At: at, Counters: v.Readings,
	})
}

// Counter is one that a device has.
type Counter struct {
	Name string
	// Last is the last valid reading, and LastAt when it was taken; nil when there is none.
	Last   *int64
	LastAt *time.Time
}

// CountersHook tells what a device counts, in the order in which people are asked, each with its last reading. A device that
// left the books has none.
type CountersHook func(ctx context.Context, device uuid.UUID) ([]Counter, error)
