package workdays

import (
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"
)

const oslo = "Europe/Oslo"

func moment(t testing.TB, text string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", text, zone(oslo))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestNorwegianHolidays compares with the days that the calendar of the almanac lists, in several years.
func TestNorwegianHolidays(t *testing.T) {
	t.Parallel()
	off := map[int][]string{ // those that fall on Monday to Friday
		2024: {"01-01", "03-28", "03-29", "04-01", "05-01", "05-09", "05-17", "05-20", "12-25", "12-26"},
		2025: {"01-01", "04-17", "04-18", "04-21", "05-01", "05-29", "06-09", "12-25", "12-26"},
		2026: {"01-01", "04-02", "04-03", "04-06", "05-01", "05-14", "05-25", "12-25"},
		2027: {"01-01", "03-25", "03-26", "03-29", "05-06", "05-17"},
		2038: {"01-01", "04-22", "04-23", "04-26", "05-17", "06-03", "06-14"},
	}
	for year, want := range off {
		var got []string
		for day := time.Date(year, 1, 1, 12, 0, 0, 0, zone(oslo)); day.Year() == year; day = day.AddDate(0, 0, 1) {
			weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
			if weekend && IsWorkday("NO", oslo, day) {
				t.Errorf("%s is a working day", day.Format(time.DateOnly))
			}
			if !weekend && !IsWorkday("NO", oslo, day) {
				got = append(got, day.Format("01-02"))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d: off are %v, want %v", year, got, want)
		}
	}
}

func TestAddWorkdays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, from, want string }{
		{"over a weekend", "2026-11-20 14:30", "2026-11-24 14:30"},
		{"from a Saturday", "2026-11-21 09:00", "2026-11-24 09:00"},
		{"from a Sunday night", "2026-11-22 23:59", "2026-11-24 23:59"},
		{"over Easter", "2026-04-01 10:00", "2026-04-08 10:00"},
		{"over 1 May and the weekend", "2026-04-30 08:00", "2026-05-05 08:00"},
		{"over Ascension", "2026-05-13 12:00", "2026-05-18 12:00"},
		{"over 17 May on a Monday", "2027-05-14 12:00", "2027-05-19 12:00"},
		{"over Christmas and New Year", "2026-12-24 15:00", "2026-12-29 15:00"},
		{"over the change to summer time", "2026-03-27 16:00", "2026-03-31 16:00"},
		{"over the change to winter time", "2026-10-23 16:00", "2026-10-27 16:00"},
	} {
		if got := AddWorkdays("NO", oslo, moment(t, c.from), 2); !got.Equal(moment(t, c.want)) {
			t.Errorf("%s: %v, want %s", c.what, got.In(zone(oslo)), c.want)
		}
	}
	// The day is the site's, not the server's: Friday evening in New York is Saturday in Oslo.
	from := time.Date(2026, 11, 20, 23, 30, 0, 0, time.UTC)
	if got := AddWorkdays("NO", oslo, from, 1).In(zone(oslo)).Format("2006-01-02 15:04"); got != "2026-11-23 00:30" {
		t.Errorf("after midnight in Oslo: %s", got)
	}
	if got := AddWorkdays("NO", "Nowhere/Land", from, 1); got.Format(time.DateTime) != "2026-11-23 23:30:00" {
		t.Errorf("in an unknown zone: %s", got)
	}
}

// TestEveryCountry: each country served has Monday to Friday, and those with a calendar a New Year's Day.
func TestEveryCountry(t *testing.T) {
	t.Parallel()
	newYear := time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC) // a Friday
	for _, country := range []string{
		"AT", "BE", "DK", "FI", "FR", "DE", "HU", "IE", "IT", "LU", "NL", "NO", "PL", "PT", "ZA", "ES", "SE", "CH", "GB", "TR",
	} {
		_, known := calendars[country]
		if IsWorkday(country, "UTC", newYear) == known {
			t.Errorf("%s: 1 January is a working day: %v", country, !known)
		}
		if !IsWorkday(country, "UTC", time.Date(2027, 2, 10, 12, 0, 0, 0, time.UTC)) || IsWorkday(country, "UTC", time.Date(2027, 2, 13, 12, 0, 0, 0, time.UTC)) {
			t.Errorf("%s does not work from Monday to Friday", country)
		}
	}
	if len(calendars) != 15 {
		t.Errorf("%d calendars", len(calendars))
	}
}

func TestCountingIsTheInverse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		country := rapid.SampledFrom([]string{"NO", "SE", "DK", "GB", "FI", "ZA", "XX"}).Draw(t, "country")
		tz := rapid.SampledFrom([]string{oslo, "Europe/London", "Africa/Johannesburg", "America/St_Johns", "Pacific/Apia"}).Draw(t, "zone")
		from := time.Unix(rapid.Int64Range(1.7e9, 2.2e9).Draw(t, "from"), 0)
		n := rapid.IntRange(1, 30).Draw(t, "n")
		to := AddWorkdays(country, tz, from, n)
		if !to.After(from) || !IsWorkday(country, tz, to) {
			t.Fatalf("%d working days after %v is %v", n, from, to)
		}
		if got := Workdays(country, tz, from, to); got != n {
			t.Fatalf("from %v to %v: %d, want %d", from, to, got, n)
		}
		if got := Workdays(country, tz, to, from); IsWorkday(country, tz, from) && got != -n {
			t.Fatalf("backwards: %d, want %d", got, -n)
		}
	})
}
