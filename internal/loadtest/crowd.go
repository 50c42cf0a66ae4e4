package loadtest

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"utsendt/dispatch"
	"utsendt/internal/live"
	"utsendt/internal/postgres"
	"utsendt/internal/server"
)

// crowd fills the demo's database up to so many open requests, every fourth of them given to a technician, and so many
// technicians on duty, each somewhere near one of the demo's sites. It goes around the domain and the database's
// triggers, because five thousand real requests take minutes: only for measuring.
func crowd(ctx context.Context, db *server.Database, requests, technicians int) error {
	return postgres.InTx(ctx, db.DB, func(ctx context.Context, tx postgres.Tx) error {
		var numbers []string
		for i := range requests {
			numbers = append(numbers, dispatch.Number(int64(8_000_000+i)))
		}
		for _, step := range []struct {
			sql  string
			args []any
		}{
			{`SET LOCAL session_replication_role = replica`, nil},
			{`CREATE TEMPORARY TABLE places ON COMMIT DROP AS
				SELECT row_number() OVER (ORDER BY number) - 1 AS n, * FROM sites WHERE latitude IS NOT NULL`, nil},
			{`INSERT INTO technicians (id, number, first_name, last_name, skills, home_latitude, home_longitude, on_duty, duty_since, created_at, updated_at)
				SELECT gen_random_uuid(), 'M' || lpad(i::text, 6, '0'), 'Målt', 'Tekniker-' || lpad(i::text, 5, '0'), '{}',
					p.latitude, p.longitude, true, $2::timestamptz - interval '1 hour', $2, $2
				FROM generate_series(1, $1::int) AS i JOIN places p ON p.n = i % (SELECT count(*) FROM places)`, []any{technicians, tx.Now()}},
			{`INSERT INTO technician_positions (technician_id, latitude, longitude, accuracy, speed, heading, recorded_at, received_at)
				SELECT id, home_latitude + (random() - .5) * .6, home_longitude + (random() - .5) * 1.2, 10, 15, random() * 359, $1::timestamptz, $1::timestamptz
				FROM technicians WHERE number LIKE 'M%'`, []any{tx.Now()}},
			{`CREATE TEMPORARY TABLE given ON COMMIT DROP AS
				SELECT gen_random_uuid() AS id, gen_random_uuid() AS device, gen_random_uuid() AS visit, t.id AS technician,
					u.number, u.i, $2::timestamptz + (u.i - $3::int / 10) * interval '3 minutes' AS due, p.n AS place
				FROM unnest($1::text[]) WITH ORDINALITY AS u (number, i)
				JOIN places p ON p.n = u.i % (SELECT count(*) FROM places)
				LEFT JOIN (SELECT id, row_number() OVER (ORDER BY number) AS k FROM technicians WHERE number LIKE 'M%') t ON u.i % 4 = 0 AND t.k = u.i / 4`,
				[]any{numbers, tx.Now(), requests}},
			{`INSERT INTO devices (id, serial_number, model_id, account_id, site_id, created_at, updated_at)
				SELECT g.device, 'MAALT' || lpad(g.i::text, 6, '0'), (SELECT id FROM models ORDER BY name LIMIT 1), p.account_id, p.id, $1, $1
				FROM given g JOIN places p ON p.n = g.place`, []any{tx.Now()}},
			{`INSERT INTO service_requests (id, number, state, version, account_id, account_name, device_id, serial_number, model, line1, postal_code, city,
					country, latitude, longitude, quality, time_zone, category, description, priority, opened_at, respond_by, resolve_by, visit_id, technician_id, dispatched_at, updated_at)
				SELECT g.id, g.number, CASE WHEN g.technician IS NULL THEN 'to_be_scheduled' ELSE 'dispatched' END, 1, a.id, a.name, g.device, 'MAALT' || lpad(g.i::text, 6, '0'),
					'Målt skriver', p.line1, p.postal_code, p.city, p.country, p.latitude + (random() - .5) * .2, p.longitude + (random() - .5) * .4, 'rooftop', p.time_zone,
					(ARRAY['paper_jam', 'noise', 'network', 'other'])[1 + g.i % 4], 'Papiret krøller seg, målt ' || g.i, 'normal',
					$1, g.due, g.due + interval '8 hours', CASE WHEN g.technician IS NULL THEN NULL ELSE g.visit END, g.technician,
					CASE WHEN g.technician IS NULL THEN NULL ELSE $1::timestamptz END, $1
				FROM given g JOIN places p ON p.n = g.place JOIN accounts a ON a.id = p.account_id`, []any{tx.Now()}},
			{`INSERT INTO visits (id, request_id, technician_id, state, during, planned_arrival, travel_seconds, work_seconds, travel_source, assigned_at)
				SELECT visit, id, technician, 'assigned', tstzrange($1::timestamptz, $1::timestamptz + interval '2 hours'), $1::timestamptz + interval '30 minutes', 1800, 5400, 'estimate', $1
				FROM given WHERE technician IS NOT NULL`, []any{tx.Now()}},
			{`INSERT INTO activities (request_id, sequence, kind, to_state, actor_role, actor_name, customer_visible, at)
				SELECT id, 1, 'opened', 'to_be_scheduled', 'customer', 'customer', true, $1 FROM given`, []any{tx.Now()}},
		} {
			if _, err := tx.PgxTx().Exec(ctx, step.sql, step.args...); err != nil {
				return fmt.Errorf("loadtest: making a crowd: %w\n%s", err, step.sql)
			}
		}
		return nil
	})
}

