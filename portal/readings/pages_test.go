package readings

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestPagesAddUp: whatever the readings, what all months tell adds up to what the counters moved, the segments before and
// after a replaced counter each for themselves; and no month is negative.
func TestPagesAddUp(t *testing.T) {
	t.Parallel()
	places := []*time.Location{time.UTC}
	for _, name := range []string{"Europe/Oslo", "Pacific/Apia", "Australia/Lord_Howe", "America/St_Johns"} {
		place, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		places = append(places, place)
	}
	rapid.Check(t, func(t *rapid.T) {
		place := rapid.SampledFrom(places).Draw(t, "place")
		at := time.Date(2024, 1, 1, 0, 0, 0, 0, place).Add(time.Duration(rapid.Int64Range(0, int64(90*24*time.Hour/time.Microsecond)).Draw(t, "first")) * time.Microsecond)
		value := rapid.Int64Range(0, MaxValue/2).Draw(t, "value")
		var history []taken
		var moved int64
		for range rapid.IntRange(0, 12).Draw(t, "readings") {
			history = append(history, taken{at, Counters{Black: value}})
			gap := rapid.OneOf(rapid.Int64Range(1, 60), rapid.Int64Range(1, 90*24*3600*1e6)).Draw(t, "gap")
			at = at.Add(time.Duration(gap) * time.Microsecond)
			step := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(-1000, MaxValue/20)).Draw(t, "step")
			if value+step < 0 {
				step = 0
			}
			value += step
		}
		for i := 1; i < len(history); i++ {
			moved += max(0, history[i].counters[Black]-history[i-1].counters[Black])
		}
		// Three years and a half hold all of it.
		var sum int64
		for _, m := range monthly(history, []string{Black}, place, MonthOf(2024, 1), 42) {
			if m.Of[Black] < 0 {
				t.Fatalf("%s: %d", m.Month, m.Of[Black])
			}
			if _, has := m.Of[Black]; has != m.Known || m.Estimated && !m.Known || m.Whole && !m.Known {
				t.Fatalf("%+v", m)
			}
			sum += m.Of[Black]
		}
		if sum != moved {
			t.Fatalf("the months add up to %d, the counter moved %d", sum, moved)
		}
	})
}

func TestMonths(t *testing.T) {
	t.Parallel()
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	on := func(month time.Month, day int, black, colour int64) taken {
		return taken{time.Date(2026, month, day, 0, 0, 0, 0, oslo), Counters{Black: black, Colour: colour}}
	}
	got := monthly([]taken{on(1, 1, 1000, 0), on(2, 1, 1310, 5), on(4, 1, 1310+590, 5), on(4, 11, 1300, 25), on(4, 21, 1400, 35)},
		[]string{Black, Colour}, oslo, MonthOf(2025, 12), 6)
	for i, want := range []Pages{
		{Month: Month{2025, 12}, Of: Counters{}},
		{Month: Month{2026, 1}, Of: Counters{Black: 310, Colour: 5}, Known: true, Whole: true},
		// February and March share by time; the hour of summer time is the spring month's.
		{Month: Month{2026, 2}, Of: Counters{Black: 280, Colour: 0}, Known: true, Whole: true, Estimated: true},
		{Month: Month{2026, 3}, Of: Counters{Black: 310, Colour: 0}, Known: true, Whole: true, Estimated: true},
		// In April the counter for black was replaced, and the last reading is of the 21st.
		{Month: Month{2026, 4}, Of: Counters{Black: 100, Colour: 30}, Known: true},
		{Month: Month{2026, 5}, Of: Counters{}},
	} {
		g := got[i]
		if g.Month != want.Month || !equal(g.Of, want.Of) || g.Known != want.Known || g.Whole != want.Whole || g.Estimated != want.Estimated {
			t.Errorf("got %+v, want %+v", g, want)
		}
	}
}
