package forecast_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"utsendt/portal/supplies/forecast"
)

// situation draws whatever a device may have been through, of readings that only rise.
func situation(t *rapid.T) forecast.Input {
	in := forecast.Input{Now: now, Arrival: now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "lead")) * 24 * time.Hour),
		Colour: rapid.SampledFrom([]string{"black", "cyan"}).Draw(t, "colour")}
	counters := map[string]int64{}
	back := rapid.Float64Range(0, 800).Draw(t, "first")
	for range rapid.IntRange(0, 15).Draw(t, "readings") {
		for _, c := range []string{"black", "colour", "colour_a3"} {
			counters[c] += rapid.Int64Range(0, 20_000).Draw(t, c)
		}
		kept := map[string]int64{}
		for k, v := range counters {
			kept[k] = v
		}
		in.Readings = append(in.Readings, forecast.Reading{At: ago(back), Counters: kept})
		back -= rapid.Float64Range(0, 90).Draw(t, "gap")
	}
	for range rapid.IntRange(0, 4).Draw(t, "deliveries") {
		in.Deliveries = append(in.Deliveries, forecast.Delivery{
			At: ago(rapid.Float64Range(-10, 900).Draw(t, "delivered")), Quantity: rapid.IntRange(0, 5).Draw(t, "quantity"),
			Yield: rapid.SampledFrom([]int{0, 1, 500, 10_000, 60_000, 1 << 30}).Draw(t, "yield"),
		})
	}
	return in
}

func TestAlways(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := situation(t)
		f := forecast.Of(in)
		dated := f.Status == forecast.Expected || f.Status == forecast.Overdue
		switch {
		case (f.Status == forecast.Unknown) != (f.Reason != "") || (f.Status == forecast.Unknown) != (f.PagesLeft == nil) ||
			(f.Status == forecast.Unknown) != (f.Confidence == ""):
			t.Fatalf("half unknown: %+v", f)
		case len(in.Readings) < 2 && f.Status != forecast.Unknown, len(in.Deliveries) == 0 && f.Status != forecast.Unknown:
			t.Fatalf("known out of nothing: %+v", f)
		case dated == f.RunsOut.IsZero() || dated == f.Earliest.IsZero() || !dated && !f.Latest.IsZero():
			t.Fatalf("dates do not fit the status: %+v", f)
		case !dated && f.OrderNow:
			t.Fatalf("order without a date: %+v", f)
		case f.PagesLeft != nil && *f.PagesLeft < 0:
			t.Fatalf("%d pages left", *f.PagesLeft)
		}
		if !dated {
			return
		}
		if f.RunsOut.Before(f.Earliest) || !f.Latest.IsZero() && f.Latest.Before(f.RunsOut) {
			t.Fatalf("%s is not between %s and %s", f.RunsOut, f.Earliest, f.Latest)
		}
		if (f.Status == forecast.Overdue) != !f.RunsOut.After(now) || f.Status == forecast.Expected && f.Earliest.Before(now) {
			t.Fatalf("a date in the past that is not told: %+v", f)
		}
		if f.OrderNow != f.Earliest.Before(in.Arrival) {
			t.Fatalf("order now: %+v", f)
		}
	})
}

// Pages added to a reading and to all after it never make the expected date later.
func TestMoreUseIsNeverLater(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := situation(t)
		before := forecast.Of(in)
		if before.RunsOut.IsZero() {
			return
		}
		more := in
		more.Readings = slices.Clone(in.Readings)
		from, added := rapid.IntRange(0, len(in.Readings)-1).Draw(t, "from"), rapid.Int64Range(1, 50_000).Draw(t, "added")
		for i := from; i < len(more.Readings); i++ {
			kept := map[string]int64{}
			for k, v := range more.Readings[i].Counters {
				kept[k] = v
			}
			kept["colour"] += added
			more.Readings[i].Counters = kept
		}
		after := forecast.Of(more)
		if after.Status == forecast.Distant || after.RunsOut.After(before.RunsOut.Add(time.Second)) {
			t.Fatalf("%d more pages moved it from %s to %s (%s)", added, before.RunsOut, after.RunsOut, after.Status)
		}
	})
}

// The order in which things are given does not matter, and nothing given is changed.
func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := situation(t)
		want := fmt.Sprintf("%+v", forecast.Of(in))
		slices.Reverse(in.Readings)
		before := fmt.Sprint(in)
		f := forecast.Of(in)
		if fmt.Sprint(in) != before {
			t.Fatal("the input was changed")
		}
		if distinct(in.Readings) {
			got := fmt.Sprintf("%+v", f)
			if strip(got) != strip(want) {
				t.Fatalf("%s\n%s", got, want)
			}
		}
	})
}

func distinct(readings []forecast.Reading) bool {
	seen := map[time.Time]bool{}
	for _, r := range readings {
		if seen[r.At] {
			return false
		}
		seen[r.At] = true
	}
	return true
}

// strip leaves out the address of PagesLeft.
func strip(s string) string {
	i := strings.Index(s, "PagesLeft:")
	return s[:i] + s[i+strings.Index(s[i:], " "):]
}
