package dispatch

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// overtaken answers a step on a visit that is no longer the technician's live one: the one that the phone named, or else
// their last. If it was theirs, and they did not end it themselves, the step is kept in the history and the present state
// is the answer; if it never was, there is no such job. A phone that names the visit is answered so however it ended: it
// may have the next visit of the same request already.
func (c *change) overtaken(ctx context.Context, event Event, text string) (*refusal, error) {
	var v Visit
	q := c.tx.NewSelect().Model(&v).Where("request_id = ? AND technician_id = ?", c.r.ID, c.actor.TechnicianID)
	if c.op.Visit != uuid.Nil {
		q = q.Where("id = ?", c.op.Visit)
	}
	err := q.Order("assigned_at DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNoRequest
	}
	if err != nil {
		return nil, fmt.Errorf("dispatch: reading a visit: %w", err)
	}
	byOffice := v.State == VisitRecalled || v.State == VisitCancelled
	if !byOffice && c.op.Visit == uuid.Nil {
		return nil, notYours(c.r.State)
	}
	words := string(event)
	if text != "" {
		words += ": " + text
	}
	c.record(activityOvertaken, words, false)
	c.activity.VisitID, c.activity.TechnicianID, c.activity.TechnicianName = v.ID, v.TechnicianID, c.actor.FirstName
	message := "The office took this job back meanwhile. What you did is kept in its history."
	if !byOffice {
		message = "This visit has ended already. What you did is kept in the job's history."
	}
	return &refusal{
		Reason:  "overtaken",
		Message: message,
		Params:  map[string]string{"state": string(c.r.State), "visit_state": string(v.State), "step": string(event)},
	}, nil
}
