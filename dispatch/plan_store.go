package dispatch

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/uptrace/bun"

	"utsendt/internal/postgres"
)

// readPlans gives the live visits of technicians in the order of their start.
func readPlans(ctx context.Context, db bun.IDB, technicians ...uuid.UUID) (map[uuid.UUID][]Job, error) {
	if len(technicians) == 0 {
		return nil, nil
	}
	var rows []struct {
		ID            uuid.UUID
		RequestID     uuid.UUID
		TechnicianID  uuid.UUID
		State         VisitState
		During        Span
		TravelSeconds int
		WorkSeconds   int
		NotBefore     *time.Time
		Latitude      *float64
		Longitude     *float64
	}
	err := db.NewSelect().TableExpr("visits AS v").
		ColumnExpr("v.id, v.request_id, v.technician_id, v.state, v.during, v.travel_seconds, v.work_seconds, v.not_before").
		ColumnExpr("r.latitude, r.longitude").
		Join("JOIN service_requests AS r ON r.id = v.request_id").
		Where("v.technician_id IN (?)", bun.List(technicians)).Where("v."+liveVisit).
		OrderExpr("lower(v.during)").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("dispatch: reading plans: %w", err)
	}
	plans := make(map[uuid.UUID][]Job, len(technicians))
	for _, r := range rows {
		j := Job{
			VisitID: r.ID, RequestID: r.RequestID, State: r.State, During: r.During,
			Travel:    time.Duration(r.TravelSeconds) * time.Second,
			Work:      time.Duration(r.WorkSeconds) * time.Second,
			NotBefore: r.NotBefore,
		}
		if r.Latitude != nil && r.Longitude != nil {
			j.Place, j.HasPlace = orb.Point{*r.Longitude, *r.Latitude}, true
		}
		plans[r.TechnicianID] = append(plans[r.TechnicianID], j)
	}
	return plans, nil
}

// savePlan writes the new spans in one statement: the exclusion constraint looks at its end, so two jobs may change
// places. The requests concerned are signalled after the commit. The technician is locked.
func (s *Service) savePlan(ctx context.Context, tx postgres.Tx, changed []Job) error {
	if len(changed) == 0 {
		return nil
	}
	var values strings.Builder
	args := make([]any, 0, 3*len(changed))
	for i, j := range changed {
		if i > 0 {
			values.WriteString(", ")
		}
		values.WriteString("(?::uuid, ?::tstzrange, ?::timestamptz)")
		args = append(args, j.VisitID, j.During.String(), j.arrival())
	}
	_, err := tx.ExecContext(ctx, `UPDATE visits SET during = n.during, planned_arrival =
			CASE WHEN state = 'on_site' THEN planned_arrival ELSE n.arrival END
		FROM (VALUES `+values.String()+`) AS n (id, during, arrival) WHERE visits.id = n.id`, args...)
	if err != nil {
		return busyOr(err, "dispatch: moving the plan")
	}
	for _, j := range changed {
		tx.AfterCommit(func() { s.signalReplanned(j.RequestID) })
	}
	return nil
}
