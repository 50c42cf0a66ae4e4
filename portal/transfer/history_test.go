package transfer_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"utsendt/internal/checkdigit"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/portal/transfer"
)

// TestHistoryIsNotRewritten: a file may repeat what was, and may not change it.
func TestHistoryIsNotRewritten(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importSmall(t, db)
	_, rows := importText(t, db, transfer.Readings, "serial_number,taken_at,black,scan,colour,source,entered_by\n"+
		"DEMO-1,2026-01-31T13:30:00+01:00,999999999999,7,0,customer,kunde01\nDEMO-2,2026-01-31T12:30:00Z,5,,,,\nDEMO-2,2026-03-31T12:30:00Z,5,,,,\n"+
		"DEMO-2,2026-04-30T12:30:00Z,,,,,\nDEMO-2,1999-04-30T12:30:00Z,1,,,,\nDEMO-9,2026-03-31T12:30:00Z,5,,,,\nDEMO-2,2026-05-31T12:30:00Z,-1,,,,\n")
	want := []string{
		"2 DEMO-1 / 2026-01-31T12:30:00Z unchanged", "3 DEMO-2 / 2026-01-31T12:30:00Z refused row_fixed()", "4 DEMO-2 / 2026-03-31T12:30:00Z created",
		"5 DEMO-2 / 2026-04-30T12:30:00Z refused reading_empty(black)", "6 DEMO-2 / 1999-04-30T12:30:00Z refused reading_too_old(taken_at)",
		"7 DEMO-9 / 2026-03-31T12:30:00Z refused device_unknown(serial_number)", "8 DEMO-2 / 2026-05-31T12:30:00Z refused out_of_range(black)",
	}
	if fmt.Sprint(rows) != fmt.Sprint(want) {
		t.Errorf("readings:\n%q\nwant\n%q", rows, want)
	}
	orders := exportText(t, db, transfer.SupplyOrders)
	if sum, rows := importText(t, db, transfer.SupplyOrders, strings.Replace(orders, "SO-1000033,K-1,DEMO-1,Polar C300", "SO-1000033,K-1,DEMO-1,Polar X", 1)); sum.Refused != 1 || sum.Unchanged != 2 {
		t.Errorf("orders: %q", rows)
	}
	_, rows = importText(t, db, transfer.CorrectedReadings,
		"serial_number,taken_at,black,entered_at,replaced_by_taken_at,replaced_by_entered_at\nDEMO-1,2026-01-29T12:30:00Z,1,2026-01-29T13:00:00Z,2026-01-29T12:30:00Z,2026-01-29T14:00:00Z\n")
	if len(rows) != 1 || !strings.HasSuffix(rows[0], "refused reading_unknown(replaced_by_taken_at)") {
		t.Errorf("corrected: %q", rows)
	}
}

// TestCorrectionsKeepTheirChain: what replaced what is the same in the database, not only in the file, also where a chain
// goes over the end of a chunk.
func TestCorrectionsKeepTheirChain(t *testing.T) {
	t.Parallel()
	first, second := pgtest.New(t), pgtest.New(t)
	importSmall(t, first)
	if _, err := first.Pool.Exec(t.Context(), `WITH v AS (INSERT INTO meter_readings (id, device_id, taken_at, counters, source, entered_at)
			SELECT gen_random_uuid(), id, '2026-01-01', '{"black": 1}', 'staff', now() FROM devices WHERE serial_number = 'DEMO-3' RETURNING id, device_id),
		ids AS (SELECT n, gen_random_uuid() AS id FROM generate_series(1, 1200) n)
		INSERT INTO meter_readings (id, device_id, taken_at, counters, source, entered_at, superseded_by)
		SELECT i.id, v.device_id, '2026-01-01', jsonb_build_object('black', i.n), 'staff', now() - i.n * interval '1 second',
			coalesce((SELECT id FROM ids j WHERE j.n = i.n - 1), v.id) FROM ids i, v`); err != nil {
		t.Fatal(err)
	}
	all := exportAll(t, first)
	for _, kind := range transfer.Kinds() {
		if sum, rows := importText(t, second, kind, all[kind]); sum.Refused > 0 {
			t.Fatalf("%s: %q", kind, rows)
		}
	}
	const chain = `SELECT string_agg(concat(d.serial_number, t.taken_at, t.entered_at, '>', s.taken_at, s.entered_at), ',' ORDER BY t.entered_at, t.taken_at)
		FROM meter_readings t JOIN devices d ON d.id = t.device_id JOIN meter_readings s ON s.id = t.superseded_by`
	if a, b := one(t, first, chain), one(t, second, chain); a != b || strings.Count(a, ">") != 1202 {
		t.Errorf("%d links, then %d", strings.Count(a, ">"), strings.Count(b, ">"))
	}
}

