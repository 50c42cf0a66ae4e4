package transfer_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/portal/transfer"
)

// manyDevices is a file of devices at the sites of small.
func manyDevices(n int) string {
	var b strings.Builder
	b.WriteString("serial_number,model,account,site,contract,friendly_name\n")
	for i := range n {
		fmt.Fprintf(&b, "MANY-%06d,Polar C300,K-1,0%d,AV-1,Skriver %d\n", i, i%2+1, i)
	}
	return b.String()
}

// TestTenThousandDevices is generous with time: it fails when importing becomes row by row, not when the
// machine is busy.
func TestTenThousandDevices(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importSmall(t, db)
	text := manyDevices(10_000)
	for round, want := range []int{0, 10_000} {
		start := time.Now()
		sum, err := transfer.Import(t.Context(), db, transfer.Devices, strings.NewReader(text), transfer.Options{})
		if err != nil || sum.Rows != 10_000 || sum.Unchanged != want || sum.Created != 10_000-want {
			t.Fatalf("round %d: %+v, %v", round, sum, err)
		}
		took := time.Since(start)
		t.Logf("round %d: 10,000 devices in %s", round, took.Round(time.Millisecond))
		if took > time.Minute {
			t.Errorf("round %d took %s", round, took)
		}
	}
}

// BenchmarkImport measures importing 10,000 devices beside a bare COPY of the same rows into the same
// table, which checks nothing but the constraints. "x-copy" is how many times longer the import takes.
func BenchmarkImport(b *testing.B) {
	const n = 10_000
	db := pgtest.New(b)
	importSmall(b, db)
	text := manyDevices(n)
	source := copyRows(b, db, n)
	clear := func() {
		if _, err := db.Pool.Exec(b.Context(), `DELETE FROM devices WHERE serial_number LIKE 'MANY-%'`); err != nil {
			b.Fatal(err)
		}
	}
	var created, again, bare time.Duration
	for b.Loop() {
		clear()
		start := time.Now()
		for _, into := range []*time.Duration{&created, &again} {
			if sum, err := transfer.Import(b.Context(), db, transfer.Devices, strings.NewReader(text), transfer.Options{}); err != nil || sum.Refused > 0 {
				b.Fatal(sum, err)
			}
			*into += time.Since(start)
			start = time.Now()
		}
		clear()
		start = time.Now()
		columns := []string{"id", "serial_number", "model_id", "account_id", "site_id", "contract_id", "friendly_name", "created_at", "updated_at"}
		if _, err := db.Pool.CopyFrom(b.Context(), pgx.Identifier{"devices"}, columns, pgx.CopyFromRows(source)); err != nil {
			b.Fatal(err)
		}
		bare += time.Since(start)
	}
	rows := float64(n) * float64(b.N)
	b.ReportMetric(rows/created.Seconds(), "rows/s")
	b.ReportMetric(rows/again.Seconds(), "unchanged-rows/s")
	b.ReportMetric(rows/bare.Seconds(), "copy-rows/s")
	b.ReportMetric(created.Seconds()/bare.Seconds(), "x-copy")
}

func copyRows(b *testing.B, db *postgres.DB, n int) [][]any {
	b.Helper()
	id := func(query string) uuid.UUID { return uuid.MustParse(one(b, db, query)) }
	model, account := id(`SELECT id::text FROM models WHERE name = 'Polar C300'`), id(`SELECT id::text FROM accounts WHERE number = 'K-1'`)
	contract := id(`SELECT id::text FROM contracts WHERE number = 'AV-1'`)
	sites := []uuid.UUID{
		id(`SELECT s.id::text FROM sites s JOIN accounts a ON a.id = s.account_id WHERE a.number = 'K-1' AND s.number = '01'`),
		id(`SELECT s.id::text FROM sites s JOIN accounts a ON a.id = s.account_id WHERE a.number = 'K-1' AND s.number = '02'`),
	}
	rows := make([][]any, n)
	now := time.Now()
	for i := range rows {
		rows[i] = []any{uuid.Must(uuid.NewV7()), fmt.Sprintf("MANY-%06d", i), model, account, sites[i%2], contract, fmt.Sprint("Skriver ", i), now, now}
	}
	return rows
}
