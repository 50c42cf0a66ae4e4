package dispatch

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
)

// Accept: the technician takes the job.
func (s *Service) Accept(ctx context.Context, actor identity.Actor, op Operation, request uuid.UUID) (*Request, error) {
	return s.work(ctx, actor, op, Accept, request, "", func(_ context.Context, c *change, v *Visit, at time.Time) error {
		if v.State == VisitAssigned {
			v.State, v.AcceptedAt = VisitAccepted, &at
		}
		return nil
	})
}

// Decline: the technician cannot take the job, or cannot go on; back to To be scheduled.
func (s *Service) Decline(ctx context.Context, actor identity.Actor, op Operation, request uuid.UUID, reason string) (*Request, error) {
	if strings.TrimSpace(reason) == "" {
		return nil, fault.NewInvalid("reason", "reason_missing", "Say why.")
	}
	return s.work(ctx, actor, op, Decline, request, reason, func(ctx context.Context, c *change, v *Visit, at time.Time) error {
		c.tellCustomer(notify.ToBeScheduled, "", "")
		c.r.backToQueue()
		return c.endVisitWith(ctx, v, VisitDeclined, reason, at)
	})
}

// Depart: the technician is on the way. One job at a time: "job_in_progress".
func (s *Service) Depart(ctx context.Context, actor identity.Actor, op Operation, request uuid.UUID) (*Request, error) {
	return s.work(ctx, actor, op, Depart, request, "", func(ctx context.Context, c *change, v *Visit, at time.Time) error {
		v.State, v.EnRouteAt = VisitEnRoute, &at
		if v.AcceptedAt == nil {
			v.AcceptedAt = &at
		}
		c.r.EnRouteAt = &at
		c.tellCustomer(notify.EnRoute, v.TechnicianFirstName, "")
		return c.underWay(ctx, v, at, time.Duration(v.TravelSeconds+v.WorkSeconds)*time.Second)
	})
}

// Arrive: the technician is at the door.
func (s *Service) Arrive(ctx context.Context, actor identity.Actor, op Operation, request uuid.UUID) (*Request, error) {
	return s.work(ctx, actor, op, Arrive, request, "", func(ctx context.Context, c *change, v *Visit, at time.Time) error {
		v.State, v.OnSiteAt, v.PlannedArrival = VisitOnSite, &at, at
		c.r.OnSiteAt = &at
		c.tellCustomer(notify.OnSite, v.TechnicianFirstName, "")
		return c.underWay(ctx, v, *v.EnRouteAt, at.Sub(*v.EnRouteAt)+time.Duration(v.WorkSeconds)*time.Second)
	})
}

// underWay puts the visit at the head of its technician's plan and moves what comes after it, in one statement.
func (c *change) underWay(ctx context.Context, v *Visit, start time.Time, length time.Duration) error {
	plans, err := readPlans(ctx, c.tx, v.TechnicianID)
	if err != nil {
		return err
	}
	before := plans[v.TechnicianID]
	planned := slices.Clone(before)
	for i := range planned {
		j := &planned[i]
		if j.VisitID != v.ID && j.State.UnderWay() {
			return fault.New(fault.WrongState, "job_in_progress", "Another job is under way. End it first.",
				fault.Param("request_id", j.RequestID.String()))
		}
		if j.VisitID == v.ID {
			j.State = v.State
			j.During = Span{start, later(start.Add(length), c.now.Add(leastWorkLeft))}
		}
	}
	rolled := Roll(planned, c.now)
	if err := c.s.savePlan(ctx, c.tx, moved(before, rolled)); err != nil {
		return err
	}
	for _, j := range rolled {
		if j.VisitID == v.ID {
			v.During = j.During
			if v.State == VisitEnRoute {
				v.PlannedArrival = j.arrival()
			}
		}
	}
	return nil
}

// Outcome is what came of a visit.
type Outcome string

// The outcomes: with the first three the request is completed, with the others a second visit is needed.
const (
	Solved       Outcome = "solved"
	Workaround   Outcome = "workaround"
	NoFaultFound Outcome = "no_fault_found"
	PartMissing  Outcome = "part_missing"
	NoAccess     Outcome = "no_access"
	AnotherVisit Outcome = "second_visit"
)

// Completion is what the technician tells at the end.
type Completion struct {
	Outcome      Outcome
	Text         string
	PartsUsed    []PartUsed
	Readings     []Reading
	PartsMissing []string
	// SignedBy is who signed for the work; empty when nobody did.
	SignedBy string `json:",omitempty"`
}

func (d Completion) event() Event {
	switch d.Outcome {
	case PartMissing, NoAccess, AnotherVisit:
		return SecondVisit
	}
	return Complete
}

func (d Completion) check() error {
	if d.event() == SecondVisit && strings.TrimSpace(d.Text) == "" {
		return fault.NewInvalid("text", "text_missing", "Say why a second visit is needed.")
	}
	if d.Outcome == PartMissing && len(d.PartsMissing) == 0 {
		return fault.NewInvalid("parts_missing", "parts_missing_empty", "Say which parts are missing.")
	}
	seen := map[string]bool{}
	for i, r := range d.Readings {
		if seen[r.Counter] {
			return fault.NewInvalid(fmt.Sprintf("readings[%d].counter", i), "counter_twice", "Each counter has one reading.")
		}
		seen[r.Counter] = true
	}
	parts := map[string]bool{}
	for i, p := range d.PartsUsed {
		if parts[p.PartNumber] {
			return fault.NewInvalid(fmt.Sprintf("parts_used[%d].part_number", i), "part_twice", "Each part is named once, with its quantity.")
		}
		parts[p.PartNumber] = true
	}
	return nil
}

