package dispatch

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Kinds of activities that are no events of the machine. Those of events are named in activityOf.
const (
	activityOpened      = "opened"
	activityNote        = "note"
	activityOvertaken   = "overtaken"
	activityNearlyThere = "nearly_there"
)

// activityOf names what an event did, and whether the customer sees it in the history.
var activityOf = map[Event]struct {
	kind    string
	visible bool
}{
	Update:      {"customer_update", true},
	Schedule:    {"scheduled", true},
	Assign:      {"assigned", true},
	Reassign:    {"reassigned", true},
	Accept:      {"accepted", false},
	Decline:     {"declined", true},
	Depart:      {"departed", true},
	Arrive:      {"arrived", true},
	Complete:    {"completed", true},
	SecondVisit: {"second_visit", true},
	Recall:      {"recalled", true},
	Cancel:      {"cancelled", true},
}

// Activity is one line in a request's history.
type Activity struct {
	bun.BaseModel `bun:"table:activities,alias:a"`

	RequestID uuid.UUID `bun:"request_id,pk,type:uuid"`
	// Sequence is the version of the request that this made.
	Sequence        int64     `bun:"sequence,pk"`
	Kind            string    `bun:"kind"`
	From            State     `bun:"from_state,nullzero"`
	To              State     `bun:"to_state,nullzero"`
	Text            string    `bun:"text"`
	ActorID         uuid.UUID `bun:"actor_id,type:uuid,nullzero"`
	ActorRole       string    `bun:"actor_role"`
	ActorName       string    `bun:"actor_name"`
	VisitID         uuid.UUID `bun:"visit_id,type:uuid,nullzero"`
	TechnicianID    uuid.UUID `bun:"technician_id,type:uuid,nullzero"`
	TechnicianName  string    `bun:"technician_name"`
	CustomerVisible bool      `bun:"customer_visible"`
	// At is by the server's clock.
	At time.Time `bun:"at"`
	// PhoneAt is by the phone's clock, as it came; PhoneSkew is how many seconds that clock was ahead.
	PhoneAt     *time.Time `bun:"phone_at"`
	PhoneSkew   float64    `bun:"phone_skew"`
	OperationID uuid.UUID  `bun:"operation_id,type:uuid,nullzero"`
}

// clockWrong is from how many seconds on a phone's clock is called wrong.
const clockWrong = 120

// PhoneClockWrong reports whether the phone's clock was so far off that people should know.
func (a *Activity) PhoneClockWrong() bool {
	return a.PhoneSkew > clockWrong || a.PhoneSkew < -clockWrong
}

// HappenedAt is when the button was pressed, as far as the phone's clock can tell after correction; At without one.
func (a *Activity) HappenedAt() time.Time {
	if a.PhoneAt == nil {
		return a.At
	}
	return a.PhoneAt.Add(-seconds(a.PhoneSkew))
}

// CustomerText is what the customer reads of the text: what they wrote themselves, why it was cancelled, and what was
// done. Why a technician declined or the office recalled stays in the house.
func (a *Activity) CustomerText() string {
	switch a.Kind {
	case activityOf[Update].kind, activityOf[Cancel].kind, activityOf[Complete].kind, activityOf[SecondVisit].kind:
		return a.Text
	}
	return ""
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func readActivities(ctx context.Context, db bun.IDB, request uuid.UUID) ([]Activity, error) {
	var rows []Activity
	if err := db.NewSelect().Model(&rows).Where("request_id = ?", request).Order("sequence").Scan(ctx); err != nil {
		return nil, fmt.Errorf("dispatch: reading activities: %w", err)
	}
	return rows, nil
}

// attachLatest reads what made the present versions of requests in one query.
func (s *Service) attachLatest(ctx context.Context, db bun.IDB, requests []*Request) error {
	if len(requests) == 0 {
		return nil
	}
	byID := make(map[uuid.UUID]*Request, len(requests))
	ids := make([]uuid.UUID, 0, len(requests))
	for _, r := range requests {
		byID[r.ID], ids = r, append(ids, r.ID)
	}
	var rows []Activity
	if err := db.NewSelect().Model(&rows).Join("JOIN service_requests AS r ON r.id = a.request_id AND r.version = a.sequence").
		Where("r.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return fmt.Errorf("dispatch: reading the latest activities: %w", err)
	}
	for i := range rows {
		byID[rows[i].RequestID].Latest = &rows[i]
	}
	return nil
}
