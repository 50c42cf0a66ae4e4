package backoffice

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// Skill is one that a model needs, a technician has or an open request asks for.
type Skill struct {
	Name string
	// Models, active Technicians and OpenRequests that name it.
	Models, Technicians, OpenRequests int64
}

const skillsSQL = `SELECT name, sum(models)::bigint AS models, sum(technicians)::bigint AS technicians, sum(open_requests)::bigint AS open_requests
	FROM (SELECT unnest(skills) AS name, 1 AS models, 0 AS technicians, 0 AS open_requests FROM models
		UNION ALL SELECT unnest(skills), 0, active::int, 0 FROM technicians
		UNION ALL SELECT unnest(skills), 0, 0, 1 FROM service_requests WHERE state NOT IN ('completed', 'cancelled')) AS used
	GROUP BY name ORDER BY name`

// Skills lists every skill, in order. For staff.
func (s *Service) Skills(ctx context.Context, actor identity.Actor) ([]Skill, error) {
	if err := staff(actor); err != nil {
		return nil, err
	}
	var skills []Skill
	if err := s.db.NewRaw(skillsSQL).Scan(ctx, &skills); err != nil {
		return nil, fmt.Errorf("backoffice: listing skills: %w", err)
	}
	return skills, nil
}

// RenameSkill calls a skill otherwise everywhere at once: models, technicians and requests that have not ended. merge
// takes two skills for one. It gives how many had the old name. For staff.
//
// Errors: NotFound skill_not_found; Exists skill_taken; Invalid skill_same.
func (s *Service) RenameSkill(ctx context.Context, actor identity.Actor, op uuid.UUID, from, to string, merge bool) (Skill, error) {
	if err := staff(actor); err != nil {
		return Skill{}, err
	}
	tidy(&to)
	to = strings.ToLower(to)
	if to == "" || to == from {
		return Skill{}, fault.NewInvalid("to", "skill_same", "The skill needs another name than it has.")
	}
	return do(ctx, s, actor, op, "skill.rename", []any{from, to, merge}, func(ctx context.Context, tx postgres.Tx) (Skill, error) {
		// One at a time: two that rename in a circle would wait for each other.
		if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtext('skill.rename'))"); err != nil {
			return Skill{}, fmt.Errorf("backoffice: waiting for another renaming: %w", err)
		}
		var known []Skill
		if err := tx.NewRaw(skillsSQL).Scan(ctx, &known); err != nil {
			return Skill{}, fmt.Errorf("backoffice: reading skills: %w", err)
		}
		is := func(name string) bool {
			return slices.ContainsFunc(known, func(s Skill) bool { return s.Name == name })
		}
		switch {
		case !is(from):
			return Skill{}, fault.NewNotFound("skill_not_found", "There is no such skill.", fault.Field("from"))
		case is(to) && !merge:
			return Skill{}, fault.NewExists("skill_taken", "There is a skill of this name already. Say whether the two are to become one.", fault.Field("to"))
		}
		done := Skill{Name: to}
		var err error
		if done.OpenRequests, done.Technicians, err = s.dispatch.RenameSkill(ctx, tx, actor, op, from, to); err != nil {
			return Skill{}, err
		}
		done.Models, err = renameInModels(ctx, tx, actor, from, to)
		return done, err
	})
}

func renameInModels(ctx context.Context, tx postgres.Tx, actor identity.Actor, from, to string) (int64, error) {
	var rows []*Model
	if err := tx.NewSelect().Model(&rows).Where("? = ANY (skills)", from).Order("id").For("UPDATE").Scan(ctx); err != nil {
		return 0, fmt.Errorf("backoffice: reading models with a skill: %w", err)
	}
	for _, m := range rows {
		before := m.fields()
		skills := slices.Clone(m.Skills)
		skills[slices.Index(skills, from)] = to
		m.Skills = sortedOnce(skills)
		if _, err := tx.NewUpdate().Model(m).Column("skills").WherePK().Exec(ctx); err != nil {
			return 0, fmt.Errorf("backoffice: renaming a skill: %w", err)
		}
		if err := audit.Write(ctx, tx, actor, "model.update", "model", m.ID, before.Audited(), m.fields().Audited()); err != nil {
			return 0, err
		}
	}
	return int64(len(rows)), nil
}
