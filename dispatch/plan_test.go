package dispatch

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"utsendt/geo"
)

var planNow = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func minute(n int) time.Time { return planNow.Add(time.Duration(n) * time.Minute) }

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// job is one of 10 minutes of travel, unless it is shorter.
func job(state VisitState, start, end int) Job {
	travel := min(10, end-start)
	return Job{
		VisitID: uuid.New(), State: state, During: Span{minute(start), minute(end)},
		Travel: minutes(travel), Work: minutes(end - start - travel),
	}
}

func TestRoll(t *testing.T) {
	t.Parallel()
	type span [2]int
	for _, c := range []struct {
		name string
		jobs []Job
		want []span
	}{
		{"nothing", nil, nil},
		{"in time", []Job{job(VisitAssigned, 0, 60), job(VisitAccepted, 60, 90)}, []span{{0, 60}, {60, 90}}},
		{"not begun", []Job{job(VisitAssigned, -30, 30)}, []span{{0, 60}}},
		{"pushed", []Job{job(VisitAssigned, -30, 30), job(VisitAssigned, 40, 50)}, []span{{0, 60}, {60, 70}}},
		{"gaps stay", []Job{job(VisitAssigned, 0, 30), job(VisitAssigned, 40, 50)}, []span{{0, 30}, {40, 50}}},
		{"on site too long", []Job{job(VisitOnSite, -90, -5), job(VisitAssigned, 5, 35)}, []span{{-90, 10}, {10, 40}}},
		{"on site in time", []Job{job(VisitOnSite, -30, 30), job(VisitAssigned, 20, 50)}, []span{{-30, 30}, {30, 60}}},
		{"late on the way", []Job{job(VisitEnRoute, -60, -20), job(VisitAssigned, 0, 30)}, []span{{-60, 30}, {30, 60}}},
		{"what is done comes first", []Job{job(VisitAssigned, 0, 30), job(VisitEnRoute, 0, 60)}, []span{{0, 60}, {60, 90}}},
	} {
		rolled := Roll(c.jobs, planNow)
		for i, j := range rolled {
			if got := (span{int(j.During.Start.Sub(planNow).Minutes()), int(j.During.End.Sub(planNow).Minutes())}); got != c.want[i] {
				t.Errorf("%s: job %d is %v, want %v", c.name, i, got, c.want[i])
			}
		}
		if len(rolled) != len(c.want) {
			t.Errorf("%s: %d jobs", c.name, len(rolled))
		}
	}
}

// jobs are any, in any order and overlapping, at most one of them under way.
func jobs(t *rapid.T) []Job {
	made := make([]Job, rapid.IntRange(0, 7).Draw(t, "jobs"))
	underWay := rapid.IntRange(-3, max(0, len(made)-1)).Draw(t, "under way")
	for i := range made {
		state := rapid.SampledFrom([]VisitState{VisitAssigned, VisitAccepted}).Draw(t, "state")
		if i == underWay {
			state = rapid.SampledFrom([]VisitState{VisitEnRoute, VisitOnSite}).Draw(t, "state under way")
		}
		start := rapid.IntRange(-120, 400).Draw(t, "start")
		if i == underWay {
			start = min(start, 0)
		}
		made[i] = job(state, start, start+rapid.IntRange(20, 90).Draw(t, "length"))
		made[i].HasPlace = rapid.IntRange(0, 4).Draw(t, "has place") > 0
		made[i].Place = orb.Point{float64(rapid.IntRange(0, 40).Draw(t, "place")), 0}
	}
	return made
}

func TestRollProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before := jobs(t)
		copied := slices.Clone(before)
		rolled := Roll(before, planNow)
		if !slices.Equal(before, copied) {
			t.Fatal("Roll changed what it was given")
		}
		if len(rolled) != len(before) {
			t.Fatalf("%d jobs became %d", len(before), len(rolled))
		}
		for i, j := range rolled {
			was := before[slices.IndexFunc(before, func(b Job) bool { return b.VisitID == j.VisitID })]
			if j.During.Start.Before(was.During.Start) || j.During.End.Before(was.During.End) {
				t.Fatalf("moved earlier: %v, was %v", j.During, was.During)
			}
			if !j.During.Start.Before(j.During.End) {
				t.Fatalf("empty: %v", j.During)
			}
			if j.State.UnderWay() {
				if !j.During.Start.Equal(was.During.Start) || j.During.End.Before(planNow.Add(leastWorkLeft)) || i != 0 {
					t.Fatalf("under way at place %d: %v, was %v", i, j.During, was.During)
				}
			} else {
				if j.During.End.Sub(j.During.Start) != was.During.End.Sub(was.During.Start) {
					t.Fatalf("length changed: %v, was %v", j.During, was.During)
				}
				if j.During.Start.Before(planNow) {
					t.Fatalf("begins in the past: %v", j.During)
				}
			}
			if i == 0 {
				continue
			}
			last := rolled[i-1]
			if j.During.Start.Before(last.During.End) {
				t.Fatalf("%v overlaps %v", last.During, j.During)
			}
			lastWas := before[slices.IndexFunc(before, func(b Job) bool { return b.VisitID == last.VisitID })]
			if !last.State.UnderWay() && lastWas.During.Start.After(was.During.Start) {
				t.Fatalf("the order changed")
			}
		}
		if again := Roll(rolled, planNow); !slices.Equal(again, rolled) {
			t.Fatal("rolling twice is not rolling once")
		}
	})
}