// walkers are technicians who move without end, each straight on with now and then another direction.
type walkers struct {
	bus  *live.Bus
	list []dispatch.Position
	next int
}

func readWalkers(ctx context.Context, db *server.Database, bus *live.Bus) (*walkers, error) {
	rows, err := db.Pool.Query(ctx, `SELECT p.technician_id, p.latitude, p.longitude, p.heading FROM technician_positions p
		JOIN technicians t ON t.id = p.technician_id WHERE t.number LIKE 'M%' ORDER BY t.number`)
	if err != nil {
		return nil, fmt.Errorf("loadtest: reading who moves: %w", err)
	}
	defer rows.Close()
	w := &walkers{bus: bus}
	for rows.Next() {
		var id uuid.UUID
		var latitude, longitude, heading float64
		if err := rows.Scan(&id, &latitude, &longitude, &heading); err != nil {
			return nil, fmt.Errorf("loadtest: reading who moves: %w", err)
		}
		speed := 15.0
		w.list = append(w.list, dispatch.Position{TechnicianID: id, Point: orb.Point{longitude, latitude}, Accuracy: 10, Heading: &heading, Speed: &speed})
	}
	return w, rows.Err()
}

// move signals the next n technicians' positions, as if each were reported now and kept. What is measured is what
// hears of them; keeping them is measured by itself.
func (w *walkers) move(n int, now time.Time) error {
	const metres = 75.0
	for range min(n, len(w.list)) {
		p := &w.list[w.next]
		w.next = (w.next + 1) % len(w.list)
		heading := *p.Heading
		if rand.IntN(10) == 0 {
			heading = math.Mod(heading+rand.Float64()*90+315, 360)
		}
		sin, cos := math.Sincos(heading * math.Pi / 180)
		p.Point = orb.Point{
			p.Point.Lon() + metres*sin/(111_320*math.Cos(p.Point.Lat()*math.Pi/180)),
			p.Point.Lat() + metres*cos/111_320,
		}
		p.Heading, p.RecordedAt = &heading, now
		sig, err := dispatch.PositionSignal(*p)
		if err != nil {
			return err
		}
		if err := w.bus.Publish(sig); err != nil {
			return err
		}
	}
	return nil
}
