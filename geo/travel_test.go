package geo

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

func TestEstimatorKnown(t *testing.T) {
	t.Parallel()
	e := Estimator{Detour: 1.5, Overhead: time.Minute, Stages: []Stage{{Length: 3_000, Speed: 10}, {Length: 30_000, Speed: 20}, {Speed: 25}}}
	start := orb.Point{10.75, 59.91}
	for _, c := range []struct {
		crow float64 // metres
		want time.Duration
	}{
		{0, time.Minute},
		{1_000, time.Minute + 150*time.Second},                   // 1.5 km in town
		{2_000, time.Minute + 300*time.Second},                   // exactly the first stage
		{12_000, time.Minute + (300+750)*time.Second},            // 3 km and 15 km
		{42_000, time.Minute + (300+1500+30_000/25)*time.Second}, // all three
	} {
		got := e.Travel(start, Move(start, 77, c.crow))
		if (got.Duration-c.want).Abs() > time.Millisecond || math.Abs(got.Distance-1.5*c.crow) > 1e-3 || got.Source != SourceEstimate {
			t.Errorf("%v m: %+v, want %v", c.crow, got, c.want)
		}
	}
}

// Oslo to Hamar is 1 h 30 min on the road (about 127 km), Bergen to Voss 1 h 30 min (about 105 km): the
// standard estimate is to be within a third of such.
func TestStandardEstimateIsSane(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from, to orb.Point
		want     time.Duration
	}{
		"Oslo to Hamar":  {orb.Point{10.75, 59.91}, orb.Point{11.07, 60.79}, 90 * time.Minute},
		"Bergen to Voss": {orb.Point{5.33, 60.39}, orb.Point{6.42, 60.63}, 90 * time.Minute},
	} {
		got := StandardEstimator().Travel(c.from, c.to).Duration
		if ratio := got.Seconds() / c.want.Seconds(); ratio < 0.67 || ratio > 1.34 {
			t.Errorf("%s: %v, drivers say %v", name, got, c.want)
		}
	}
}

func TestEstimatorNeverQuickerForLonger(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := StandardEstimator()
		start := anyPoint().Draw(t, "start")
		near := rapid.Float64Range(0, 1_000_000).Draw(t, "near")
		farther := near + rapid.Float64Range(0.01, 1_000_000).Draw(t, "more")
		bearing := rapid.Float64Range(0, 360)
		short := e.Travel(start, Move(start, bearing.Draw(t, "one way"), near))
		long := e.Travel(start, Move(start, bearing.Draw(t, "other way"), farther))
		if long.Duration < short.Duration || long.Distance < short.Distance {
			t.Fatalf("%v m takes %+v, %v m takes %+v", near, short, farther, long)
		}
		if short.Duration < e.Overhead {
			t.Fatalf("%v is less than the overhead", short.Duration)
		}
	})
}

func TestEstimatorTable(t *testing.T) {
	t.Parallel()
	e, ctx := StandardEstimator(), context.Background()
	a, b, to := orb.Point{10, 60}, orb.Point{11, 61}, orb.Point{10.5, 60.2}
	table, err := e.Table(ctx, []orb.Point{a, b}, to)
	if err != nil || len(table) != 2 || table[0] != e.Travel(a, to) || table[1] != e.Travel(b, to) {
		t.Errorf("%v, %v", table, err)
	}
	if table, err := e.Table(ctx, nil, to); err != nil || len(table) != 0 {
		t.Errorf("no starts: %v, %v", table, err)
	}
	if _, err := e.Table(ctx, []orb.Point{a, {999, 0}}, to); !errors.Is(err, ErrInvalidPoint) {
		t.Errorf("invalid start: %v", err)
	}
	if _, err := e.Table(ctx, []orb.Point{a}, orb.Point{0, math.NaN()}); !errors.Is(err, ErrInvalidPoint) {
		t.Errorf("invalid destination: %v", err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := e.Table(gone, []orb.Point{a}, to); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for name, bad := range map[string]Estimator{
		"zero":              {},
		"detour below 1":    {Detour: 0.9, Stages: e.Stages},
		"detour NaN":        {Detour: math.NaN(), Stages: e.Stages},
		"negative overhead": {Detour: 1, Overhead: -1, Stages: e.Stages},
		"no speed":          {Detour: 1, Stages: []Stage{{}}},
		"no length":         {Detour: 1, Stages: []Stage{{Speed: 1}, {Speed: 2}}},
	} {
		if _, err := bad.Table(ctx, []orb.Point{a}, to); err == nil {
			t.Errorf("%s accepted", name)
		}
	}
}

func TestETA(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	after := func(minutes float64) time.Time { return now.Add(time.Duration(minutes * float64(time.Minute))) }
	for _, c := range []struct {
		name      string
		minutes   float64 // of travel
		source    string
		age       time.Duration
		low, high float64 // minutes from now
		ok        bool
	}{
		{"router, fresh", 20, "osrm", 0, 18, 25, true},
		{"estimate is wider", 20, SourceEstimate, 0, 14, 30, true},
		{"age widens", 20, "osrm", 5 * time.Minute, 13, 25, true},
		{"not before now", 3, "osrm", 9 * time.Minute, 0, 3.75, true},
		{"ten minutes is the limit", 20, "osrm", 10 * time.Minute, 8, 25, true},
		{"too old", 20, "osrm", 10*time.Minute + 1, 0, 0, false},
		{"clock a little ahead", 20, "osrm", -time.Minute, 18, 25, true},
		{"clock far ahead", 20, "osrm", -3 * time.Minute, 0, 0, false},
		{"negative travel", -1, "osrm", 0, 0, 0, false},
		{"there", 0, "osrm", 0, 0, 0, true},
	} {
		travel := Travel{Duration: time.Duration(c.minutes * float64(time.Minute)), Source: c.source}
		low, high, ok := ETA(travel, now.Add(-c.age), now)
		if ok != c.ok || ok && (!low.Equal(after(c.low)) || !high.Equal(after(c.high))) || !ok && (!low.IsZero() || !high.IsZero()) {
			t.Errorf("%s: %v to %v, %v", c.name, low.Sub(now), high.Sub(now), ok)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		travel := Travel{Duration: time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "duration")), Source: rapid.SampledFrom([]string{"osrm", SourceEstimate}).Draw(t, "source")}
		younger := time.Duration(rapid.Int64Range(0, int64(maxETAAge)).Draw(t, "age"))
		older := min(maxETAAge, younger+time.Duration(rapid.Int64Range(0, int64(maxETAAge)).Draw(t, "more")))
		low, high, ok := ETA(travel, now.Add(-younger), now)
		lowOld, highOld, okOld := ETA(travel, now.Add(-older), now)
		if !ok || !okOld || low.Before(now) || high.Before(low) {
			t.Fatalf("%v to %v", low, high)
		}
		if lowOld.After(low) || highOld.Before(high) {
			t.Fatal("an older position gives a narrower range")
		}
	})
}