// TestNewNumbersPassTheFile: an order that is placed after an import never gets a number of the file; a dry run moves no
// number.
func TestNewNumbersPassTheFile(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importSmall(t, db)
	next := func() string { return one(t, db, `SELECT nextval('supply_order_number')::text`) }
	if got := next(); got != "100004" { // SO-1000033 is the highest of small
		t.Errorf("the next number is %s", got)
	}
	row := strings.Replace(small[transfer.SupplyOrders], "SO-1000033", checkdigit.Number("SO-", 500_000), 1)
	if sum, _ := importText(t, db, transfer.SupplyOrders, row, true); sum.Created != 1 {
		t.Errorf("dry run: %+v", sum)
	}
	if got := next(); got != "100005" {
		t.Errorf("after a dry run the next number is %s", got)
	}
	importText(t, db, transfer.SupplyOrders, row)
	if got := next(); got != "500001" {
		t.Errorf("after the import the next number is %s", got)
	}
}

// TestFiftyThousandReadings takes a large file, and the same again; how long it took is told.
func TestFiftyThousandReadings(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importSmall(t, db)
	importText(t, db, transfer.Devices, manyDevices(500))
	each := 100
	if underRace {
		each = 10
	}
	rows := 500 * each
	text := manyReadings(500, each)
	for round, created := range []int{rows, 0} {
		start := time.Now()
		sum, err := transfer.Import(t.Context(), db, transfer.Readings, strings.NewReader(text), transfer.Options{})
		if err != nil || sum.Created != created || sum.Created+sum.Unchanged != rows {
			t.Fatalf("round %d: %+v, %v", round, sum, err)
		}
		t.Logf("round %d: %d readings in %s", round, rows, time.Since(start).Round(time.Millisecond))
	}
}

func manyReadings(devices, each int) string {
	var b strings.Builder
	b.WriteString("serial_number,taken_at,black,scan,entered_at\n")
	for n := range each {
		for d := range devices {
			at := time.Date(2018, time.Month(1+n), 28, 10, d%60, 0, 0, time.UTC).Format(time.RFC3339)
			fmt.Fprintf(&b, "MANY-%06d,%s,%d,%d,%s\n", d, at, 1000*n+d, n, at)
		}
	}
	return b.String()
}

// BenchmarkImportReadings measures beside a bare COPY of as many rows into the same table; "x-copy" is how many times
// longer the import takes.
func BenchmarkImportReadings(b *testing.B) {
	db := pgtest.New(b)
	importSmall(b, db)
	importText(b, db, transfer.Devices, manyDevices(500))
	text := manyReadings(500, 20)
	rows := copiedReadings(b, db, 500, 20)
	var imported, bare time.Duration
	for b.Loop() {
		clearReadings(b, db)
		start := time.Now()
		if sum, err := transfer.Import(b.Context(), db, transfer.Readings, strings.NewReader(text), transfer.Options{}); err != nil || sum.Created != 10_000 {
			b.Fatal(sum, err)
		}
		imported += time.Since(start)
		clearReadings(b, db)
		start = time.Now()
		if _, err := db.Pool.CopyFrom(b.Context(), pgx.Identifier{"meter_readings"}, []string{"id", "device_id", "taken_at", "counters", "source", "entered_at"},
			pgx.CopyFromRows(rows)); err != nil {
			b.Fatal(err)
		}
		bare += time.Since(start)
	}
	b.ReportMetric(10_000*float64(b.N)/imported.Seconds(), "rows/s")
	b.ReportMetric(imported.Seconds()/bare.Seconds(), "x-copy")
}

func clearReadings(b *testing.B, db *postgres.DB) {
	b.Helper()
	if _, err := db.Pool.Exec(b.Context(), `DELETE FROM meter_readings WHERE device_id IN (SELECT id FROM devices WHERE serial_number LIKE 'MANY-%')`); err != nil {
		b.Fatal(err)
	}
}

func copiedReadings(b *testing.B, db *postgres.DB, devices, each int) [][]any {
	b.Helper()
	found, err := db.Pool.Query(b.Context(), `SELECT gen_random_uuid(), d.id, timestamptz '2018-01-28' + n * interval '30 days', '{"black": 1}'::jsonb, 'import', now()
		FROM generate_series(1, $1) n, devices d WHERE serial_number LIKE 'MANY-%'`, each)
	if err != nil {
		b.Fatal(err)
	}
	rows, err := pgx.CollectRows(found, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
	if err != nil || len(rows) != devices*each {
		b.Fatal(len(rows), err)
	}
	return rows
}