// Finish: the technician is done, or a second visit is needed. The parts used leave the van's stock.
func (s *Service) Finish(ctx context.Context, actor identity.Actor, op Operation, request uuid.UUID, d Completion) (*Request, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	return s.workAsked(ctx, actor, op, d.event(), request, d.Text, d, func(ctx context.Context, c *change, v *Visit, at time.Time) error {
		v.PartsUsed, v.Readings = append([]PartUsed{}, d.PartsUsed...), append([]Reading{}, d.Readings...)
		v.SignedBy = strings.TrimSpace(d.SignedBy)
		if err := c.usePartsOf(ctx, v); err != nil {
			return err
		}
		if err := c.tellReadings(ctx, v, at); err != nil {
			return err
		}
		if d.event() == SecondVisit {
			for _, p := range d.PartsMissing {
				if !slices.Contains(c.r.Parts, p) {
					c.r.Parts = append(c.r.Parts, p)
				}
			}
			c.r.backToQueue()
			c.tellCustomer(notify.ToBeScheduled, "", "")
			return c.endVisitWith(ctx, v, VisitUnsolved, string(d.Outcome), at)
		}
		c.r.EndedAt, c.r.Outcome = &at, d.Text
		c.tellCustomer(notify.Completed, v.TechnicianFirstName, "")
		return c.endVisitWith(ctx, v, VisitDone, string(d.Outcome), at)
	})
}

// usePartsOf takes the parts out of the van as far as the stock goes: what the technician says was used was used,
// even when the books say there was none.
func (c *change) usePartsOf(ctx context.Context, v *Visit) error {
	for _, p := range v.PartsUsed {
		if _, err := c.tx.ExecContext(ctx, `UPDATE van_stock SET quantity = greatest(0, quantity - ?)
			WHERE technician_id = ? AND part_number = ?`, p.Quantity, v.TechnicianID, p.PartNumber); err != nil {
			return fmt.Errorf("dispatch: taking parts: %w", err)
		}
	}
	return nil
}

func (s *Service) work(ctx context.Context, actor identity.Actor, op Operation, event Event, request uuid.UUID, text string,
	fn func(ctx context.Context, c *change, v *Visit, at time.Time) error,
) (*Request, error) {
	return s.workAsked(ctx, actor, op, event, request, text, text, fn)
}

// workAsked runs one step of a technician on their own live visit. fn changes the visit and the request; at is when
// the step took place.
func (s *Service) workAsked(ctx context.Context, actor identity.Actor, op Operation, event Event, request uuid.UUID,
	text string, asked any, fn func(ctx context.Context, c *change, v *Visit, at time.Time) error,
) (*Request, error) {
	if err := mayWork(actor); err != nil {
		return nil, err
	}
	return s.do(ctx, actor, op, string(event), op.about(asked), request, 0, func(ctx context.Context, c *change) (*refusal, error) {
		if c.r.TechnicianID != actor.TechnicianID || op.Visit != uuid.Nil && op.Visit != c.r.VisitID {
			return c.overtaken(ctx, event, text)
		}
		if _, err := lockTechnicians(ctx, c.tx, actor.TechnicianID); err != nil {
			return nil, err
		}
		v, err := c.readVisit(ctx, c.r.VisitID)
		if err != nil {
			return nil, err
		}
		notBefore := v.lastStep()
		if event == Depart {
			if notBefore, err = c.afterLastVisit(ctx, notBefore); err != nil {
				return nil, err
			}
		}
		at := op.happened(c.now, notBefore)
		c.r.Visit = v
		if err := c.step(event, text); err != nil {
			return nil, err
		}
		c.activity.TechnicianName = v.TechnicianFirstName
		if err := fn(ctx, c, v, at); err != nil {
			return nil, err
		}
		c.touched = append(c.touched, actor.TechnicianID)
		if !v.State.Live() {
			return nil, nil // endVisitWith wrote it
		}
		return nil, c.writeVisit(ctx, v)
	})
}

// afterLastVisit gives the later of a time and the end of the technician's last visit: nobody leaves for a job while
// still at another, whatever two phones' messages and their delays make of it.
func (c *change) afterLastVisit(ctx context.Context, at time.Time) (time.Time, error) {
	var ended *time.Time
	if err := c.tx.NewSelect().TableExpr("visits").ColumnExpr("max(ended_at)").
		Where("technician_id = ? AND state IN (?, ?)", c.actor.TechnicianID, VisitDone, VisitUnsolved).Scan(ctx, &ended); err != nil {
		return at, fmt.Errorf("dispatch: reading the last visit: %w", err)
	}
	if ended == nil {
		return at, nil
	}
	return later(at, *ended), nil
}

// lastStep is when the visit last went on: nothing of it happened before.
func (v *Visit) lastStep() time.Time {
	for _, at := range []*time.Time{v.OnSiteAt, v.EnRouteAt, v.AcceptedAt} {
		if at != nil {
			return *at
		}
	}
	return v.AssignedAt
}
