package registration

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/portal"
)

// State of a registration.
type State string

// The states; see the package's picture.
const (
	Pending State = "pending"
	Active  State = "active"
	Refused State = "refused"
	Removed State = "removed"
)

// Registration is one person's of one device.
type Registration struct {
	bun.BaseModel `bun:"table:registrations,alias:registration" json:"-"`

	ID       uuid.UUID `bun:"id,pk,type:uuid"`
	PersonID uuid.UUID `bun:"person_id,type:uuid"`
	DeviceID uuid.UUID `bun:"device_id,type:uuid"`
	State    State     `bun:"state"`
	// WishedName is what the device shall be called once the registration is active; empty leaves its name.
	WishedName string `bun:"friendly_name"`
	// BackupEmail is where reminders also go; empty for nowhere.
	BackupEmail string `bun:"backup_email"`
	// Reminders tells whether reminders of meter readings are sent.
	Reminders   bool      `bun:"reminders"`
	RequestedAt time.Time `bun:"requested_at"`
	// AnswerBy is until when staff answer; nil where no approval was needed.
	AnswerBy *time.Time `bun:"answer_by"`
	// DecidedAt and DecidedBy tell when it became active or was refused, and by whom: the person for one that needed no
	// approval.
	DecidedAt *time.Time `bun:"decided_at"`
	DecidedBy uuid.UUID  `bun:"decided_by,type:uuid,nullzero"`
	// Reason is why staff refused it last; empty once approved.
	Reason    string    `bun:"reason"`
	UpdatedAt time.Time `bun:"updated_at"`

	// Device comes with its site and model.
	Device *portal.DeviceDetail `bun:"rel:belongs-to,join:device_id=id"`
}

// FriendlyName is the device's, or while pending the one wished for it.
func (r Registration) FriendlyName() string {
	if r.State == Pending && r.WishedName != "" {
		return r.WishedName
	}
	return r.Device.FriendlyName
}

// audited is what the audit trail keeps of a registration.
func (r Registration) audited() map[string]any {
	return map[string]any{
		"person_id": r.PersonID, "device_id": r.DeviceID, "state": r.State, "friendly_name": r.WishedName,
		"backup_email": r.BackupEmail, "reminders": r.Reminders, "reason": r.Reason,
	}
}

// Settings are what a person chooses for a device; nil leaves what is there.
type Settings struct {
	FriendlyName *string
	BackupEmail  *string
	Reminders    *bool
}
