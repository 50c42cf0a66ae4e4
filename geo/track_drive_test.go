package geo

import (
	"encoding/csv"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/paulmach/orb"
)

// drives are the positions of the real buses in the public data, by bus, each in the order of time. The data has
// no accuracy; 10 m is what such receivers have.
func drives(t *testing.T) map[string][]Fix {
	rows, err := csv.NewReader(publicData(t, "gps", "route14_outbound.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := func(name string) int { return slices.Index(rows[0], name) }
	number := func(text string) float64 {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	all := map[string][]Fix{}
	for _, row := range rows[1:] {
		at, err := time.Parse(time.DateTime, row[column("timestamp")])
		if err != nil {
			t.Fatal(err)
		}
		f := Fix{Point: orb.Point{number(row[column("longitude")]), number(row[column("latitude")])}, Accuracy: 10, At: at}
		bus := row[column("vehicle_id")]
		all[bus] = append(all[bus], f)
	}
	for _, fixes := range all {
		slices.SortStableFunc(fixes, func(a, b Fix) int { return a.At.Compare(b.At) })
	}
	return all
}

func TestTrackOfRealDrives(t *testing.T) {
	t.Parallel()
	all, count := drives(t), 0
	for bus, fixes := range all {
		var track Track
		for _, f := range fixes {
			count++
			var verdict Verdict
			if track, verdict = track.Consider(f, f.At.Add(2*time.Second)); verdict != Accepted {
				t.Errorf("bus %s at %v: %s", bus, f.At, verdict)
			}
		}
	}
	if count < 1500 {
		t.Fatalf("only %d positions read", count)
	}
	t.Logf("%d positions of %d buses accepted", count, len(all))
}

func TestTrackOfShuffledDrives(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(8, 8))
	for bus, fixes := range drives(t) {
		newest := fixes[len(fixes)-1]
		var track Track
		late := 0
		for batch := range slices.Chunk(slices.Clone(fixes), 20) {
			now := batch[len(batch)-1].At.Add(2 * time.Second)
			r.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
			for _, f := range batch {
				var verdict Verdict
				track, verdict = track.Consider(f, now)
				switch verdict {
				case Late:
					late++
				case Accepted:
				default:
					t.Errorf("bus %s at %v: %s", bus, f.At, verdict)
				}
			}
		}
		if live, _ := track.Live(); !reflect.DeepEqual(live, newest) {
			t.Errorf("bus %s: live is %+v, want %+v", bus, live, newest)
		}
		if late == 0 {
			t.Errorf("bus %s: nothing came late: the test shuffles nothing", bus)
		}
	}
}

// One false position, or two that do not fit each other, between every tenth pair of real ones.
func TestTrackOfDrivesWithJumps(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 9))
	jumps := 0
	for bus, fixes := range drives(t) {
		var track Track
		for i, f := range fixes {
			var verdict Verdict
			if track, verdict = track.Consider(f, f.At); verdict != Accepted {
				t.Errorf("bus %s at %v: %s", bus, f.At, verdict)
			}
			if i%10 != 5 || i+1 == len(fixes) || fixes[i+1].At.Sub(f.At) > 4*time.Minute {
				continue // in longer gaps 50 km can be driven
			}
			gap := fixes[i+1].At.Sub(f.At)
			for n := range 1 + r.IntN(2) {
				bad := f
				bad.Point = Move(f.Point, float64(180*n)+r.Float64()*90, 50_000+r.Float64()*450_000)
				bad.At = f.At.Add(gap * time.Duration(n+1) / 3)
				jumps++
				if track, verdict = track.Consider(bad, bad.At); verdict != Implausible {
					t.Errorf("bus %s: a jump of %.0f km in %v is %s", bus, Distance(f.Point, bad.Point)/1000, bad.At.Sub(f.At), verdict)
				}
				if live, _ := track.Live(); !reflect.DeepEqual(live, f) {
					t.Errorf("bus %s: a jump became live", bus)
				}
			}
		}
	}
	if jumps < 100 {
		t.Errorf("only %d jumps tried", jumps)
	}
	t.Logf("%d jumps, none live", jumps)
}
