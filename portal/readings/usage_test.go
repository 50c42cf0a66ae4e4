package readings_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/portal/readings"
)

func TestUsage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.device(t, w.mono, w.anna, w.colleague), w.device(t, w.mono, w.anna)
	theirs := w.device(t, w.mono, w.stranger)
	w.exec(t, `UPDATE devices SET friendly_name = '=HYPERLINK("x")' WHERE id = ?`, a)
	// The turn of the month in Oslo, in summer time.
	turn := func(month time.Month) time.Time {
		return time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC).Add(-2 * time.Hour)
	}
	expect(t, w.submit(t, w.anna,
		black(a, turn(4), 1_000), black(a, turn(5), 1_600), black(a, turn(6), 2_500), black(a, now, 2_600),
		black(b, turn(5).Add(-days(15)), 10), black(b, turn(5).Add(days(15)), 70),
	), "kept", "kept", "kept", "kept", "kept", "kept")
	ask := func(scope readings.Scope) readings.Usage {
		t.Helper()
		u, err := w.Usage(t.Context(), w.anna, scope)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	u := ask(readings.Scope{First: readings.MonthOf(2026, 4), Months: 4})
	for i, want := range []readings.MonthUsage{
		{Of: readings.Counters{"black": 630}, Estimated: true, Whole: 1, Part: 1},
		{Of: readings.Counters{"black": 930}, Estimated: true, Whole: 1, Part: 1},
		{Of: readings.Counters{"black": 100}, Part: 1}, {},
	} {
		if got := u.Months[i]; got.Of["black"] != want.Of["black"] || got.Estimated != want.Estimated || got.Whole != want.Whole || got.Part != want.Part {
			t.Errorf("%s: %+v, want %+v", got.Month, got, want)
		}
	}
	if u.Devices != 2 || u.Unknown != 0 || !u.Until.Equal(now) || len(u.Counters) != 1 {
		t.Errorf("%+v", u)
	}
	if u := ask(readings.Scope{DeviceID: b}); len(u.Months) != 12 || u.Months[11].Month.String() != "2026-06" || u.Months[10].Of["black"] != 30 {
		t.Errorf("%+v", u)
	}
	if u := ask(readings.Scope{SiteID: w.site, First: readings.MonthOf(2020, 1), Months: 36}); u.Months[35].Of["black"] != 0 || u.Devices != 2 {
		t.Errorf("%+v", u)
	}
	for _, try := range []struct {
		scope  readings.Scope
		reason string
	}{
		{readings.Scope{DeviceID: theirs}, "device_not_found"}, {readings.Scope{DeviceID: uuid.New()}, "device_not_found"},
		{readings.Scope{SiteID: w.otherSite}, "site_not_found"}, {readings.Scope{Months: 37}, "months_out_of_range"},
		{readings.Scope{DeviceID: a, SiteID: w.otherSite}, "device_not_found"},
	} {
		if _, err := w.Usage(t.Context(), w.anna, try.scope); fault.ReasonOf(err) != try.reason {
			t.Errorf("%+v: %v", try.scope, err)
		}
	}
	if _, err := w.Usage(t.Context(), w.staff, readings.Scope{}); fault.ReasonOf(err) != "customers_only" {
		t.Errorf("staff: %v", err)
	}
	// Whoever follows one sees one.
	if u, err := w.Usage(t.Context(), w.colleague, readings.Scope{}); err != nil || u.Devices != 1 {
		t.Errorf("a colleague: %+v %v", u, err)
	}

	name, file, err := w.UsageFile(t.Context(), w.anna, readings.Scope{First: readings.MonthOf(2026, 4), Months: 3})
	lines := strings.Split(string(file), "\r\n")
	if err != nil || name != "forbruk-2026-04-2026-06.csv" || len(lines) != 7 || !strings.HasPrefix(lines[0], "\ufeffSerienummer;Navn;") ||
		!strings.Contains(string(file), `;"'=HYPERLINK(""x"")";Polar M100;Hovedkontoret;2026-05;900;;;;;nei;ja;2026-06-15`) {
		t.Errorf("%s %v\n%s", name, err, file)
	}
}

// TestUsageForgetsWhatWasCorrected: a superseded reading tells nothing.
func TestUsageForgetsWhatWasCorrected(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device(t, w.mono, w.anna)
	results, err := w.Submit(t.Context(), w.anna, uuid.New(), []readings.Entry{black(d, now.Add(-days(60)), 100), black(d, now, 90_000)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Correct(t.Context(), w.anna, uuid.New(), readings.Correction{
		ReadingID: results[1].Reading.ID, Counters: readings.Counters{"black": 900}, Reason: "Feil",
	}); err != nil {
		t.Fatal(err)
	}
	u, err := w.Usage(t.Context(), w.anna, readings.Scope{DeviceID: d})
	var sum int64
	for _, m := range u.Months {
		sum += m.Of["black"]
	}
	if err != nil || sum != 800 {
		t.Errorf("%d pages, %v", sum, err)
	}
}
