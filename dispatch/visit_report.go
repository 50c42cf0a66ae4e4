package dispatch

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"utsendt/internal/identity"
)

// VisitReport is a visit with what its technician wrote at the end.
type VisitReport struct {
	*Visit
	Text string
}

// VisitReports gives the visits to a request, the oldest first. For dispatchers and admins any; for technicians those of a
// request that they visited, and of requests for the device of a live job of theirs. ErrNoRequest for others.
func (s *Service) VisitReports(ctx context.Context, actor identity.Actor, request uuid.UUID) ([]VisitReport, error) {
	if mayRead(actor) != nil {
		if err := mayWork(actor); err != nil {
			return nil, err
		}
		sees, err := s.db.NewSelect().TableExpr("service_requests AS r").Where("r.id = ?", request).
			Where(`EXISTS (SELECT FROM visits AS v WHERE v.request_id = r.id AND v.technician_id = ?0)
				OR EXISTS (SELECT FROM service_requests AS mine WHERE mine.technician_id = ?0 AND mine.device_id = r.device_id)`,
				actor.TechnicianID).Exists(ctx)
		if err != nil {
			return nil, fmt.Errorf("dispatch: asking who may see a request: %w", err)
		}
		if !sees {
			return nil, ErrNoRequest
		}
	} else if _, err := s.request(ctx, s.db, request); err != nil {
		return nil, err
	}
	return s.ReportsOf(ctx, request)
}

// ReportsOf gives the visits to a request, the oldest first, without a look at who asks: the caller decides that.
func (s *Service) ReportsOf(ctx context.Context, request uuid.UUID) ([]VisitReport, error) {
	var visits []*Visit
	if err := visitQuery(s.db.NewSelect().Model(&visits)).Where("v.request_id = ?", request).
		OrderExpr("v.assigned_at, v.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("dispatch: reading visits: %w", err)
	}
	var ends []struct {
		VisitID uuid.UUID `bun:"visit_id,type:uuid"`
		Text    string    `bun:"text"`
	}
	if err := s.db.NewRaw(`SELECT visit_id, text FROM activities WHERE request_id = ? AND visit_id IS NOT NULL AND kind IN (?, ?)`,
		request, activityOf[Complete].kind, activityOf[SecondVisit].kind).Scan(ctx, &ends); err != nil {
		return nil, fmt.Errorf("dispatch: reading what was done: %w", err)
	}
	texts := make(map[uuid.UUID]string, len(ends))
	for _, e := range ends {
		texts[e.VisitID] = e.Text
	}
	reports := make([]VisitReport, len(visits))
	for i, v := range visits {
		reports[i] = VisitReport{v, texts[v.ID]}
	}
	return reports, nil
}
