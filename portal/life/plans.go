package life

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
	"utsendt/portal/supplies"
)

// Plans are what is planned for a device.
type Plans struct {
	// Visit is nil while neither a window is agreed nor a technician dispatched.
	Visit *PlannedVisit
	// Waiting are orders that have not left the warehouse.
	Waiting []WaitingOrder
	// Due are toners to be ordered now.
	Due      []supplies.TonerForecast
	TimeZone string
}

// PlannedVisit is a visit that is planned or under way.
type PlannedVisit struct {
	RequestID uuid.UUID
	Number    string
	State     dispatch.State
	// WindowStart and WindowEnd were agreed with the customer; nil without.
	WindowStart, WindowEnd *time.Time
	// ExpectedAt is the arrival by the technician's plan; nil before one is dispatched.
	ExpectedAt *time.Time
	// Technician is the first name; empty before one is dispatched.
	Technician string
}

// WaitingOrder is an order that can still go along with somebody.
type WaitingOrder struct {
	Number string
	State  supplies.State
	Lines  []OrderLine
}

// Plans tells what is planned for a device. NotFound "device_not_found" for one that the actor may not see.
func (s *Service) Plans(ctx context.Context, actor identity.Actor, device uuid.UUID) (plans Plans, err error) {
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		d, err := visible(ctx, tx, actor, device)
		if err != nil {
			return err
		}
		plans = Plans{TimeZone: d.Site.TimeZone}
		if plans.Visit, err = plannedVisit(ctx, tx, d); err != nil {
			return err
		}
		if plans.Waiting, err = waiting(ctx, tx, d); err != nil {
			return err
		}
		all, err := s.supplies.ForecastOf(ctx, tx, d)
		if err != nil {
			return err
		}
		for _, f := range all {
			if f.OrderNow {
				plans.Due = append(plans.Due, f)
			}
		}
		return nil
	}, postgres.ReadOnly(), postgres.Isolation(sql.LevelRepeatableRead))
	return plans, err
}

func plannedVisit(ctx context.Context, tx postgres.Tx, d portal.DeviceDetail) (*PlannedVisit, error) {
	var v PlannedVisit
	var name sql.NullString
	err := tx.QueryRowContext(ctx, `SELECT r.id, r.number, r.state, r.window_start, r.window_end,
			CASE WHEN r.state IN ('dispatched', 'en_route') THEN v.planned_arrival END, t.first_name
		FROM service_requests r LEFT JOIN visits v ON v.id = r.visit_id LEFT JOIN technicians t ON t.id = r.technician_id
		WHERE r.device_id = ? AND r.account_id = ? AND r.state NOT IN ('completed', 'cancelled') AND (r.visit_id IS NOT NULL OR r.window_end > ?)`,
		d.ID, d.AccountID, tx.Now()).Scan(&v.RequestID, &v.Number, &v.State, &v.WindowStart, &v.WindowEnd, &v.ExpectedAt, &name)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("life: reading a planned visit: %w", err)
	}
	v.Technician = name.String
	return &v, nil
}

func waiting(ctx context.Context, tx postgres.Tx, d portal.DeviceDetail) ([]WaitingOrder, error) {
	rows, err := tx.QueryContext(ctx, `SELECT o.number, o.state, (SELECT jsonb_agg(
				jsonb_build_object('nb', l.name_nb, 'en', l.name_en, 'quantity', l.quantity) ORDER BY l.line) FROM supply_order_lines l WHERE l.order_id = o.id)
		FROM supply_orders o WHERE o.device_id = ? AND o.account_id = ? AND o.state IN ('placed', 'picked') ORDER BY o.placed_at, o.id LIMIT 20`, d.ID, d.AccountID)
	if err != nil {
		return nil, fmt.Errorf("life: reading orders that wait: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var found []WaitingOrder
	for rows.Next() {
		var o WaitingOrder
		var lines []byte
		if err := rows.Scan(&o.Number, &o.State, &lines); err != nil {
			return nil, fmt.Errorf("life: reading orders that wait: %w", err)
		}
		if len(lines) > 0 {
			if err := json.Unmarshal(lines, &o.Lines); err != nil {
				return nil, fmt.Errorf("life: reading orders that wait: %w", err)
			}
		}
		found = append(found, o)
	}
	return found, rows.Err()
}
