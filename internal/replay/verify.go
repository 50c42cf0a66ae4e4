package replay

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

// must are statements that count what must not be.
var must = []struct{ what, count string }{
	{"every request goes by one row", `SELECT count(*) FROM (SELECT serial_number FROM service_requests
		GROUP BY serial_number HAVING count(*) <> 1) x`},
	{"every request has ended", `SELECT count(*) FROM service_requests WHERE state NOT IN ('completed', 'cancelled')`},
	{"every completed request has one visit that is done", `SELECT count(*) FROM service_requests r WHERE
		(r.state = 'completed')::int <> (SELECT count(*) FROM visits v WHERE v.request_id = r.id AND v.state = 'done')`},
	{"every visit has ended", `SELECT count(*) FROM visits WHERE live OR ended_at IS NULL`},
	{"no technician's visits overlap, past ones included", `SELECT count(*) FROM visits a JOIN visits b
		ON a.technician_id = b.technician_id AND a.id < b.id
		AND tstzrange(a.en_route_at, coalesce(a.ended_at, 'infinity')) && tstzrange(b.en_route_at, coalesce(b.ended_at, 'infinity'))
		WHERE a.en_route_at IS NOT NULL AND b.en_route_at IS NOT NULL`},
	{"a worked visit leaves, arrives and ends in this order", `SELECT count(*) FROM visits WHERE state IN ('done', 'unsolved')
		AND (en_route_at <= on_site_at AND on_site_at <= ended_at AND assigned_at <= accepted_at AND accepted_at <= en_route_at) IS NOT TRUE`},
	{"every history has a line for each version", `SELECT count(*) FROM service_requests r WHERE r.version <>
		(SELECT count(*) FROM activities a WHERE a.request_id = r.id) OR r.version <>
		(SELECT max(sequence) FROM activities a WHERE a.request_id = r.id)`},
}

// verify checks the end by SQL and by the API and fills in the result.
func verify(ctx context.Context, pool *pgxpool.Pool, w *world, r *Result) error {
	for _, m := range must {
		var n int64
		if err := pool.QueryRow(ctx, m.count).Scan(&n); err != nil {
			return fmt.Errorf("checking that %s: %w", m.what, err)
		}
		r.check("SQL", m.what, n == 0, "%d are otherwise", n)
	}
	if err := r.measure(ctx, pool); err != nil {
		return err
	}
	if err := r.compareRows(ctx, pool, w.office.rows); err != nil {
		return err
	}
	if err := r.count(ctx, pool, w); err != nil {
		return err
	}
	r.From, r.Until = w.office.rows[0].opened.In(w.zone), w.clock.Now().In(w.zone)
	return r.askAPI(ctx, w)
}

func (r *Result) check(by, what string, holds bool, format string, values ...any) {
	c := Check{What: what, By: by}
	if !holds {
		c.Wrong = fmt.Sprintf(format, values...)
	}
	r.Checks = append(r.Checks, c)
}

