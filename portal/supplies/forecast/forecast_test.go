package forecast_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"utsendt/portal/supplies/forecast"
)

var now = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func ago(days float64) time.Time { return now.Add(-time.Duration(days * 24 * float64(time.Hour))) }

// steady is monthly readings of a device that prints perDay black pages, the last one age days old.
func steady(months int, perDay, age float64) []forecast.Reading {
	var all []forecast.Reading
	for i := range months {
		back := age + float64(months-1-i)*30
		all = append(all, forecast.Reading{At: ago(back), Counters: map[string]int64{"black": int64(100_000 - perDay*(back-age))}})
	}
	return all
}

func input(readings []forecast.Reading, deliveries ...forecast.Delivery) forecast.Input {
	return forecast.Input{Now: now, Arrival: now.Add(7 * 24 * time.Hour), Colour: "black", Readings: readings, Deliveries: deliveries}
}

func stepOf(f forecast.Forecast, key string) map[string]string {
	for _, s := range f.Steps {
		if s.Key == key {
			return s.Params
		}
	}
	return nil
}

// days from now, rounded.
func ahead(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return fmt.Sprintf("%+.0f", t.Sub(now).Hours()/24)
}

func TestTable(t *testing.T) {
	t.Parallel()
	yield := func(days float64, quantity int) forecast.Delivery {
		return forecast.Delivery{At: ago(days), Quantity: quantity, Yield: 10_000}
	}
	for _, c := range []struct {
		name string
		in   forecast.Input
		// want is status or reason, days from now of earliest, expected and latest, pages left, confidence, order now.
		want string
	}{
		{"no readings", input(nil, yield(30, 1)), "readings_too_few - - - ? ''"},
		{"one reading", input(steady(1, 100, 0), yield(30, 1)), "readings_too_few - - - ? ''"},
		{"readings of one week", input([]forecast.Reading{
			{At: ago(7), Counters: map[string]int64{"black": 1}}, {At: ago(0), Counters: map[string]int64{"black": 900}},
		}, yield(30, 1)), "readings_too_close - - - ? ''"},
		{"readings of two years ago", input(steady(6, 100, 700), yield(30, 1)), "readings_too_old - - - ? ''"},
		{"other counters", input([]forecast.Reading{{At: ago(7), Counters: map[string]int64{"scan": 1}}}, yield(30, 1)), "counter_missing - - - ? ''"},
		{"not used", input(steady(6, 0, 0), yield(30, 1)), "not_used - - - ? ''"},
		{"never delivered", input(steady(6, 100, 0)), "never_delivered - - - ? ''"},
		{"delivered in the future", input(steady(6, 100, 0), yield(-3, 1)), "never_delivered - - - ? ''"},
		{"nobody knows how long it lasts", input(steady(6, 100, 0), forecast.Delivery{At: ago(30), Quantity: 1}), "yield_unknown - - - ? ''"},
		{"toner from elsewhere", input(steady(12, 100, 0), yield(300, 1)), "supplied_elsewhere - - - ? ''"},
		// 10,000 pages and 1,000 left, 3,000 used, 100 a day: 80 days; busy 7,000 at 110; quiet 9,000 at 90.
		{"one delivery", input(steady(6, 100, 0), yield(30, 1)), "expected +64 +80 +100 8000 'medium'"},
		// Of the delivery 120 days ago 10,000 − 9,000 were left 30 days ago: the same, but known.
		{"two deliveries", input(steady(6, 100, 0), yield(120, 1), yield(30, 1)), "expected +64 +80 +100 8000 'high'"},
		// 40 days between two deliveries of 10,000: 6,000 left.
		{"doubled", input(steady(6, 100, 0), yield(70, 1), yield(30, 1)), "expected +64 +130 +144 13000 'high'"},
		{"two cartridges", input(steady(6, 100, 0), yield(30, 2)), "expected +155 +180 +211 18000 'medium'"},
		{"an old reading", input(steady(6, 100, 60), yield(90, 1)), "expected +4 +20 +40 2000 'medium' order"},
		{"a very old reading", input(steady(6, 100, 130), yield(150, 1)), "overdue -57 -40 -19 0 'low' order"},
		{"delivered after the last reading", input(steady(6, 100, 30), yield(10, 1)), "expected +81 +100 +123 10000 'medium'"},
		{"delivered before the first reading", input(steady(3, 100, 0), yield(80, 1)), "expected +15 +30 +57 3000 'low'"},
		{"about to end", input(steady(6, 100, 0), yield(105, 1)), "expected +0 +5 +17 500 'medium' order"},
		{"should be empty", input(steady(6, 100, 0), yield(112, 1)), "overdue +0 +0 +9 0 'medium' order"},
		{"hardly used", input(steady(6, 1, 0), yield(30, 1)), "distant - - - 10970 'medium'"},
	} {
		f := forecast.Of(c.in)
		left := "?"
		if f.PagesLeft != nil {
			left = fmt.Sprint(*f.PagesLeft)
		}
		got := fmt.Sprintf("%s %s %s %s %s '%s'", f.Status, ahead(f.Earliest), ahead(f.RunsOut), ahead(f.Latest), left, f.Confidence)
		got = strings.TrimPrefix(got, "unknown ")
		if f.Status == forecast.Unknown {
			got = f.Reason + " " + got
		}
		if f.OrderNow {
			got += " order"
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s\n%v", c.name, got, c.want, f.Steps)
		}
	}
}

