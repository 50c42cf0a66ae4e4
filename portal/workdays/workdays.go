package workdays

import "time"

// AddWorkdays gives the same time of day n working days after from, by the calendar of the country (ISO 3166-1 alpha-2)
// and the clock in the time zone tz (an IANA name; one the server does not know counts as UTC). From a day off the count
// begins as from the end of it: two working days from a Saturday are over on Tuesday. n is 0 or more; 0 gives from.
func AddWorkdays(country, tz string, from time.Time, n int) time.Time {
	if n <= 0 {
		return from
	}
	c := calendarOf(country)
	local := from.In(zone(tz))
	// Noon is in every day of every zone, and never skipped or repeated.
	day := noon(local)
	for range n {
		day = day.AddDate(0, 0, 1)
		for !c.IsWorkday(day) {
			day = day.AddDate(0, 0, 1)
		}
	}
	year, month, date := day.Date()
	return time.Date(year, month, date, local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), local.Location()).UTC()
}

// Workdays counts the working days after the day of from up to and including the day of to; negative the other way
// round. It is the inverse of AddWorkdays: Workdays(from, AddWorkdays(from, n)) is n.
func Workdays(country, tz string, from, to time.Time) int {
	place := zone(tz)
	first, last, sign := noon(from.In(place)), noon(to.In(place)), 1
	if last.Before(first) {
		first, last, sign = last, first, -1
	}
	c, n := calendarOf(country), 0
	for day := first.AddDate(0, 0, 1); !day.After(last); day = day.AddDate(0, 0, 1) {
		if c.IsWorkday(day) {
			n++
		}
	}
	return sign * n
}

// IsWorkday reports whether at is on a working day of the country, by the clock in tz.
func IsWorkday(country, tz string, at time.Time) bool {
	return calendarOf(country).IsWorkday(noon(at.In(zone(tz))))
}

func noon(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 12, 0, 0, 0, t.Location())
}

func zone(tz string) *time.Location {
	place, err := time.LoadLocation(tz)
	if err != nil {
		return time.UTC
	}
	return place
}
