package supplies_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/portal/supplies"
)

// BenchmarkPlaceOrder places an order with everything that it writes: operation, order, line, audit trail, and what it
// reads before. The floor is a bare INSERT of such an order and its line in one transaction, on the same pool.
func BenchmarkPlaceOrder(b *testing.B) {
	ctx := context.Background()
	w := newWorld(b)
	const floors = 300
	begin := time.Now()
	for i := range floors {
		tx, err := w.DB.Pool.Begin(ctx)
		if err != nil {
			b.Fatal(err)
		}
		id := uuid.New()
		if _, err := tx.Exec(ctx, `INSERT INTO supply_orders (id, number, state, version, account_id, device_id, serial_number, model, contract_number,
			ordered_by, line1, postal_code, city, country, placed_at, updated_at)
			VALUES ($1, $2, 'placed', 1, $3, $4, 'x', 'x', 'x', $5, 'x', 'x', 'x', 'NO', now(), now())`,
			id, fmt.Sprintf("FLOOR-%d", i), w.Account, w.device.ID, w.Customer.PersonID); err != nil {
			b.Fatal(err)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO supply_order_lines VALUES ($1, 1, $2, 'x', 'x', 'x', 1)`, id, w.black); err != nil {
			b.Fatal(err)
		}
		if err := tx.Commit(ctx); err != nil {
			b.Fatal(err)
		}
	}
	floor := time.Since(begin) / floors
	w.exec(b, `DELETE FROM supply_orders WHERE number LIKE 'FLOOR-%'`)
	n := 0
	for b.Loop() {
		// Each device has a few open orders, as in life, not ten thousand.
		if n++; n%20 == 0 {
			b.StopTimer()
			w.device = w.Device(b)
			w.exec(b, `UPDATE devices SET contract_id = ? WHERE id = ?`, w.contract, w.device.ID)
			w.follow(b, w.Customer, w.device.ID)
			b.StartTimer()
		}
		if _, err := w.s.Place(ctx, w.Customer, uuid.New(), w.wish()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(floor), "x-insert")
}

// BenchmarkForecastFleet forecasts the toners of two hundred devices with three years of monthly readings each. The floor
// reads these readings in one statement.
func BenchmarkForecastFleet(b *testing.B) {
	ctx := context.Background()
	w := newWorld(b)
	const devices = 200
	w.exec(b, `INSERT INTO devices (id, serial_number, model_id, account_id, site_id, contract_id, created_at, updated_at)
		SELECT gen_random_uuid(), 'BENCH' || i, ?, ?, ?, ?, now(), now() FROM generate_series(2, ?) AS i`, w.Model, w.Account, w.Site, w.contract, devices)
	w.exec(b, `INSERT INTO registrations (id, person_id, device_id, state, requested_at, updated_at)
		SELECT gen_random_uuid(), ?, id, 'active', now(), now() FROM devices ON CONFLICT DO NOTHING`, w.Customer.PersonID)
	w.exec(b, `INSERT INTO meter_readings (id, device_id, taken_at, counters, source, entered_at)
		SELECT gen_random_uuid(), d.id, ?::timestamptz - i * interval '30 days', jsonb_build_object('black', 200000 - 3000 * i, 'colour', 90000 - 2000 * i), 'import', now()
		FROM devices AS d, generate_series(0, 35) AS i`, w.Clock.Now())
	w.exec(b, `INSERT INTO supply_orders (id, number, state, version, account_id, device_id, serial_number, model, contract_number,
			ordered_by, line1, postal_code, city, country, placed_at, updated_at)
		SELECT id, 'BENCH' || id, 'placed', 1, account_id, id, '', '', '', ?, '', '', '', '', now(), now() FROM devices`, w.Customer.PersonID)
	w.exec(b, `INSERT INTO supply_order_lines SELECT id, 1, ?, '', '', '', 2 FROM supply_orders`, w.black)
	for _, to := range []string{
		"state = 'picked', picked_at = now()", "state = 'shipped', shipped_at = now(), carrier = 'x'",
		"state = 'delivered', delivered_at = '" + w.Clock.Now().AddDate(0, 0, -60).Format(time.RFC3339) + "'",
	} {
		w.exec(b, `UPDATE supply_orders SET version = version + 1, `+to)
	}
	w.exec(b, `ANALYZE`)
	const floors = 30
	begin := time.Now()
	for range floors {
		var rows []struct{ DeviceID, TakenAt, Counters string }
		if err := w.DB.NewRaw(`SELECT device_id::text, taken_at::text, counters::text FROM meter_readings ORDER BY device_id, taken_at`).Scan(ctx, &rows); err != nil || len(rows) != devices*36 {
			b.Fatal(len(rows), err)
		}
	}
	floor := time.Since(begin) / floors
	for b.Loop() {
		page, err := w.s.ForecastFleet(ctx, w.Customer, supplies.Page{})
		if err != nil || page.Next == "" {
			b.Fatal(page, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/devices, "µs/device")
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(floor), "x-read")
}
