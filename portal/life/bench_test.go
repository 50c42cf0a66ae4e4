package life_test

import (
	"context"
	"strings"
	"testing"
	"time"

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
	w.exec(t, `ANALYZE`)
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
		query, args := life.ThreadQueryForTest(w.device.ID, w.Site, w.Account, w.Customer.PersonID, customer)
		var plan []string
		rows, err := w.DB.Pool.Query(t.Context(), "EXPLAIN "+query, args...)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, text)
		}
		rows.Close()
		for _, table := range []string{"meter_readings", "supply_orders", "service_requests", "visits", "registrations", "address_changes", "audit_trail"} {
			for _, text := range plan {
				// Tables that are empty in this test are read as a whole whatever indexes they have.
				if strings.Contains(text, "Seq Scan on "+table) && table != "visits" && table != "address_changes" && table != "registrations" && table != "audit_trail" {
					t.Errorf("customer %v: %s is read through:\n%s", customer, table, strings.Join(plan, "\n"))
				}
			}
		}
	}
}

// BenchmarkThread reads the first page and one in the middle of a device's twenty years. The floor is one page of its readings
// alone, by their index, on the same pool.
func BenchmarkThread(b *testing.B) {
	w := newWorld(b)
	old(b, w)
	w.register(b, w.Customer)
	ctx := b.Context()
	const floors = 200
	begin := time.Now()
	for range floors {
		var rows []struct {
			ID, TakenAt, Counters string
		}
		if err := w.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			return tx.NewRaw(`SELECT id::text, taken_at::text, counters::text FROM meter_readings WHERE device_id = ? ORDER BY taken_at DESC, id DESC LIMIT 21`, w.device.ID).Scan(ctx, &rows)
		}); err != nil || len(rows) != 21 {
			b.Fatal(len(rows), err)
		}
	}
	floor := time.Since(begin) / floors
	first, err := w.lives.List(ctx, w.Customer, life.Query{Device: w.device.ID}, life.Page{Size: 100})
	if err != nil {
		b.Fatal(err)
	}
	for name, q := range map[string]struct {
		topics []life.Topic
		token  string
	}{
		"first": {}, "further": {token: first.Next}, "without-toner": {topics: []life.Topic{life.Readings, life.Orders, life.Requests, life.Visits, life.Registrations, life.Addresses}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := w.lives.List(ctx, w.Customer, life.Query{Device: w.device.ID, Topics: q.topics}, life.Page{Size: 20, Token: q.token}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(floor), "x-readings")
		})
	}
}
