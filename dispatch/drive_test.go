package dispatch_test

import (
	"context"
	"encoding/csv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/geo"
)

// drives are the days of real buses, each moved to begin at the World's start; skipped where the public data is absent.
func drives(t *testing.T) map[string][]geo.Fix {
	t.Helper()
	folder := os.Getenv("UTSENDT_TESTDATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "shared", "data")
	}
	path := filepath.Join(folder, "gps", "route14_outbound.csv")
	file, err := os.Open(path)
	if os.IsNotExist(err) {
		t.Skipf("public test data is not here: %s (set UTSENDT_TESTDATA)", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	cell := func(row []string, name string) string { return row[slices.Index(rows[0], name)] }
	byBus := map[string][]geo.Fix{}
	for _, row := range rows[1:] {
		lat, err1 := strconv.ParseFloat(cell(row, "latitude"), 64)
		lon, err2 := strconv.ParseFloat(cell(row, "longitude"), 64)
		at, err3 := time.Parse(time.DateTime, cell(row, "timestamp"))
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatalf("%v", row)
		}
		bus := cell(row, "vehicle_id")
		byBus[bus] = append(byBus[bus], geo.Fix{Point: orb.Point{lon, lat}, Accuracy: 10, At: at})
	}
	for bus, fixes := range byBus {
		slices.SortStableFunc(fixes, func(a, b geo.Fix) int { return a.At.Compare(b.At) })
		fixes = slices.CompactFunc(fixes, func(a, b geo.Fix) bool { return a.At.Equal(b.At) })
		begin := fixes[0].At
		for i := range fixes {
			fixes[i].At = dispatchtest.Start.Add(fixes[i].At.Sub(begin))
		}
		byBus[bus] = fixes
	}
	return byBus
}

// Real days of buses, sent in batches that are shuffled, partly late and partly sent twice, end with every position in
// the history once and the last one live.
func TestDaysOfPositions(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t)
	random := rand.New(rand.NewPCG(6, 6))
	verdicts, all := map[dispatch.Verdict]int{}, 0
	for bus, fixes := range drives(t) {
		w.Clock.Set(dispatchtest.Start)
		tech := w.Technician(t)
		var again []geo.Fix
		for batch := range slices.Chunk(fixes, 30) {
			w.Clock.Set(batch[len(batch)-1].At.Add(3 * time.Second))
			late := random.IntN(len(batch)) // is sent with the next batch, when it must not be the last
			if batch[len(batch)-1].At.Equal(fixes[len(fixes)-1].At) {
				late = 0
			}
			sent := append(slices.Clone(batch[late:]), again...)
			random.Shuffle(len(sent), func(i, j int) { sent[i], sent[j] = sent[j], sent[i] })
			for _, v := range report(t, w, tech, 4*time.Minute, sent...).Verdicts {
				verdicts[v]++
			}
			again = append(slices.Clone(batch[:late]), batch[random.IntN(len(batch)):]...)
		}
		history, live := kept(t, w, tech)
		if len(history) != len(fixes) || !live.Equal(fixes[len(fixes)-1].At) {
			t.Errorf("bus %s: %d of %d in the history, live of %v, the last is of %v", bus, len(history), len(fixes), live, fixes[len(fixes)-1].At)
		}
		all += len(fixes)
	}
	if verdicts[dispatch.FixLive]+verdicts[dispatch.FixHistory] != all || verdicts[dispatch.FixHistory] == 0 || verdicts[dispatch.FixImplausible] != 0 {
		t.Errorf("%d positions: %v", all, verdicts)
	}
	t.Logf("%d positions: %v", all, verdicts)
}

// However a drive arrives, in any order, in batches of any size, with repetitions, from a phone whose clock is wrong: the
// live position and the history are the same.
func TestPositionsInAnyOrder(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t)
	dispatched := w.Clock.Forward(0)
	w.Clock.Set(dispatched.Add(4 * time.Hour))
	rapid.Check(t, func(rt *rapid.T) {
		w.Clock.Set(dispatched)
		tech := w.Technician(t)
		w.Clock.Set(dispatched.Add(4 * time.Hour))
		var fixes []geo.Fix
		seconds, metres := 0.0, 0.0
		for range rapid.IntRange(1, 25).Draw(rt, "fixes") {
			step := rapid.Float64Range(1, 120).Draw(rt, "seconds")
			seconds, metres = seconds+step, metres+step*rapid.Float64Range(0, 33).Draw(rt, "speed")
			fixes = append(fixes, fix(seconds, metres))
		}
		for i := range fixes {
			fixes[i].At = fixes[i].At.Truncate(time.Microsecond)
		}
		ahead := time.Duration(rapid.IntRange(-600, 600).Draw(rt, "ahead")) * time.Second
		if ahead.Abs() <= 30*time.Second {
			ahead = 0 // not corrected
		}
		sent := append(slices.Clone(fixes), fixes[:rapid.IntRange(0, len(fixes)).Draw(rt, "again")]...)
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		random.Shuffle(len(sent), func(i, j int) { sent[i], sent[j] = sent[j], sent[i] })
		for len(sent) > 0 {
			n := rapid.IntRange(1, len(sent)).Draw(rt, "batch")
			report(t, w, tech, ahead, sent[:n]...)
			sent = sent[n:]
		}
		history, live := kept(t, w, tech)
		same := func(at time.Time, f geo.Fix) bool { return at.Equal(f.At) }
		if !slices.EqualFunc(history, fixes, same) || !live.Equal(fixes[len(fixes)-1].At) {
			rt.Fatalf("history %v, live %v\nsent %v", history, live, fixes)
		}
	})
}

// Batches that come in at once are judged one after the other: the newest wins, whoever comes last.
func TestBatchesAtOnce(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t)
	second, _ := w.Server(t)
	for round := range 15 {
		tech := w.Technician(t)
		start := w.Clock.Now()
		w.Clock.Forward(time.Minute)
		const batches, each = 8, 5
		var wg sync.WaitGroup
		errs := make(chan error, batches)
		for b := range batches {
			s := w.Service
			if b%2 == 1 {
				s = second
			}
			wg.Go(func() {
				batch := dispatch.Batch{SentAt: w.Clock.Now()}
				for i := range each {
					n := i*batches + b
					batch.Fixes = append(batch.Fixes, geo.Fix{Point: north(float64(n)), Accuracy: 10, At: start.Add(time.Duration(n) * time.Second)})
				}
				_, err := s.ReportPositions(context.Background(), tech.Actor, batch)
				errs <- err
			})
		}
		wg.Wait()
		for range batches {
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
		history, live := kept(t, w, tech)
		if newest := start.Add((batches*each - 1) * time.Second); len(history) != batches*each || !live.Equal(newest) {
			t.Fatalf("round %d: %d in the history, live of %v, the newest is of %v", round, len(history), live, newest)
		}
	}
}
