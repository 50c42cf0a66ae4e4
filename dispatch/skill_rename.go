package dispatch

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// RenameSkill calls a skill otherwise in the requests that have not ended and for all technicians, in the caller's
// transaction. It gives how many requests and technicians had it. Requests come first: locks are taken in that order.
func (s *Service) RenameSkill(ctx context.Context, tx postgres.Tx, actor identity.Actor, op uuid.UUID, from, to string) (requests, technicians int64, err error) {
	if err := mayRead(actor); err != nil {
		return 0, 0, err
	}
	var open []uuid.UUID
	if err := tx.NewSelect().TableExpr("service_requests").Column("id").Where("? = ANY (skills)", from).
		Where("state NOT IN (?, ?)", Completed, Cancelled).Order("id").Scan(ctx, &open); err != nil {
		return 0, 0, fmt.Errorf("dispatch: finding requests with a skill: %w", err)
	}
	for _, id := range open {
		c, err := s.begin(ctx, tx, actor, Operation{ID: op}, id)
		if err != nil {
			return 0, 0, err
		}
		if !c.r.State.Open() || !slices.Contains(c.r.Skills, from) {
			continue // before it was locked
		}
		c.r.Skills = renamed(c.r.Skills, from, to)
		c.record(activityNote, fmt.Sprintf("%s → %s", from, to), false)
		if c.r.TechnicianID != uuid.Nil {
			c.touched = append(c.touched, c.r.TechnicianID)
		}
		if err := c.save(ctx); err != nil {
			return 0, 0, err
		}
		requests++
	}
	var having []uuid.UUID
	if err := tx.NewSelect().TableExpr("technicians").Column("id").Where("? = ANY (skills)", from).Order("id").Scan(ctx, &having); err != nil {
		return 0, 0, fmt.Errorf("dispatch: finding technicians with a skill: %w", err)
	}
	if len(having) == 0 {
		return requests, 0, nil
	}
	locked, err := lockTechnicians(ctx, tx, having...)
	if err != nil {
		return 0, 0, err
	}
	for _, id := range having {
		t := locked[id]
		before := t.Fields().revised()
		t.Skills = renamed(t.Skills, from, to)
		if err := s.storeTechnician(ctx, tx, t); err != nil {
			return 0, 0, err
		}
		if err := audit.Write(ctx, tx, actor, "technician.update", "technician", id, before.Audited(), t.Fields().revised().Audited()); err != nil {
			return 0, 0, err
		}
		technicians++
	}
	return requests, technicians, nil
}

// renamed puts one skill in another's place; the skills stay in order, each once.
func renamed(skills []string, from, to string) Texts {
	changed := make(Texts, len(skills))
	for i, skill := range skills {
		if changed[i] = skill; skill == from {
			changed[i] = to
		}
	}
	slices.Sort(changed)
	return slices.Compact(changed)
}
