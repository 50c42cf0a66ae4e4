package dispatch

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/identity"
)

// Employed is a technician as the office administers them.
type Employed struct {
	Technician `bun:",extend"`
	// LiveJobs counts the visits that have not ended.
	LiveJobs int `bun:"live_jobs,scanonly"`
	// UserID is who signs in as this technician; empty for nobody.
	UserID string `bun:"user_id,scanonly"`
}

// EmployedFilter chooses technicians; its parts are combined.
type EmployedFilter struct {
	// Query is words that all occur in number, name or skills.
	Query string
	// Skill that the technician has; empty for all.
	Skill string
	// WithInactive also gives those who do not work here now.
	WithInactive bool
}

// Employed lists technicians by number, with how many there are in all. For dispatchers.
func (s *Service) Employed(ctx context.Context, actor identity.Actor, f EmployedFilter, page Page) (rows []Employed, next string, total int64, err error) {
	if err := mayRead(actor); err != nil {
		return nil, "", 0, err
	}
	q := employed(s.db.NewSelect().Model(&rows))
	if !f.WithInactive {
		q = q.Where("t.active")
	}
	if f.Skill != "" {
		q = q.Where("? = ANY (t.skills)", f.Skill)
	}
	for word := range strings.FieldsSeq(f.Query) {
		q = q.Where("concat_ws(' ', t.number, t.first_name, t.last_name, array_to_string(t.skills, ' ')) ILIKE ?", "%"+escapeLike(word)+"%")
	}
	if total, err = q.Count(ctx); err != nil {
		return nil, "", 0, fmt.Errorf("dispatch: counting technicians: %w", err)
	}
	if page.Token != "" {
		var after string
		if err := readToken(page.Token, &after); err != nil {
			return nil, "", 0, err
		}
		q = q.Where("t.number > ?", after)
	}
	if err := q.Order("t.number").Limit(int64(page.Size) + 1).Scan(ctx); err != nil {
		return nil, "", 0, fmt.Errorf("dispatch: listing technicians: %w", err)
	}
	if len(rows) > page.Size {
		rows = rows[:page.Size]
		next = makeToken(rows[page.Size-1].Number)
	}
	return rows, next, total, nil
}

// EmployedByID gives one with the numbers of the requests they have live jobs for. For dispatchers.
func (s *Service) EmployedByID(ctx context.Context, actor identity.Actor, id uuid.UUID) (*Employed, []string, error) {
	if err := mayRead(actor); err != nil {
		return nil, nil, err
	}
	var rows []*Employed
	if err := employed(s.db.NewSelect().Model(&rows)).Where("t.id = ?", id).Scan(ctx); err != nil {
		return nil, nil, fmt.Errorf("dispatch: reading a technician: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil, errNoTechnician()
	}
	numbers, err := liveRequests(ctx, s.db, id)
	return rows[0], numbers, err
}

func employed(q *bun.SelectQuery) *bun.SelectQuery {
	return q.ColumnExpr("t.*").ColumnExpr(vanStock).
		ColumnExpr("(SELECT count(*) FROM visits AS v WHERE v.technician_id = t.id AND v." + liveVisit + ") AS live_jobs").
		ColumnExpr("coalesce((SELECT p.user_id FROM people AS p WHERE p.technician_id = t.id), '') AS user_id")
}

// Area is the territory of an active technician.
type Area struct {
	Number    string
	Territory Texts
}

// Areas gives the territories of all active technicians, by number. For dispatchers.
func (s *Service) Areas(ctx context.Context, actor identity.Actor) ([]Area, error) {
	if err := mayRead(actor); err != nil {
		return nil, err
	}
	var areas []Area
	err := s.db.NewSelect().TableExpr("technicians").Column("number", "territory").Where("active").Order("number").Scan(ctx, &areas)
	if err != nil {
		return nil, fmt.Errorf("dispatch: reading territories: %w", err)
	}
	return areas, nil
}
