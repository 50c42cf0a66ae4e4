package life_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"utsendt/portal/life"
)

// old gives the device twenty years of life, with two thousand other devices around it: a reading a day in the last three
// years and a month before, six orders and two requests a year.
func old(t testing.TB, w *world) {
	t.Helper()
	now := w.Clock.Now()
	w.exec(t, `INSERT INTO devices (id, serial_number, model_id, account_id, site_id, created_at, updated_at)
		SELECT gen_random_uuid(), 'OLD' || i, ?, ?, ?, now(), now() FROM generate_series(1, 2000) i`, w.Model, w.Account, w.Site)
	w.exec(t, `INSERT INTO meter_readings (id, device_id, taken_at, counters, source, entered_at)
		SELECT gen_random_uuid(), id, ?::timestamptz - i * interval '30 days', jsonb_build_object('black', 200000 - 900 * i), 'import', now()
		FROM devices, generate_series(1, 12) i`, now)
	w.exec(t, `INSERT INTO meter_readings (id, device_id, taken_at, counters, source, entered_at)
		SELECT gen_random_uuid(), ?, ?::timestamptz - i * interval '1 day' - interval '1 hour', jsonb_build_object('black', 500000 - 60 * i), 'import', now()
		FROM generate_series(1, 7300) i WHERE i < 1095 OR i % 30 = 0`, w.device.ID, now)
	w.exec(t, `INSERT INTO supply_orders (id, number, state, version, account_id, device_id, serial_number, model, contract_number, ordered_by,
			line1, postal_code, city, country, placed_at, updated_at)
		SELECT gen_random_uuid(), d.serial_number || '-' || i, 'placed', 1, ?, d.id, '', '', '', ?, '', '', '', '', ?::timestamptz - i * interval '60 days', now()
		FROM devices d, generate_series(1, 120) i WHERE d.id = ? OR i < 5`, w.Account, w.Customer.PersonID, now, w.device.ID)
	w.exec(t, `INSERT INTO supply_order_lines SELECT id, 1, ?, 'x', 'x', 'x', 1 FROM supply_orders`, w.black)
	for _, to := range []string{
		"state = 'picked', picked_at = placed_at", "state = 'shipped', shipped_at = placed_at + interval '1 day', carrier = 'x'",
		"state = 'delivered', delivered_at = placed_at + interval '3 days'",
	} {
		w.exec(t, `UPDATE supply_orders SET version = version + 1, `+to)
	}
	for i := range 40 { // one is open at a time
		w.exec(t, `INSERT INTO service_requests (id, number, state, version, account_id, account_name, device_id, serial_number, model, line1, postal_code, city, country,
			quality, time_zone, category, description, priority, opened_at, updated_at)
		SELECT gen_random_uuid(), d.serial_number || '-' || i, 'to_be_scheduled', 1, ?, '', d.id, '', '', '', '', '', '', 'none', 'Europe/Oslo', 'other', 'x', 'normal',
			?::timestamptz - ? * interval '180 days', now()
		FROM devices d, (VALUES (?)) AS n (i) WHERE d.id = ? OR i < 3`, w.Account, now, i, i, w.device.ID)
		w.exec(t, `UPDATE service_requests SET state = 'cancelled', version = 2, outcome = 'x', ended_at = opened_at + interval '1 day' WHERE state <> 'cancelled'`)
	}
	// Everybody's visits, followers, changes of address and moves, a line in the audit trail for each.
	w.exec(t, `INSERT INTO visits (id, request_id, technician_id, state, during, planned_arrival, travel_seconds, work_seconds, travel_source, assigned_at, on_site_at, ended_at)
		SELECT gen_random_uuid(), id, ?, 'unsolved', tstzrange(opened_at, opened_at + interval '1 hour'), opened_at, 60, 60, 'straight_line', opened_at, opened_at, opened_at + interval '1 hour'
		FROM service_requests`, w.technician.ID)
	w.exec(t, `INSERT INTO registrations (id, person_id, device_id, state, requested_at, decided_at, updated_at)
		SELECT gen_random_uuid(), ?, id, 'active', ?, ?, now() FROM devices`, w.colleague.PersonID, now, now)
	elsewhere := uuid.New()
	w.exec(t, `INSERT INTO sites SELECT (jsonb_populate_record(s, jsonb_build_object('id', ?::uuid, 'number', 'ELSEWHERE'))).* FROM sites s WHERE id = ?`, elsewhere, w.Site)
	w.exec(t, `INSERT INTO address_changes (id, account_id, site_id, device_id, requested_by, reason, was_line1, was_line2, was_line3, was_postal_code, was_city, was_country,
			line1, postal_code, city, country, state, requested_at, answer_by, decided_at, decision_reason, updated_at)
		SELECT gen_random_uuid(), ?, CASE WHEN id = ? THEN ?::uuid ELSE ?::uuid END, id, ?, 'x', 'x', '', '', '', '', '', 'y', '0155', 'Oslo', 'NO', 'refused', created_at, created_at, created_at, 'x', now()
		FROM devices, generate_series(1, 3)`, w.Account, w.device.ID, w.Site, elsewhere, w.Customer.PersonID)
	w.exec(t, `INSERT INTO device_events (device_id, account_id, former_account, at, kind) SELECT id, account_id, account_id, created_at, 'moved' FROM devices, generate_series(1, 5)`)
	w.exec(t, `INSERT INTO audit_trail (id, at, actor_role, action, object_kind, object_id, after)
		SELECT gen_random_uuid(), now(), 'system', 'x', 'registration', id, '{"state": "active"}'::jsonb FROM registrations UNION ALL
		SELECT gen_random_uuid(), now(), 'system', 'x', 'device', id, '{}'::jsonb FROM devices, generate_series(1, 10)`)
	w.exec(t, `ANALYZE`)
}

