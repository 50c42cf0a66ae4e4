package readings

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
)

// Source says how a reading came in.
type Source string

// The sources.
const (
	FromCustomer   Source = "customer"
	FromFile       Source = "bulk"
	FromTechnician Source = "technician"
	FromStaff      Source = "staff"
	FromImport     Source = "import"
)

// Reading is what all counters of a device showed at one time.
type Reading struct {
	bun.BaseModel `bun:"table:meter_readings,alias:reading" json:"-"`

	ID       uuid.UUID `bun:"id,pk,type:uuid"`
	DeviceID uuid.UUID `bun:"device_id,type:uuid"`
	// TakenAt is when somebody looked at the counters.
	TakenAt  time.Time `bun:"taken_at"`
	Counters Counters  `bun:"counters,type:jsonb"`
	Source   Source    `bun:"source"`
	// EnteredBy is a person; uuid.Nil for the server itself.
	EnteredBy uuid.UUID `bun:"entered_by,type:uuid,nullzero"`
	EnteredAt time.Time `bun:"entered_at"`
	// Reason says why an implausible value is right all the same, or why an earlier reading was corrected.
	Reason string `bun:"reason"`
	// VisitID is the visit at whose end a technician took it; uuid.Nil otherwise.
	VisitID uuid.UUID `bun:"visit_id,type:uuid,nullzero"`
	// SupersededBy is the reading that took this one's place; uuid.Nil while it is valid.
	SupersededBy uuid.UUID `bun:"superseded_by,type:uuid,nullzero"`
}

// Valid reports whether nothing took its place.
func (r Reading) Valid() bool { return r.SupersededBy == uuid.Nil }

// Entry is a reading that somebody hands in.
type Entry struct {
	DeviceID uuid.UUID
	// TakenAt is when the counters were looked at; zero means now.
	TakenAt  time.Time
	Counters Counters
	// Reason confirms values that are doubtful; empty when nobody was asked yet.
	Reason string
}

// MaxReason bounds a reason, in letters.
const MaxReason = 500

// Outcome is what became of an entry.
type Outcome string

// The outcomes.
const (
	// Kept: it is a valid reading now.
	Kept Outcome = "kept"
	// Unchanged: the same reading was there already.
	Unchanged Outcome = "unchanged"
	// Unconfirmed: it is doubtful, and was not kept. The same entry with a reason is.
	Unconfirmed Outcome = "unconfirmed"
	// Refused: it cannot be right.
	Refused Outcome = "refused"
)

// Result is what became of one entry.
type Result struct {
	DeviceID uuid.UUID
	Outcome  Outcome
	// Reading is the one that was kept or was there already; nil otherwise.
	Reading *Reading `json:",omitempty"`
	// Problems say why it was not kept, or what its reason confirmed; each names the counter in its parameters where it is
	// about one.
	Problems []*fault.Error `json:",omitempty"`
}
