package dispatch

import (
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

// Operation makes a change take effect once, and tells when a phone made it.
type Operation struct {
	// ID is made by the client, one for each press of a button.
	ID uuid.UUID
	// PhoneAt is the phone's clock at the press, SentAt when the message left; both nil when no phone is involved.
	PhoneAt, SentAt *time.Time
	// Visit is the one that the phone showed at the press; uuid.Nil when it did not say. A step for a visit that is over is
	// overtaken, even when the same technician has the request again.
	Visit uuid.UUID
}

// about is what tells repeats of the operation apart from another one with its id: what was asked, and for which visit.
func (o Operation) about(asked any) any {
	if o.Visit == uuid.Nil {
		return asked
	}
	return []any{o.Visit, asked}
}

// skew is how many seconds the phone's clock is ahead; 0 when it did not say.
func (o Operation) skew(now time.Time) float64 {
	if o.SentAt == nil {
		return 0
	}
	return o.SentAt.Sub(now).Seconds()
}

// happened is when the step took place: the phone's time corrected for its clock, but not before the step before it
// and not after now. Without a phone's time it is now.
func (o Operation) happened(now, notBefore time.Time) time.Time {
	if o.PhoneAt == nil {
		return now
	}
	at := o.PhoneAt.Add(-seconds(o.skew(now))).UTC().Truncate(time.Microsecond)
	if at.Before(notBefore) {
		at = notBefore
	}
	if at.After(now) {
		at = now
	}
	return at
}

// mayRead lets dispatchers and admins, and the system, see everything.
func mayRead(actor identity.Actor) error {
	if actor.Is(identity.RoleDispatcher, identity.RoleAdmin, identity.RoleSystem) {
		return nil
	}
	return fault.NewForbidden("role_forbidden", "This is for dispatchers.")
}

// mayWork lets technicians see what is theirs.
func mayWork(actor identity.Actor) error {
	if actor.Is(identity.RoleTechnician) && actor.TechnicianID != uuid.Nil {
		return nil
	}
	return fault.NewForbidden("role_forbidden", "This is for technicians.")
}
