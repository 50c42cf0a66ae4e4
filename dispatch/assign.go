package dispatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
)

// Assignment is what a dispatcher asks for.
type Assignment struct {
	Request    uuid.UUID
	Technician uuid.UUID
	// Version the dispatcher saw; 0 does not check.
	Version int64 `json:"-"`
	// NotBefore keeps the technician from leaving earlier; nil when they may leave as soon as they are free.
	NotBefore *time.Time
	// OverrideQualification lets a technician go who lacks a skill or works elsewhere.
	OverrideQualification bool
	// Reason of a reassignment.
	Reason string
}

// Assign gives a request to a technician, in their first free span.
//
// Errors: ErrNoRequest; "technician_not_found"; "wrong_state"; "version_stale"; "technician_off_duty";
// "technician_unqualified"; "technician_busy" when there is no free span in the agreed time.
func (s *Service) Assign(ctx context.Context, actor identity.Actor, op Operation, a Assignment) (*Request, error) {
	return s.assign(ctx, actor, op, Assign, a)
}

// Reassign takes a request from its technician and gives it to another. Errors as for Assign.
func (s *Service) Reassign(ctx context.Context, actor identity.Actor, op Operation, a Assignment) (*Request, error) {
	return s.assign(ctx, actor, op, Reassign, a)
}

func (s *Service) assign(ctx context.Context, actor identity.Actor, op Operation, event Event, a Assignment) (*Request, error) {
	if err := mayRead(actor); err != nil {
		return nil, err
	}
	if a.NotBefore != nil {
		at := a.NotBefore.UTC().Truncate(time.Microsecond)
		a.NotBefore = &at
	}
	// What is outside the database is asked before anything is locked.
	l, err := s.legsOf(ctx, a.Request, a.Technician)
	if err != nil {
		return nil, err
	}
	return s.do(ctx, actor, op, string(event), a, a.Request, a.Version, func(ctx context.Context, c *change) (*refusal, error) {
		return nil, c.assign(ctx, event, a, l)
	})
}

// legsOf measures the travel from where one technician may leave to the request.
func (s *Service) legsOf(ctx context.Context, request, technician uuid.UUID) (legs, error) {
	r, err := s.request(ctx, s.db, request)
	if err != nil {
		return legs{}, err
	}
	members, err := readRoster(ctx, s.db, technician)
	if err != nil {
		return legs{}, err
	}
	if len(members) == 0 {
		return legs{}, errNoTechnician()
	}
	plans, err := readPlans(ctx, s.db, technician)
	if err != nil {
		return legs{}, err
	}
	l, err := s.measure(ctx, r, members, plans)
	l.start = members[0].point()
	return l, err
}

// assign gives the locked request to a technician: the same rules for a dispatcher's click and for the automatic.
func (c *change) assign(ctx context.Context, event Event, a Assignment, l legs) error {
	from, previous := c.r.TechnicianID, c.r.VisitID
	if event == Reassign && from == a.Technician {
		return fault.NewInvalid("technician_id", "same_technician", "The request is this technician's already.")
	}
	if err := c.step(event, a.Reason); err != nil {
		return err
	}
	ids := []uuid.UUID{a.Technician}
	if from != uuid.Nil {
		ids = append(ids, from)
	}
	technicians, err := lockTechnicians(ctx, c.tx, ids...)
	if err != nil {
		return err
	}
	t := technicians[a.Technician]
	if err := c.mayTake(t, a); err != nil {
		return err
	}
	if previous != uuid.Nil {
		if err := c.endVisit(ctx, VisitRecalled, a.Reason, c.now); err != nil {
			return err
		}
		c.tellTechnician(notify.JobWithdrawn, from, a.Reason)
	}
	fit, err := c.fit(ctx, t, a, l)
	if err != nil {
		return err
	}
	v, err := c.insertVisit(ctx, t, a, fit)
	if err != nil {
		return err
	}
	now := c.now
	c.r.VisitID, c.r.TechnicianID, c.r.Visit = v.ID, t.ID, v
	c.r.DispatchedAt, c.r.EnRouteAt, c.r.OnSiteAt, c.r.NearlyThereAt = &now, nil, nil, nil
	c.activity.VisitID, c.activity.TechnicianID, c.activity.TechnicianName = v.ID, t.ID, t.FirstName
	c.touched = append(c.touched, ids...)
	c.tellTechnician(notify.NewJob, t.ID, "")
	c.tellCustomer(notify.Dispatched, t.FirstName, "")
	return nil
}

func (c *change) mayTake(t *Technician, a Assignment) error {
	if !t.OnDuty || !t.Active {
		return fault.New(fault.WrongState, "technician_off_duty", t.Name()+" is not on duty.",
			fault.Field("technician_id"), fault.Param("technician", t.Name()))
	}
	if a.OverrideQualification {
		return nil
	}
	if lacking := t.Lacking(c.r.Skills); len(lacking) > 0 {
		return fault.New(fault.WrongState, "technician_unqualified",
			fmt.Sprintf("%s lacks %v.", t.Name(), lacking), fault.Field("technician_id"),
			fault.Param("technician", t.Name()), fault.Param("skills", fmt.Sprint(lacking)))
	}
	return nil
}

