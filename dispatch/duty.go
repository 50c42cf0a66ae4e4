package dispatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/live"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
)

// oldestDuty is how far back a duty that was begun without cover may reach.
const oldestDuty = 24 * time.Hour

// SetDuty puts the technician on or off duty. Going off duty while a job is under way is "job_in_progress"; it also
// forgets the live position. A duty begun without cover counts from when the button was pressed.
func (s *Service) SetDuty(ctx context.Context, actor identity.Actor, op Operation, onDuty bool) (*Technician, error) {
	if err := mayWork(actor); err != nil {
		return nil, err
	}
	key := once.Key{Person: actor.PersonID, ID: op.ID, Kind: duty}
	return once.InTx(ctx, s.db, key, onDuty, func(ctx context.Context, tx postgres.Tx) (*Technician, error) {
		return s.setDuty(ctx, tx, actor, op, onDuty)
	})
}

func (s *Service) setDuty(ctx context.Context, tx postgres.Tx, actor identity.Actor, op Operation, onDuty bool) (*Technician, error) {
	locked, err := lockTechnicians(ctx, tx, actor.TechnicianID)
	if err != nil {
		return nil, err
	}
	t := locked[actor.TechnicianID]
	if t.OnDuty == onDuty {
		return t, nil
	}
	if !t.Active {
		return nil, fault.NewForbidden("technician_inactive", "You are not registered as working.")
	}
	now := tx.Now()
	t.OnDuty, t.DutySince = onDuty, nil
	if onDuty {
		since := op.happened(now, now.Add(-oldestDuty))
		t.DutySince = &since
	} else if err := s.leaveDuty(ctx, tx, t.ID); err != nil {
		return nil, err
	}
	t.Version++
	t.UpdatedAt = now
	if _, err := tx.NewUpdate().Model(t).Column("on_duty", "duty_since", "version", "updated_at").WherePK().Exec(ctx); err != nil {
		return nil, fmt.Errorf("dispatch: changing duty: %w", err)
	}
	if err := audit.Write(ctx, tx, actor, "technician.duty", "technician", t.ID,
		map[string]any{"on_duty": !onDuty}, map[string]any{"on_duty": onDuty}); err != nil {
		return nil, err
	}
	tx.AfterCommit(func() {
		s.roster.put(member{Technician: *t})
		s.signal(live.Signal{Subject: technicianSubject(t.ID), Version: t.UpdatedAt.UnixMicro()})
	})
	return t, nil
}

func (s *Service) leaveDuty(ctx context.Context, tx postgres.Tx, technician uuid.UUID) error {
	plans, err := readPlans(ctx, tx, technician)
	if err != nil {
		return err
	}
	for _, j := range plans[technician] {
		if j.State.UnderWay() {
			return fault.New(fault.WrongState, "job_in_progress", "A job is under way. End it first.",
				fault.Param("request_id", j.RequestID.String()))
		}
	}
	// Where someone is off duty is nobody's business.
	if _, err := tx.ExecContext(ctx, "DELETE FROM technician_positions WHERE technician_id = ?", technician); err != nil {
		return fmt.Errorf("dispatch: forgetting a position: %w", err)
	}
	return nil
}

// SignedOut takes a technician off duty when their last device signed out; a job under way keeps them on duty.
func (s *Service) SignedOut(ctx context.Context, actor identity.Actor) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	_, err = s.SetDuty(ctx, actor, Operation{ID: id}, false)
	if errors.Is(err, &fault.Error{Kind: fault.WrongState}) {
		return nil
	}
	return err
}

// Technician gives the technician who is signed in.
func (s *Service) Technician(ctx context.Context, actor identity.Actor) (*Technician, error) {
	if err := mayWork(actor); err != nil {
		return nil, err
	}
	members, err := readRoster(ctx, s.db, actor.TechnicianID)
	if err != nil {
		return nil, err
	}
	if len(members) == 0 {
		return nil, errNoTechnician()
	}
	return &members[0].Technician, nil
}
