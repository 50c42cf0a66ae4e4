package addresschange

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/portal"
)

// State of a change.
type State string

// The states: pending until staff approve or refuse it, or the person withdraws it.
const (
	Pending   State = "pending"
	Approved  State = "approved"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
)

// Change is a wish to change where a site is.
type Change struct {
	bun.BaseModel `bun:"table:address_changes,alias:change" json:"-"`

	ID        uuid.UUID `bun:"id,pk,type:uuid"`
	AccountID uuid.UUID `bun:"account_id,type:uuid"`
	SiteID    uuid.UUID `bun:"site_id,type:uuid"`
	// DeviceID is the one it was asked for; uuid.Nil for a customer who does not follow that one.
	DeviceID uuid.UUID `bun:"device_id,type:uuid"`
	// RequestID is the service request it was asked with; uuid.Nil for none.
	RequestID   uuid.UUID `bun:"request_id,type:uuid,nullzero"`
	RequestedBy uuid.UUID `bun:"requested_by,type:uuid"`
	Reason      string    `bun:"reason"`
	// Was is the site's address when it was asked for, Address the one wished.
	Was         Address   `bun:"embed:was_"`
	Address     Address   `bun:"embed:"`
	State       State     `bun:"state"`
	RequestedAt time.Time `bun:"requested_at"`
	// AnswerBy is until when staff answer.
	AnswerBy time.Time `bun:"answer_by"`
	// DecidedAt and DecidedBy tell when it was approved, refused or withdrawn, and by whom.
	DecidedAt *time.Time `bun:"decided_at"`
	DecidedBy uuid.UUID  `bun:"decided_by,type:uuid,nullzero"`
	// DecisionReason is why it was refused.
	DecisionReason string    `bun:"decision_reason"`
	UpdatedAt      time.Time `bun:"updated_at"`

	Site    *portal.Site     `bun:"rel:belongs-to,join:site_id=id"`
	Device  *portal.Device   `bun:"rel:belongs-to,join:device_id=id"`
	Account *portal.Account  `bun:"rel:belongs-to,join:account_id=id"`
	Person  *identity.Person `bun:"rel:belongs-to,join:requested_by=id" json:"-"`
}

// audited is what the audit trail keeps of a change.
func (c Change) audited() map[string]any {
	return map[string]any{
		"account_id": c.AccountID, "site_id": c.SiteID, "device_id": c.DeviceID, "state": c.State, "reason": c.Reason,
		"was": c.Was, "address": c.Address, "decision_reason": c.DecisionReason,
	}
}

var (
	errNotFound = fault.NewNotFound("address_change_not_found", "There is no such change of address.")
	errNotYours = fault.NewForbidden("address_change_not_yours", "Only the person who asked for the change can withdraw it.")
	errDecided  = fault.NewWrongState("address_change_decided", "The change of address has been decided already.")
)

// stillPending is WrongState for a change that is decided.
func (c Change) stillPending() error {
	if c.State == Pending {
		return nil
	}
	return errDecided.With(fault.Param("state", string(c.State)))
}