// threadTables are all that a thread is made of, with the indexes by which a device's lines are found: without them, the table
// would be read through.
var threadTables = map[string][]string{
	"meter_readings": {"meter_readings_device", "meter_readings_valid"}, "supply_orders": {"supply_orders_device"},
	"service_requests": {"service_requests_device"}, "visits": {"visits_request", "visits_one_live"},
	"registrations":   {"registrations_of_device", "registrations_device"},
	"address_changes": {"address_changes_device"},
	"audit_trail":     {"audit_trail_object"}, "device_events": {"device_events_device"}, "supply_order_lines": nil, "devices": nil,
}

// readThrough gives the tables that a plan reads as a whole. That of technicians has one row here, and no device.
func readThrough(plan []string) (tables []string) {
	for _, text := range plan {
		if _, rest, found := strings.Cut(text, "Seq Scan on "); found && !strings.HasPrefix(rest, "technicians ") {
			table, _, _ := strings.Cut(rest, " ")
			tables = append(tables, table)
		}
	}
	return tables
}

// Every leg finds its lines by the device: no table is read through, however many other devices there are.
func TestThreadReadsByIndexes(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("2,000 devices take a while; run without -short")
	}
	w := newWorld(t)
	old(t, w)
	w.register(t, w.Customer)
	for _, customer := range []bool{true, false} {
		plan := w.plan(t, customer)
		if tables := readThrough(plan); len(tables) > 0 {
			t.Errorf("customer %v: %v are read through:\n%s", customer, tables, strings.Join(plan, "\n"))
		}
		for table := range threadTables {
			if !strings.Contains(strings.Join(plan, "\n"), " on "+table+" ") {
				t.Errorf("customer %v: %s is not in the plan:\n%s", customer, table, strings.Join(plan, "\n"))
			}
		}
	}
	// A lost index is noticed, of each of the tables.
	for table, indexes := range threadTables {
		if indexes == nil {
			continue // found by its key
		}
		if plan := w.plan(t, false, indexes...); !slices.Contains(readThrough(plan), table) {
			t.Errorf("without %v, %s is not read through:\n%s", indexes, table, strings.Join(plan, "\n"))
		}
	}
}

// plan gives the plan of a whole thread, without some indexes.
func (w *world) plan(t *testing.T, customer bool, without ...string) (plan []string) {
	t.Helper()
	ctx := t.Context()
	tx, err := w.DB.Pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(ctx) }()
	for _, index := range without {
		if _, err := tx.Exec(ctx, "DROP INDEX "+index); err != nil {
			t.Fatal(err)
		}
	}
	query, args := life.ThreadQueryForTest(w.device.ID, w.Account, w.Customer.PersonID, customer)
	rows, err := tx.Query(ctx, "EXPLAIN "+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	if plan, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		t.Fatal(err)
	}
	return plan
}

// BenchmarkThread reads the first page and one in the middle of a device's twenty years. The floor is one page of its readings
// alone, by their index, on the same pool, read in turn with the thread: whatever else the machine does weighs on both.
func BenchmarkThread(b *testing.B) {
	w := newWorld(b)
	old(b, w)
	w.register(b, w.Customer)
	ctx := b.Context()
	floor := func() {
		var rows []struct {
			ID, TakenAt, Counters string
		}
		if err := w.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			return tx.NewRaw(`SELECT id::text, taken_at::text, counters::text FROM meter_readings WHERE device_id = ? ORDER BY taken_at DESC, id DESC LIMIT 21`, w.device.ID).Scan(ctx, &rows)
		}); err != nil || len(rows) != 21 {
			b.Fatal(len(rows), err)
		}
	}
	first, err := w.lives.List(ctx, w.Customer, life.Query{Device: w.device.ID}, life.Page{Size: 100})
	if err != nil {
		b.Fatal(err)
	}
	for name, q := range map[string]struct {
		topics []life.Topic
		token  string
	}{
		"first": {}, "further": {token: first.Next},
		"without-toner": {topics: []life.Topic{life.Readings, life.Orders, life.Requests, life.Visits, life.Registrations, life.Addresses, life.Device}},
	} {
		b.Run(name, func(b *testing.B) {
			// The median of many pairs: one that was held up tells nothing.
			var ratios []float64
			for b.Loop() {
				begin := time.Now()
				if _, err := w.lives.List(ctx, w.Customer, life.Query{Device: w.device.ID, Topics: q.topics}, life.Page{Size: 20, Token: q.token}); err != nil {
					b.Fatal(err)
				}
				thread := time.Since(begin)
				b.StopTimer()
				begin = time.Now()
				floor()
				ratios = append(ratios, float64(thread)/float64(time.Since(begin)))
				b.StartTimer()
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "x-readings")
		})
	}
}
