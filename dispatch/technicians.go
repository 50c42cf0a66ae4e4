package dispatch

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/identity"
)

// Seen is a technician as the board shows them.
type Seen struct {
	Technician
	// Position is nil when none of this duty is known.
	Position *Position
	OpenJobs int
	// CurrentRequest is the one En route or On site; uuid.Nil and "" when there is none.
	CurrentRequest uuid.UUID
	CurrentNumber  string
}

// Technicians gives the active technicians by number, with their duty, jobs and position. For dispatchers.
func (s *Service) Technicians(ctx context.Context, actor identity.Actor, onDutyOnly bool, query string, page Page) ([]Seen, string, error) {
	if err := mayRead(actor); err != nil {
		return nil, "", err
	}
	q := s.db.NewSelect().TableExpr("technicians AS t").ColumnExpr("t.id, t.number").Where("t.active")
	if onDutyOnly {
		q = q.Where("t.on_duty")
	}
	for word := range strings.FieldsSeq(query) {
		q = q.Where("concat_ws(' ', t.number, t.first_name, t.last_name, array_to_string(t.skills, ' ')) ILIKE ?", "%"+escapeLike(word)+"%")
	}
	if page.Token != "" {
		var after string
		if err := readToken(page.Token, &after); err != nil {
			return nil, "", err
		}
		q = q.Where("t.number > ?", after)
	}
	var found []struct {
		ID     uuid.UUID
		Number string
	}
	if err := q.Order("t.number").Limit(int64(page.Size)+1).Scan(ctx, &found); err != nil {
		return nil, "", fmt.Errorf("dispatch: listing technicians: %w", err)
	}
	next := ""
	if len(found) > page.Size {
		found = found[:page.Size]
		next = makeToken(found[page.Size-1].Number)
	}
	ids := make([]uuid.UUID, len(found))
	for i, f := range found {
		ids[i] = f.ID
	}
	seen, err := s.seen(ctx, s.db, ids)
	return seen, next, err
}

// seen reads technicians as the board shows them, by number. No ids give none.
func (s *Service) seen(ctx context.Context, db bun.IDB, ids []uuid.UUID) ([]Seen, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	members, err := readRoster(ctx, db, ids...)
	if err != nil {
		return nil, err
	}
	var jobs []struct {
		TechnicianID uuid.UUID
		RequestID    uuid.UUID
		Number       string
		State        VisitState
	}
	if err := db.NewSelect().TableExpr("visits AS v").ColumnExpr("v.technician_id, v.request_id, v.state, r.number").
		Join("JOIN service_requests AS r ON r.id = v.request_id").
		Where("v.technician_id IN (?)", bun.List(ids)).Where("v."+liveVisit).Scan(ctx, &jobs); err != nil {
		return nil, fmt.Errorf("dispatch: reading jobs: %w", err)
	}
	byID := make(map[uuid.UUID]*Seen, len(members))
	for _, m := range members {
		byID[m.ID] = &Seen{Technician: m.Technician, Position: m.Fix}
	}
	for _, j := range jobs {
		t := byID[j.TechnicianID]
		t.OpenJobs++
		if j.State.UnderWay() {
			t.CurrentRequest, t.CurrentNumber = j.RequestID, j.Number
		}
	}
	seen := make([]Seen, 0, len(members))
	for _, id := range ids {
		if t := byID[id]; t != nil {
			seen = append(seen, *t)
		}
	}
	return seen, nil
}