// along is travel on a line: one minute for a degree of longitude, to a place.
func along(to float64) func(orb.Point) geo.Travel {
	return func(from orb.Point) geo.Travel {
		return geo.Travel{Duration: time.Duration(math.Abs(from.Lon()-to)) * time.Minute}
	}
}

// possible says whether a departure at start is right, by the promises of FindFit alone.
func possible(start time.Time, rolled []Job, from orb.Point, want Want, leg func(orb.Point) geo.Travel) bool {
	place := from
	for _, j := range rolled { // where the technician is at start
		if !j.During.End.After(start) && j.HasPlace {
			place = j.Place
		}
	}
	travel := leg(place).Duration
	span := Span{start, start.Add(travel + want.Work)}
	arrival := start.Add(travel)
	if start.Before(want.NotBefore) || start.Before(planNow) || arrival.Before(want.ArriveFrom) ||
		!want.ArriveBefore.IsZero() && !arrival.Before(want.ArriveBefore) {
		return false
	}
	for _, j := range rolled {
		if j.During.Start.Before(span.End) && span.Start.Before(j.During.End) || j.State.UnderWay() && start.Before(j.During.End) {
			return false
		}
	}
	for _, j := range rolled { // the next job is reached in time
		if !j.During.Start.Before(span.End) {
			return !j.HasPlace || !want.HasPlace || !span.End.Add(leg(j.Place).Duration).After(j.arrival())
		}
	}
	return true
}

// FindFit gives the first minute that is possible, found by trying every one.
func TestFindFitProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rolled := Roll(jobs(t), planNow)
		from := orb.Point{float64(rapid.IntRange(0, 40).Draw(t, "from")), 0}
		to := float64(rapid.IntRange(0, 40).Draw(t, "to"))
		want := Want{Work: minutes(rapid.IntRange(1, 90).Draw(t, "work")), Place: orb.Point{to, 0}, HasPlace: rapid.Bool().Draw(t, "has place")}
		if rapid.Bool().Draw(t, "not before") {
			want.NotBefore = minute(rapid.IntRange(-10, 300).Draw(t, "minutes"))
		}
		if rapid.Bool().Draw(t, "window") {
			open := rapid.IntRange(-10, 400).Draw(t, "window from")
			want.ArriveFrom, want.ArriveBefore = minute(open), minute(open+rapid.IntRange(1, 300).Draw(t, "window length"))
		}
		fit, ok := FindFit(rolled, planNow, from, want, along(to))
		first := -1
		for m := range 1500 {
			if possible(minute(m), rolled, from, want, along(to)) {
				first = m
				break
			}
		}
		if ok != (first >= 0) {
			t.Fatalf("found %v (%+v), by trying: minute %d\nplan: %s", ok, fit, first, show(rolled))
		}
		if !ok {
			return
		}
		if !fit.During.Start.Equal(minute(first)) {
			t.Fatalf("found minute %v, by trying %d\nplan: %s", fit.During.Start.Sub(planNow).Minutes(), first, show(rolled))
		}
		if !fit.Arrival.Equal(fit.During.Start.Add(fit.Travel.Duration)) || !fit.During.End.Equal(fit.Arrival.Add(want.Work)) {
			t.Fatalf("does not add up: %+v", fit)
		}
	})
}

// Where the technician is now is too far for the window; where the job before it leaves them is not.
func TestFindFitFromTheJobBefore(t *testing.T) {
	t.Parallel()
	plan := []Job{job(VisitAssigned, 0, 20)}
	plan[0].HasPlace = true
	want := Want{Work: minutes(5), NotBefore: minute(26), ArriveBefore: minute(27)}
	fit, ok := FindFit(plan, planNow, orb.Point{1, 0}, want, along(0))
	if !ok || !fit.Arrival.Equal(minute(26)) {
		t.Errorf("found %v, arriving %v", ok, fit.Arrival)
	}
}

func show(jobs []Job) string {
	s := ""
	for _, j := range jobs {
		s += fmt.Sprintf("\n  %s %v-%v at %v (%v)", j.State, j.During.Start.Sub(planNow).Minutes(), j.During.End.Sub(planNow).Minutes(), j.Place.Lon(), j.HasPlace)
	}
	return s
}

func TestMoved(t *testing.T) {
	t.Parallel()
	before := []Job{job(VisitAssigned, 0, 60), job(VisitAssigned, 60, 90), job(VisitAssigned, 100, 130)}
	if m := moved(before, slices.Clone(before)); len(m) != 0 {
		t.Errorf("moved: %v", m)
	}
	if m := moved(before, Roll(before, minute(5))); len(m) != 2 || m[0].VisitID != before[0].VisitID || m[1].VisitID != before[1].VisitID {
		t.Errorf("moved: %s", show(m))
	}
}

func TestSpanText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "start")).UTC()
		s := Span{start, start.Add(time.Duration(rapid.Int64Range(1, 1e9).Draw(t, "length")) * time.Microsecond)}
		var back Span
		if err := back.Scan(s.String()); err != nil || back != s {
			t.Fatalf("%s became %v, %v", s, back, err)
		}
	})
	for _, bad := range []any{"", "empty", "[a,b)", "(,)", 7, nil, `["2026-03-02 09:00:00+00",)`} {
		if err := new(Span).Scan(bad); err == nil {
			t.Errorf("%v is a span", bad)
		}
	}
}
