package readings

import (
	"fmt"
	"time"

	"utsendt/internal/fault"
)

// Month is a month of a calendar.
type Month struct {
	Year  int
	Month time.Month
}

// MonthOf makes a Month; a month beyond December is one of a later year, one before January of an earlier.
func MonthOf(year int, month time.Month) Month {
	t := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	return Month{t.Year(), t.Month()}
}

// MonthAt is the month at a time in a place.
func MonthAt(at time.Time, place *time.Location) Month {
	at = at.In(place)
	return Month{at.Year(), at.Month()}
}

// ParseMonth reads what String gives, between 2000 and 2099. Invalid "month_malformed".
func ParseMonth(text string) (Month, error) {
	t, err := time.Parse("2006-01", text)
	if err != nil || t.Year() < 2000 || t.Year() > 2099 {
		return Month{}, fault.NewInvalid("first_month", "month_malformed", "A month is written as 2026-01.")
	}
	return Month{t.Year(), t.Month()}, nil
}

// String is the month as 2026-01.
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.Year, m.Month) }

// Add gives the month n months later.
func (m Month) Add(n int) Month { return MonthOf(m.Year, m.Month+time.Month(n)) }

// Start is when the month begins in a place.
func (m Month) Start(place *time.Location) time.Time {
	return time.Date(m.Year, m.Month, 1, 0, 0, 0, 0, place)
}
