package reminder

import (
	"time"

	"utsendt/portal/readings"
	"utsendt/portal/workdays"
)

// kind is which of the two reminders.
type kind string

const (
	due     kind = "due"
	overdue kind = "overdue"
)

const (
	// hour of the day at which reminders are made.
	hour = 8
	// patience is how many working days after the first reminder the second is made, and for as many more it is made up for.
	patience = 5
)

// place is where devices stand: one calendar and one clock.
type place struct {
	Country  string `bun:"country"`
	TimeZone string `bun:"time_zone"`
}

// now tells which reminder is made at a time, of the periods that turned in this month: the first from the first working day
// on, the second some working days later; "" when none is.
func (p place) now(at time.Time) (kind, []readings.Turn) {
	zone, err := time.LoadLocation(p.TimeZone)
	if err != nil {
		zone = time.UTC // as in readings.Turns
	}
	month := readings.MonthAt(at, zone)
	first := time.Date(month.Year, month.Month, 1, hour, 0, 0, 0, zone)
	if !workdays.IsWorkday(p.Country, p.TimeZone, first) {
		first = workdays.AddWorkdays(p.Country, p.TimeZone, first, 1)
	}
	second := workdays.AddWorkdays(p.Country, p.TimeZone, first, patience)
	var which kind
	switch {
	case at.Before(first):
		return "", nil
	case at.Before(second):
		which = due
	case at.Before(workdays.AddWorkdays(p.Country, p.TimeZone, second, patience)):
		which = overdue
	default:
		return "", nil
	}
	var turned []readings.Turn
	for _, t := range readings.Turns(at, p.TimeZone) {
		if t.At.Equal(month.Start(zone)) {
			turned = append(turned, t)
		}
	}
	return which, turned
}
