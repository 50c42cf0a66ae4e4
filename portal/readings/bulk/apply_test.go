package bulk

import (
	"context"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/postgres"
)

// waits applies a file while somebody else takes the devices of it in turn, as whoever hands in a reading does, and gives how
// long the whole took and the longest wait for a device.
func waits(t testing.TB, f *fleet, u Upload) (whole, longest time.Duration, tries int) {
	t.Helper()
	var serials []uuid.UUID
	if err := f.db.NewRaw(`SELECT id FROM devices ORDER BY random() LIMIT 1000`).Scan(t.Context(), &serials); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var other sync.WaitGroup
	other.Go(func() {
		for ctx.Err() == nil {
			begin := time.Now()
			err := postgres.InTx(t.Context(), f.db, func(ctx context.Context, tx postgres.Tx) error {
				_, err := tx.ExecContext(ctx, `SELECT FROM devices WHERE id = ? FOR NO KEY UPDATE`, serials[tries%len(serials)])
				return err
			})
			if err != nil {
				t.Error(err)
				return
			}
			longest = max(longest, time.Since(begin))
			tries++
		}
	})
	begin := time.Now()
	u = f.apply(t, u.ID, Confirmations{})
	whole = time.Since(begin)
	stop()
	other.Wait()
	if u.Summary.Kept != u.Summary.Rows {
		t.Errorf("%+v", u.Summary)
	}
	return whole, longest, tries
}

// TestOthersDoNotWaitForTheWholeFile: who has something to say of a device waits for a batch at the most.
func TestOthersDoNotWaitForTheWholeFile(t *testing.T) {
	t.Parallel()
	n := 6_000
	f := newFleet(t, n)
	u := f.check(t, manyRows(n))
	f.batch = 200
	whole, longest, tries := waits(t, f, u)
	t.Logf("%d rows in %v; of %d others the longest waited %v", n, whole, tries, longest)
	if longest > whole/3 {
		t.Errorf("somebody waited %v of %v", longest, whole)
	}
}

// BenchmarkOthersWait tells how long others wait for a device while 50,000 rows are applied: in batches, and in one as it would be.
func BenchmarkOthersWait(b *testing.B) {
	const n = 50_000
	for name, size := range map[string]int{"batches": batch, "one": math.MaxInt} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				f := newFleet(b, n)
				u := f.check(b, manyRows(n))
				f.batch = size
				b.StartTimer()
				whole, longest, _ := waits(b, f, u)
				b.ReportMetric(float64(longest.Milliseconds()), "ms/longest-wait")
				b.ReportMetric(whole.Seconds(), "s/apply")
			}
		})
	}
}

// TestCutOffInTheMiddle: an application that was cut off goes on with what is left when it is sent again, by whoever has it at once:
// nothing is booked twice, all of it counts as kept, and once it is done the answer stays the same.
func TestCutOffInTheMiddle(t *testing.T) {
	t.Parallel()
	const n = 2_000
	f := newFleet(t, n)
	f.batch = 100
	u := f.check(t, manyRows(n))
	op := uuid.New()
	for round := 1; round <= 2; round++ {
		ctx, kill := context.WithCancel(t.Context())
		var killer sync.WaitGroup
		killer.Go(func() {
			for f.kept(t) < round*n/4 {
				time.Sleep(time.Millisecond)
			}
			kill()
		})
		if done, err := f.Apply(ctx, f.anna, op, u.ID, Confirmations{}); err == nil {
			t.Fatalf("it was not cut off: %+v", done.Summary)
		}
		killer.Wait()
		if got := f.kept(t); got < round*n/4 || got == n {
			t.Fatalf("%d booked when it was cut off", got)
		}
	}
	if u, err := f.Get(t.Context(), f.anna, u.ID); err != nil || u.State != Checked {
		t.Errorf("cut off, it is %v, %v", u.State, err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			done, err := f.Apply(t.Context(), f.anna, op, u.ID, Confirmations{})
			if err != nil || done.State != Applied || done.Summary.Kept != n || done.Summary.Unchanged != 0 {
				t.Errorf("again: %+v, %v", done.Summary, err)
			}
		})
	}
	all.Wait()
	if got := f.kept(t); got != n {
		t.Errorf("%d booked", got)
	}
	var devices, lines int
	if err := f.db.NewRaw(`SELECT (SELECT count(DISTINCT device_id) FROM meter_readings), (SELECT count(*) FROM audit_trail WHERE action = 'reading.enter')`).
		Scan(t.Context(), &devices, &lines); err != nil || devices != n || lines != n {
		t.Errorf("%d devices, %d lines in the audit trail, %v", devices, lines, err)
	}
	// Another operation finds it all there.
	if again := f.apply(t, u.ID, Confirmations{}); again.Summary.Unchanged != n {
		t.Errorf("another time: %+v", again.Summary)
	}
}

// TestChangedWhileApplied: an upload that is changed while it is applied, twice at once, is gone through again.
func TestChangedWhileApplied(t *testing.T) {
	t.Parallel()
	const n = 600
	f := newFleet(t, n)
	f.batch = 20
	u := f.check(t, manyRows(n))
	var all sync.WaitGroup
	all.Go(func() { f.apply(t, u.ID, Confirmations{}) })
	all.Go(func() { f.apply(t, u.ID, Confirmations{}) })
	all.Go(func() {
		for f.kept(t) == 0 {
			time.Sleep(time.Millisecond)
		}
		f.exec(t, `UPDATE reading_uploads SET file_name = 'x'`)
	})
	all.Wait()
	if got := f.kept(t); got != n {
		t.Errorf("%d booked", got)
	}
	if u, err := f.Get(t.Context(), f.anna, u.ID); err != nil || u.State != Applied || u.Summary.Kept+u.Summary.Unchanged != n {
		t.Errorf("%+v %v", u.Summary, err)
	}
}
