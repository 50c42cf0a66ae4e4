package geo

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

var (
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	oslo = orb.Point{10.75, 59.91}
)

// fixAt is a fix so many seconds after noon, the given metres north of Oslo.
func fixAt(seconds, north float64) Fix {
	return Fix{Point: Move(oslo, 0, north), Accuracy: 10, At: noon.Add(time.Duration(seconds * float64(time.Second)))}
}

func TestTrackVerdicts(t *testing.T) {
	t.Parallel()
	type step struct {
		fix  Fix
		want Verdict
	}
	with := func(f Fix, change func(*Fix)) Fix { change(&f); return f }
	accuracy := func(metres float64) Fix { return with(fixAt(10, 0), func(f *Fix) { f.Accuracy = metres }) }
	now := noon.Add(time.Hour)
	for _, c := range []struct {
		name  string
		steps []step
		live  float64 // metres north of Oslo; NaN for none
	}{
		{"driving", []step{{fixAt(0, 0), Accepted}, {fixAt(10, 300), Accepted}, {fixAt(20, 500), Accepted}}, 500},
		{"late", []step{{fixAt(20, 500), Accepted}, {fixAt(10, 300), Late}}, 500},
		{"late, wherever it is", []step{{fixAt(20, 500), Accepted}, {fixAt(10, 300_000), Late}}, 500},
		{"duplicate", []step{{fixAt(0, 0), Accepted}, {fixAt(0, 0), Duplicate}, {fixAt(0, 40), Duplicate}}, 0},
		{"at the limit of speed", []step{{fixAt(0, 0), Accepted}, {fixAt(10, 719), Accepted}}, 719},
		{"beyond the limit of speed", []step{{fixAt(0, 0), Accepted}, {fixAt(10, 721), Implausible}}, 0},
		{"accuracy excuses", []step{{accuracy(3_000), Accepted}, {fixAt(20, 3_700), Accepted}}, 3_700},
		{"a jump and back", []step{{fixAt(0, 0), Accepted}, {fixAt(10, 90_000), Implausible}, {fixAt(20, 200), Accepted}}, 200},
		{"first fix bad", []step{{fixAt(0, 90_000), Accepted}, {fixAt(10, 0), Implausible}, {fixAt(20, 100), Implausible}, {fixAt(30, 200), Accepted}, {fixAt(40, 300), Accepted}}, 300},
		{"suspects that do not fit each other", []step{{fixAt(0, 0), Accepted}, {fixAt(10, 90_000), Implausible}, {fixAt(20, 200_000), Implausible}, {fixAt(30, 90_000), Implausible}, {fixAt(40, 200_000), Implausible}}, 0},
		{"suspects not in a row", []step{{fixAt(0, 0), Accepted}, {fixAt(10, 90_000), Implausible}, {fixAt(20, 90_000), Implausible}, {fixAt(30, 100), Accepted}, {fixAt(40, 90_000), Implausible}, {fixAt(50, 90_000), Implausible}}, 100},
		{"one suspect repeated", []step{{fixAt(0, 0), Accepted}, {fixAt(10, 90_000), Implausible}, {fixAt(10, 90_000), Implausible}, {fixAt(10, 90_000), Implausible}, {fixAt(9, 90_000), Implausible}}, 0},
		{"a gap long enough for the way", []step{{fixAt(0, 0), Accepted}, {fixAt(1500, 100_000), Accepted}}, 100_000},
		{"ahead within two minutes", []step{{fixAt(3600+120, 0), Accepted}}, 0},
		{"ahead beyond two minutes", []step{{fixAt(3600+121, 0), Future}}, math.NaN()},
		{"a day old", []step{{fixAt(3600-86400, 0), Accepted}}, 0},
		{"older than a day", []step{{fixAt(3600-86401, 0), Stale}}, math.NaN()},
		{"accuracy at the limit", []step{{accuracy(5_000), Accepted}}, 0},
		{"accuracy beyond", []step{{accuracy(5_001), Inaccurate}}, math.NaN()},
		{"accuracy negative", []step{{accuracy(-1), Inaccurate}}, math.NaN()},
		{"accuracy NaN", []step{{accuracy(math.NaN()), Inaccurate}}, math.NaN()},
		{"accuracy infinite", []step{{accuracy(math.Inf(1)), Inaccurate}}, math.NaN()},
		{"nowhere", []step{{with(fixAt(0, 0), func(f *Fix) { f.Point = orb.Point{0, 91} }), Invalid}}, math.NaN()},
		{"NaN", []step{{with(fixAt(0, 0), func(f *Fix) { f.Point[0] = math.NaN() }), Invalid}}, math.NaN()},
		{"without time", []step{{with(fixAt(0, 0), func(f *Fix) { f.At = time.Time{} }), Invalid}}, math.NaN()},
	} {
		var track Track
		for i, s := range c.steps {
			var got Verdict
			if track, got = track.Consider(s.fix, now); got != s.want {
				t.Errorf("%s, step %d: %s, want %s", c.name, i+1, got, s.want)
			}
			// A track survives being stored.
			stored, err := json.Marshal(track)
			var back Track
			if err == nil {
				err = json.Unmarshal(stored, &back)
			}
			if err != nil || !reflect.DeepEqual(back, track) {
				t.Errorf("%s, step %d: stored as %s, read back as %+v (%v)", c.name, i+1, stored, back, err)
			}
			track = back
		}
		live, ok := track.Live()
		if ok == math.IsNaN(c.live) || ok && Distance(live.Point, Move(oslo, 0, c.live)) > 0.01 {
			t.Errorf("%s: live is %+v (%v), want %v m", c.name, live, ok, c.live)
		}
	}
}

