package dispatch

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// VisitState is where one technician's assignment to a request stands.
type VisitState string

// The states of a visit; the first four are live.
const (
	VisitAssigned  VisitState = "assigned"
	VisitAccepted  VisitState = "accepted"
	VisitEnRoute   VisitState = "en_route"
	VisitOnSite    VisitState = "on_site"
	VisitDone      VisitState = "done"
	VisitUnsolved  VisitState = "unsolved"
	VisitDeclined  VisitState = "declined"
	VisitRecalled  VisitState = "recalled"
	VisitCancelled VisitState = "cancelled"
)

// Live reports whether the visit still occupies its technician.
func (s VisitState) Live() bool {
	return s == VisitAssigned || s == VisitAccepted || s.UnderWay()
}

// UnderWay reports whether the technician has left for it and is not done.
func (s VisitState) UnderWay() bool { return s == VisitEnRoute || s == VisitOnSite }

// liveVisit is the SQL of VisitState.Live, word for word that of the indexes in migrations/0003.
const liveVisit = "state IN ('assigned', 'accepted', 'en_route', 'on_site')"

// Visit is one technician's assignment to a request.
type Visit struct {
	bun.BaseModel `bun:"table:visits,alias:v"`

	ID           uuid.UUID  `bun:"id,pk,type:uuid"`
	RequestID    uuid.UUID  `bun:"request_id,type:uuid"`
	TechnicianID uuid.UUID  `bun:"technician_id,type:uuid"`
	State        VisitState `bun:"state"`
	// During is from leaving to being done: as planned while live, as it was afterwards.
	During         Span      `bun:"during,type:tstzrange"`
	PlannedArrival time.Time `bun:"planned_arrival"`
	// TravelSeconds and WorkSeconds are what the plan reserved.
	TravelSeconds int    `bun:"travel_seconds"`
	WorkSeconds   int    `bun:"work_seconds"`
	TravelSource  string `bun:"travel_source"`
	// NotBefore keeps the plan from beginning earlier; nil when it may.
	NotBefore  *time.Time     `bun:"not_before"`
	AssignedBy uuid.UUID      `bun:"assigned_by,type:uuid,nullzero"`
	AssignedAt time.Time      `bun:"assigned_at"`
	AcceptedAt *time.Time     `bun:"accepted_at"`
	EnRouteAt  *time.Time     `bun:"en_route_at"`
	OnSiteAt   *time.Time     `bun:"on_site_at"`
	EndedAt    *time.Time     `bun:"ended_at"`
	Outcome    string         `bun:"outcome"`
	PartsUsed  list[PartUsed] `bun:"parts_used,type:jsonb"`
	Readings   list[Reading]  `bun:"readings,type:jsonb"`
	// SignedBy is who signed for the work; empty when nobody did.
	SignedBy string `bun:"signed_by"`

	// TechnicianName is first and last name, where it was asked for.
	TechnicianName string `bun:"technician_name,scanonly"`
	// TechnicianFirstName is all that a customer sees, where it was asked for.
	TechnicianFirstName string `bun:"technician_first_name,scanonly"`
}

// PartUsed is a part that went into the device.
type PartUsed struct {
	PartNumber string `json:"part_number"`
	Quantity   int    `json:"quantity"`
}

// Reading is the value of one counter as the technician read it.
type Reading struct {
	Counter string `json:"counter"`
	Value   int64  `json:"value"`
}

// Span is a span of time whose end is not part of it: PostgreSQL's tstzrange "[)".
type Span struct{ Start, End time.Time }

// exact is the span to the microsecond and in UTC: what PostgreSQL can store, and gives back.
func (s Span) exact() Span {
	return Span{s.Start.UTC().Truncate(time.Microsecond), s.End.UTC().Truncate(time.Microsecond)}
}

// spanTime is how PostgreSQL prints a time within a range under the time zone UTC, which every connection sets.
const spanTime = "2006-01-02 15:04:05.999999-07"

// Scan implements sql.Scanner.
func (s *Span) Scan(src any) error {
	var text string
	switch v := src.(type) {
	case string:
		text = v
	case []byte:
		text = string(v)
	default:
		return fmt.Errorf("dispatch: a span from %T", src)
	}
	from, to, ok := strings.Cut(strings.Trim(text, "[)"), ",")
	if !ok {
		return fmt.Errorf("dispatch: %q is no span of time", text)
	}
	var err error
	if s.Start, err = time.Parse(spanTime, strings.Trim(from, `"`)); err != nil {
		return fmt.Errorf("dispatch: span: %w", err)
	}
	if s.End, err = time.Parse(spanTime, strings.Trim(to, `"`)); err != nil {
		return fmt.Errorf("dispatch: span: %w", err)
	}
	s.Start, s.End = s.Start.UTC(), s.End.UTC()
	return nil
}

// String is the span as PostgreSQL reads it.
func (s Span) String() string {
	return "[" + s.Start.UTC().Format(spanTime) + "," + s.End.UTC().Format(spanTime) + ")"
}

// Value implements driver.Valuer.
func (s Span) Value() (driver.Value, error) { return s.String(), nil }
