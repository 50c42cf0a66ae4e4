package geo

import (
	"math"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

func TestFence(t *testing.T) {
	t.Parallel()
	fence := Fence{Centre: oslo, Radius: 200}
	for _, c := range []struct {
		away, accuracy   float64
		contains, surely bool
	}{
		{0, 0, true, true},
		{100, 99, true, true},
		{100, 101, true, false},
		{199, 200, true, false},
		{199, 201, false, false}, // says nothing about a fence of 200 m
		{0, 300, false, false},
		{201, 5, false, false},
		{201, 0, false, false},
		{0, -1, false, false},
		{0, math.NaN(), false, false},
		{0, math.Inf(1), false, false},
	} {
		fix := Fix{Point: Move(oslo, 123, c.away), Accuracy: c.accuracy, At: noon}
		if got := fence.Contains(fix); got != c.contains {
			t.Errorf("%v m away, accuracy %v: contains is %v", c.away, c.accuracy, got)
		}
		if got := fence.Surely(fix); got != c.surely {
			t.Errorf("%v m away, accuracy %v: surely is %v", c.away, c.accuracy, got)
		}
	}
	if fence.Contains(Fix{Point: orb.Point{math.NaN(), 60}}) || (Fence{Centre: orb.Point{0, 99}, Radius: math.Inf(1)}).Contains(Fix{}) {
		t.Error("an invalid point is inside")
	}
	if a, b := ArrivalFence(oslo), ApproachFence(oslo); !(0 < a.Radius && a.Radius < b.Radius) || a.Centre != oslo || b.Centre != oslo {
		t.Errorf("arrival %+v, approach %+v", a, b)
	}
	rapid.Check(t, func(t *rapid.T) {
		fence := Fence{Centre: anyPoint().Draw(t, "centre"), Radius: rapid.Float64Range(0, 5_000).Draw(t, "radius")}
		fix := Fix{Point: Move(fence.Centre, 50, rapid.Float64Range(0, 5_000).Draw(t, "away")), Accuracy: rapid.Float64Range(0, 5_000).Draw(t, "accuracy")}
		if fence.Surely(fix) && !fence.Contains(fix) {
			t.Fatal("surely inside, but not contained")
		}
	})
}

func TestReportEvery(t *testing.T) {
	t.Parallel()
	charge := func(share float64) *float64 { return &share }
	for _, c := range []struct {
		activity Activity
		toGo     float64
		battery  *float64
		want     time.Duration
	}{
		{Idle, 0, nil, 5 * time.Minute},
		{OnSite, 0, nil, 5 * time.Minute},
		{Assigned, 0, nil, time.Minute},
		{EnRoute, 100_000, nil, 20 * time.Second},
		{EnRoute, 10_000, nil, 10 * time.Second},
		{EnRoute, 500, nil, 5 * time.Second},
		{EnRoute, math.NaN(), nil, 10 * time.Second},
		{EnRoute, -1, nil, 10 * time.Second},
		{EnRoute, 500, charge(0.8), 5 * time.Second},
		{EnRoute, 500, charge(0.2), 10 * time.Second},
		{EnRoute, 500, charge(0.1), 20 * time.Second},
		{EnRoute, 100_000, charge(0.1), time.Minute},
		{Idle, 0, charge(0.1), 20 * time.Minute},
		{Assigned, 0, charge(0.2), 2 * time.Minute},
		{"asleep", 0, nil, 5 * time.Minute},
	} {
		if got := ReportEvery(c.activity, c.toGo, c.battery); got != c.want {
			t.Errorf("%s, %v m, battery %v: %v, want %v", c.activity, c.toGo, c.battery, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		activity := rapid.SampledFrom([]Activity{Idle, Assigned, EnRoute, OnSite}).Draw(t, "activity")
		near := rapid.Float64Range(0, 200_000).Draw(t, "near")
		far := near + rapid.Float64Range(0, 200_000).Draw(t, "more")
		full := rapid.Float64Range(0, 1).Draw(t, "battery")
		empty := full * rapid.Float64Range(0, 1).Draw(t, "less")
		every := ReportEvery(activity, near, &full)
		if ReportEvery(activity, far, &full) < every {
			t.Fatal("reports more often from farther away")
		}
		if ReportEvery(activity, near, &empty) < every {
			t.Fatal("reports more often with less battery")
		}
		if activity != EnRoute && ReportEvery(EnRoute, near, &full) > every {
			t.Fatal("reports less often on the way")
		}
	})
}
