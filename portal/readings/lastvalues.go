package readings

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
)

// LastValues tells what a device counts, each with its last valid reading; it is a dispatch.CountersHook. Errors are the
// database's.
func (s *Service) LastValues(ctx context.Context, device uuid.UUID) ([]dispatch.Counter, error) {
	var rows []struct {
		Name   string
		Last   *int64
		LastAt *time.Time
	}
	if err := s.db.NewRaw(`SELECT c.name, last.value AS last, last.taken_at AS last_at
		FROM devices AS device JOIN models AS model ON model.id = device.model_id CROSS JOIN unnest(model.counters) AS c (name)
		LEFT JOIN LATERAL (SELECT (r.counters ->> c.name)::bigint AS value, r.taken_at FROM meter_readings AS r
			WHERE r.device_id = device.id AND r.superseded_by IS NULL AND jsonb_exists(r.counters, c.name)
			ORDER BY r.taken_at DESC LIMIT 1) AS last ON true
		WHERE device.id = ?`, device).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("readings: reading what a device counts: %w", err)
	}
	counters := make([]dispatch.Counter, len(rows))
	for i, r := range rows {
		counters[i] = dispatch.Counter{Name: r.Name, Last: r.Last, LastAt: r.LastAt}
	}
	slices.SortStableFunc(counters, func(a, b dispatch.Counter) int { return place(a.Name) - place(b.Name) })
	return counters, nil
}