// fit rolls the locked technician's plan, writes what moved, and finds the first free span in it.
func (c *change) fit(ctx context.Context, t *Technician, a Assignment, l legs) (Fit, error) {
	now := c.now
	plans, err := readPlans(ctx, c.tx, t.ID)
	if err != nil {
		return Fit{}, err
	}
	rolled := Roll(plans[t.ID], now)
	if err := c.s.savePlan(ctx, c.tx, moved(plans[t.ID], rolled)); err != nil {
		return Fit{}, err
	}
	notBefore := now
	if a.NotBefore != nil {
		notBefore = later(now, *a.NotBefore)
	}
	fit, ok := FindFit(rolled, now, l.start, c.r.want(notBefore), l.from)
	if !ok {
		return Fit{}, fault.New(fault.WrongState, "technician_busy",
			t.Name()+" cannot be there within the agreed time.", fault.Field("technician_id"),
			fault.Param("technician", t.Name()))
	}
	return fit, nil
}

func (c *change) insertVisit(ctx context.Context, t *Technician, a Assignment, fit Fit) (*Visit, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	v := &Visit{
		ID: id, RequestID: c.r.ID, TechnicianID: t.ID, State: VisitAssigned,
		During:         fit.During,
		PlannedArrival: fit.Arrival, TravelSeconds: int(fit.Travel.Duration.Seconds()),
		WorkSeconds: int(c.r.Category.Work().Seconds()), TravelSource: fit.Travel.Source,
		NotBefore: a.NotBefore, AssignedBy: c.actor.PersonID, AssignedAt: c.now,
		PartsUsed: []PartUsed{}, Readings: []Reading{},
		TechnicianName: t.Name(), TechnicianFirstName: t.FirstName,
	}
	if _, err := c.tx.NewInsert().Model(v).Exec(ctx); err != nil {
		return nil, busyOr(err, "dispatch: inserting a visit")
	}
	return v, nil
}

// AutoAssign gives a request to the best candidate. Whom others took meanwhile is passed over; when nobody is left,
// the answer is "no_technician".
func (s *Service) AutoAssign(ctx context.Context, actor identity.Actor, op Operation, request uuid.UUID, version int64) (*Request, *Candidate, error) {
	if err := mayRead(actor); err != nil {
		return nil, nil, err
	}
	out, err := s.autoAssign(ctx, actor, op, request, version)
	if fault.ReasonOf(err) == "no_technician" { // another server may know more
		if err := s.refresh(ctx); err != nil {
			return nil, nil, err
		}
		out, err = s.autoAssign(ctx, actor, op, request, version)
	}
	if err != nil {
		return nil, nil, err
	}
	return &out.Request, out.Candidate, nil
}

// autoAssign goes by what this server remembers of the technicians.
func (s *Service) autoAssign(ctx context.Context, actor identity.Actor, op Operation, request uuid.UUID, version int64) (outcome, error) {
	const rounds = 3 // plans fill up while they are looked at: then the best may be another
	for range rounds {
		r, err := s.request(ctx, s.db, request)
		if err != nil {
			return outcome{}, err
		}
		// A repeated operation is answered by its stored result, whoever is eligible now.
		if out, ok, err := s.assignedBefore(ctx, actor, op, request); ok || err != nil {
			return out, err
		}
		if err := s.seenAs(ctx, s.db, actor, r, version); err != nil {
			return outcome{}, err
		}
		if _, err := Decide(r.State, Assign, actor.Role); err != nil {
			return outcome{}, err
		}
		candidates, err := s.candidates(ctx, r)
		if err != nil {
			return outcome{}, err
		}
		passed := false
		for i := range candidates {
			c := &candidates[i]
			if !c.Eligible {
				break
			}
			out, err := s.tryCandidate(ctx, actor, op, version, request, c)
			if !passOver(err) {
				return out, err
			}
			passed = true
		}
		if !passed {
			break
		}
	}
	return outcome{}, errNobody()
}

// assignKind is the operation kind of AutoAssign.
const assignKind = "auto_assign"

func (s *Service) tryCandidate(ctx context.Context, actor identity.Actor, op Operation, version int64,
	request uuid.UUID, chosen *Candidate,
) (out outcome, err error) {
	key := once.Key{Person: actor.PersonID, ID: op.ID, Kind: assignKind}
	return once.InTx(ctx, s.db, key, request, func(ctx context.Context, tx postgres.Tx) (outcome, error) {
		out, err := s.once(ctx, tx, actor, op, request, version, func(ctx context.Context, c *change) (*refusal, error) {
			return nil, c.assign(ctx, Assign, Assignment{Request: request, Technician: chosen.Technician.ID}, chosen.legs)
		})
		if err != nil {
			return outcome{}, err
		}
		if v := out.Request.Visit; v.During.Start.Sub(tx.Now()) > Horizon && out.Request.WindowStart == nil {
			return outcome{}, errPassOver // their plan filled up meanwhile
		}
		out.Candidate = chosen
		return out, nil
	})
}

var errPassOver = errors.New("dispatch: this candidate's plan filled up")

// passOver reports whether the next candidate may still do.
func passOver(err error) bool {
	if err == nil {
		return false
	}
	switch fault.ReasonOf(err) {
	case "technician_busy", "technician_off_duty", "technician_unqualified", "technician_not_found":
		return true
	}
	return errors.Is(err, errPassOver)
}

// assignedBefore gives the stored result of the operation, if it took effect.
func (s *Service) assignedBefore(ctx context.Context, actor identity.Actor, op Operation, request uuid.UUID) (outcome, bool, error) {
	return once.Stored[outcome](ctx, s.db, once.Key{Person: actor.PersonID, ID: op.ID, Kind: assignKind}, request)
}