// Whatever comes: the live fix is usable, never goes back in time, and changes by Accepted alone.
func TestTrackInvariants(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var track Track
		now := noon
		for range rapid.IntRange(1, 60).Draw(t, "fixes") {
			f := Fix{
				Point:    orb.Point{rapid.Float64Range(-181, 181).Draw(t, "lon"), rapid.Float64Range(-91, 91).Draw(t, "lat")},
				Accuracy: rapid.SampledFrom([]float64{-1, 0, 5, 300, 5_000, 6_000}).Draw(t, "accuracy"),
				At:       now.Add(time.Duration(rapid.IntRange(-90_000, 200).Draw(t, "age")) * time.Second),
			}
			if rapid.Bool().Draw(t, "nearby") {
				f.Point = Move(oslo, 0, rapid.Float64Range(0, 5_000).Draw(t, "metres"))
				f.At = now
			}
			before := track
			var verdict Verdict
			track, verdict = track.Consider(f, now)
			switch verdict {
			case Accepted:
				if !reflect.DeepEqual(track, Track{Last: f}) || f.At.Before(before.Last.At) || f.usable(now) != Accepted {
					t.Fatalf("accepted %+v after %+v: %+v", f, before, track)
				}
			case Implausible:
				if !reflect.DeepEqual(track.Last, before.Last) || track.SuspectCount < 1 || track.SuspectCount >= suspectsToJump {
					t.Fatalf("implausible: %+v became %+v", before, track)
				}
			default:
				if !reflect.DeepEqual(track, before) {
					t.Fatalf("%s changed the track", verdict)
				}
			}
			now = now.Add(time.Duration(rapid.IntRange(1, 60).Draw(t, "later")) * time.Second)
		}
		// Never wedged: three fixes that fit each other always get through.
		for i := range 3 {
			now = now.Add(3 * time.Minute)
			f := fixAt(0, float64(i))
			f.At = now
			track, _ = track.Consider(f, now)
		}
		if live, _ := track.Live(); !live.At.Equal(now) {
			t.Fatal("the track is wedged")
		}
	})
}

// Fixes of one drive that arrive in any order end with the newest live.
func TestTrackAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var fixes []Fix
		north, seconds := 0.0, 0.0
		for range rapid.IntRange(1, 40).Draw(t, "fixes") {
			fixes = append(fixes, fixAt(seconds, north))
			step := rapid.Float64Range(1, 60).Draw(t, "seconds")
			seconds += step
			north += step * rapid.Float64Range(0, 35).Draw(t, "speed")
		}
		newest := fixes[len(fixes)-1]
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		r.Shuffle(len(fixes), func(i, j int) { fixes[i], fixes[j] = fixes[j], fixes[i] })
		var track Track
		for _, f := range fixes {
			track, _ = track.Consider(f, noon.Add(2*time.Hour))
		}
		if live, _ := track.Live(); !reflect.DeepEqual(live, newest) {
			t.Fatalf("live is %+v, the newest is %+v", live, newest)
		}
	})
}