// What counts for which toner, and how much.
func TestCounters(t *testing.T) {
	t.Parallel()
	readings := []forecast.Reading{
		{At: ago(60), Counters: map[string]int64{"black": 1000, "colour": 1000, "black_a3": 100, "colour_a3": 100, "scan": 0}},
		{At: ago(0), Counters: map[string]int64{"black": 4000, "colour": 2000, "black_a3": 400, "colour_a3": 200, "scan": 99_999}},
	}
	for colour, want := range map[string]struct{ used, counters, withColour string }{
		"black":   {"4800", "black,black_a3,colour,colour_a3", "true"}, // 3000 + 1000 + 2·(300 + 100)
		"magenta": {"1200", "colour,colour_a3", "false"},               // 1000 + 2·100
	} {
		in := input(readings, forecast.Delivery{At: ago(60), Quantity: 1, Yield: 10_000})
		in.Colour = colour
		f := forecast.Of(in)
		if used := stepOf(f, forecast.StepUsedSince)["pages"]; used != want.used {
			t.Errorf("%s used %s, want %s", colour, used, want.used)
		}
		if s := stepOf(f, forecast.StepCounter); s["counters"] != want.counters || s["a3_double"] != "true" || s["with_colour"] != want.withColour {
			t.Errorf("%s: %v", colour, s)
		}
	}
}

// A counter that fell is counted from there on.
func TestCounterReset(t *testing.T) {
	t.Parallel()
	readings := append([]forecast.Reading{{At: ago(400), Counters: map[string]int64{"black": 900_000}}}, steady(4, 100, 0)...)
	f := forecast.Of(input(readings, forecast.Delivery{At: ago(30), Quantity: 1, Yield: 10_000}))
	if f.Status != forecast.Expected || stepOf(f, forecast.StepUsage)["pages_per_month"] != "3044" ||
		stepOf(f, forecast.StepCounterReset)["at"] != ago(90).Format(time.RFC3339) {
		t.Errorf("%+v", f)
	}
	if f := forecast.Of(input(steady(4, 100, 0), forecast.Delivery{At: ago(30), Quantity: 1, Yield: 10_000})); stepOf(f, forecast.StepCounterReset) != nil {
		t.Errorf("it never fell: %+v", f)
	}
}

// Every step tells all that its text needs.
func TestSteps(t *testing.T) {
	t.Parallel()
	f := forecast.Of(input(steady(6, 100, 3), forecast.Delivery{At: ago(30), Quantity: 2, Yield: 10_000}))
	var keys []string
	for _, s := range f.Steps {
		keys = append(keys, s.Key)
		for name, value := range s.Params {
			if value == "" {
				t.Errorf("%s has an empty %s", s.Key, name)
			}
		}
	}
	want := []string{"counter", "usage", "spread", "delivered", "left_at_delivery", "used_since", "reading_age", "lead_time"}
	if !slices.Equal(keys, want) {
		t.Errorf("steps %v, want %v", keys, want)
	}
	if s := stepOf(f, "spread"); s["basis"] != "measured" || s["low"] != "2739" || s["high"] != "3348" {
		t.Errorf("%v", s)
	}
	if s := stepOf(f, "reading_age"); s["days"] != "3" {
		t.Errorf("%v", s)
	}
}

func BenchmarkOf(b *testing.B) {
	in := input(steady(36, 100, 0), forecast.Delivery{At: ago(200), Quantity: 1, Yield: 10_000}, forecast.Delivery{At: ago(100), Quantity: 1, Yield: 10_000})
	for b.Loop() {
		for _, colour := range []string{"black", "cyan", "magenta", "yellow"} {
			in.Colour = colour
			_ = forecast.Of(in)
		}
	}
}