// measure reads the counts and times.
func (r *Result) measure(ctx context.Context, pool *pgxpool.Pool) error {
	var seconds [4]float64
	err := pool.QueryRow(ctx, `
		WITH first AS (SELECT extract(epoch FROM min(v.assigned_at) - r.opened_at) AS wait FROM service_requests r
			JOIN visits v ON v.request_id = r.id GROUP BY r.id),
		way AS (SELECT extract(epoch FROM on_site_at - en_route_at) AS took FROM visits WHERE on_site_at IS NOT NULL)
		SELECT (SELECT coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY wait), 0) FROM first),
			(SELECT coalesce(percentile_cont(0.9) WITHIN GROUP (ORDER BY wait), 0) FROM first),
			(SELECT coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY took), 0) FROM way),
			(SELECT coalesce(percentile_cont(0.9) WITHIN GROUP (ORDER BY took), 0) FROM way)`).
		Scan(&seconds[0], &seconds[1], &seconds[2], &seconds[3])
	if err != nil {
		return fmt.Errorf("measuring: %w", err)
	}
	of := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	r.ToAssignment, r.Travel = Spread{of(seconds[0]), of(seconds[1])}, Spread{of(seconds[2]), of(seconds[3])}
	if err := pool.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE state = 'completed'),
			count(*) FILTER (WHERE state = 'cancelled'), count(*) FILTER (WHERE state NOT IN ('completed', 'cancelled')),
			count(*) FILTER (WHERE state = 'completed' AND resolve_by IS NOT NULL),
			count(*) FILTER (WHERE state = 'completed' AND ended_at <= resolve_by)
		FROM service_requests`).Scan(&r.Opened, &r.Completed, &r.Cancelled, &r.Open, &r.WithTarget, &r.OnTime); err != nil {
		return fmt.Errorf("counting: %w", err)
	}
	rows, err := pool.Query(ctx, `SELECT r.number || ' ' || r.state || ', opened ' || r.opened_at || ', needs ' ||
			array_to_string(r.skills, ' ') FROM service_requests r WHERE state NOT IN ('completed', 'cancelled') ORDER BY opened_at LIMIT 20`)
	if err != nil {
		return err
	}
	r.Stuck, err = pgx.CollectRows(rows, pgx.RowTo[string])
	return err
}

// compareRows holds every request against its row.
func (r *Result) compareRows(ctx context.Context, pool *pgxpool.Pool, want []row) error {
	rows, err := pool.Query(ctx, `SELECT serial_number, opened_at, resolve_by, latitude, longitude FROM service_requests`)
	if err != nil {
		return err
	}
	type stored struct {
		opened    time.Time
		resolveBy *time.Time
		lat, lon  float64
	}
	found := make(map[string]stored, len(want))
	var serial string
	var s stored
	if _, err := pgx.ForEachRow(rows, []any{&serial, &s.opened, &s.resolveBy, &s.lat, &s.lon}, func() error {
		found[serial] = s
		return nil
	}); err != nil {
		return fmt.Errorf("reading the requests: %w", err)
	}
	missing, different := 0, 0
	for i, row := range want {
		s, ok := found[serialOf(i)]
		switch {
		case !ok:
			missing++
		case !s.opened.Equal(row.opened), (s.resolveBy == nil) != (row.target == nil),
			s.resolveBy != nil && !s.resolveBy.Equal(*row.target), s.lat != row.point.Lat(), s.lon != row.point.Lon():
			different++
		}
	}
	r.check("SQL", "every accepted row has its request", missing == 0 && len(found) == len(want),
		"%d of %d rows have none, and there are %d requests", missing, len(want), len(found))
	r.check("SQL", "every request has its row's time, target and position", different == 0, "%d differ", different)
	return nil
}

// count holds what people did against what is stored.
func (r *Result) count(ctx context.Context, pool *pgxpool.Pool, w *world) error {
	r.Operations, r.Nobody = w.office.operations, w.office.nobody
	for _, t := range w.crew {
		r.Operations += t.operations
		r.Visits += t.visits
		r.SecondVisits += t.second
		r.Declined += t.declined
		r.Kilometres += t.metres / 1000
		for verdict, n := range t.fixes {
			r.FixesSent += n
			if verdict == mobilev1.FixVerdict_FIX_VERDICT_LIVE || verdict == mobilev1.FixVerdict_FIX_VERDICT_HISTORY {
				r.FixesKept += n
			}
		}
	}
	var positions, operations, visits int64
	if err := pool.QueryRow(ctx, `SELECT (SELECT count(*) FROM position_history), (SELECT count(*) FROM operations),
		(SELECT count(*) FROM visits WHERE state IN ('done', 'unsolved'))`).Scan(&positions, &operations, &visits); err != nil {
		return fmt.Errorf("counting: %w", err)
	}
	r.check("SQL", "every position that was accepted is kept once", positions == r.FixesKept,
		"%d were accepted and %d are kept", r.FixesKept, positions)
	r.check("SQL", "every change took effect once", operations == r.Operations,
		"%d were made and %d are stored", r.Operations, operations)
	r.check("SQL", "every visit that was worked on is kept once", visits == int64(r.Visits),
		"%d were made and %d are stored", r.Visits, visits)
	return nil
}
