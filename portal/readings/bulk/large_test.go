package bulk

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// manyRows is a file with a row for each of n devices.
func manyRows(n int) string {
	var file strings.Builder
	file.WriteString(header)
	for i := range n {
		fmt.Fprintf(&file, "DEMO-%d;2026-06-%02d;08:%02d;%d %03d;%d,0;;\n", i+1, i%14+1, i%60, i%900+1, i%1000, i)
	}
	return file.String()
}

// TestFiftyThousandRows: what the server's memory grows by while it takes a large file; how long it takes is told, and
// measured by BenchmarkFiftyThousandRows.
func TestFiftyThousandRows(t *testing.T) {
	n := 50_000
	if testing.Short() || underRace {
		n = 5_000
		t.Log("5,000 rows only, because of -short or -race")
	}
	f, file := newFleet(t, n), manyRows(n)
	var u Upload
	begin := time.Now()
	most := peak(t, func() {
		u = f.check(t, file)
		u = f.apply(t, u.ID, Confirmations{})
	})
	t.Logf("%d rows of %d kB: %v, %d MB more at most", n, len(file)>>10, time.Since(begin).Round(time.Millisecond), most>>20)
	if u.Summary.Kept != n || f.kept(t) != n {
		t.Errorf("%+v", u.Summary)
	}
	if most > 200<<20 {
		t.Errorf("it took %d MB", most>>20)
	}
}

// BenchmarkFiftyThousandRows takes a file of 50,000 rows from the first piece to the last reading; floor is writing as many
// rows into the same tables by themselves.
func BenchmarkFiftyThousandRows(b *testing.B) {
	const n = 50_000
	for b.Loop() {
		b.StopTimer()
		f, file := newFleet(b, n), manyRows(n)
		begin := time.Now()
		f.exec(b, `INSERT INTO meter_readings (id, device_id, taken_at, counters, source, entered_at)
			SELECT gen_random_uuid(), id, now(), '{"black": 1, "colour": 1}', 'import', now() FROM devices`)
		floor := time.Since(begin)
		f.exec(b, `TRUNCATE meter_readings`)
		b.StartTimer()
		begin = time.Now()
		u := f.check(b, file)
		checked := time.Since(begin)
		u = f.apply(b, u.ID, Confirmations{})
		whole := time.Since(begin)
		if u.Summary.Kept != n {
			b.Fatalf("%+v", u.Summary)
		}
		b.ReportMetric(checked.Seconds(), "s/check")
		b.ReportMetric((whole - checked).Seconds(), "s/apply")
		b.ReportMetric(whole.Seconds()/floor.Seconds(), "times-floor")
	}
}
