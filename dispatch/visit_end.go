package dispatch

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// readVisit gives one visit with its technician's name.
func (c *change) readVisit(ctx context.Context, id uuid.UUID) (*Visit, error) {
	v := new(Visit)
	if err := visitQuery(c.tx.NewSelect().Model(v)).Where("v.id = ?", id).Scan(ctx); err != nil {
		return nil, fmt.Errorf("dispatch: reading a visit: %w", err)
	}
	return v, nil
}

// endVisit ends the live visit at a time and takes it off the request. Its technician is locked.
func (c *change) endVisit(ctx context.Context, state VisitState, outcome string, at time.Time) error {
	v, err := c.readVisit(ctx, c.r.VisitID)
	if err != nil {
		return err
	}
	return c.endVisitWith(ctx, v, state, outcome, at)
}

func (c *change) endVisitWith(ctx context.Context, v *Visit, state VisitState, outcome string, at time.Time) error {
	start := v.During.Start
	if v.EnRouteAt != nil {
		start = *v.EnRouteAt
	}
	if !start.Before(at) { // ended before it was planned to begin
		start = at.Add(-time.Microsecond)
	}
	v.State, v.Outcome, v.EndedAt, v.During = state, outcome, &at, Span{start, at}
	if err := c.writeVisit(ctx, v); err != nil {
		return err
	}
	c.r.VisitID, c.r.TechnicianID, c.r.Visit = uuid.Nil, uuid.Nil, nil
	c.touched = append(c.touched, v.TechnicianID)
	c.activity.TechnicianName = v.TechnicianFirstName
	return nil
}

func (c *change) writeVisit(ctx context.Context, v *Visit) error {
	if _, err := c.tx.NewUpdate().Model(v).
		ExcludeColumn("id", "request_id", "technician_id", "assigned_by", "assigned_at").WherePK().Exec(ctx); err != nil {
		return busyOr(err, "dispatch: writing a visit")
	}
	return nil
}
