package readings

import (
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// Fresh is how long before the end of a period a reading counts as its last one.
const Fresh = 7 * 24 * time.Hour

// periods are the lengths of time between two readings that a contract may ask for, in months.
var periods = []int{1, 2, 3, 4, 6, 12}

// Turn is when one period ended and the next began, for contracts with periods of some length, by the clock on the wall in a
// time zone.
type Turn struct {
	TimeZone string
	// Months is how long the periods are; they are counted from January.
	Months int
	// At is the first moment of the new period.
	At time.Time
	// Period is the last month of the one that ended: what a missing reading is called by.
	Period Month
	// LastDay is the last day of the one that ended, at midnight UTC: a contract in force then asks for a reading.
	LastDay time.Time
}

// Since is from when on a reading counts for the period that ended.
func (t Turn) Since() time.Time { return t.At.Add(-Fresh) }

// Turns gives the last turns up to now for periods of each length in each of the time zones. One the server does not know
// counts as UTC.
func Turns(now time.Time, zones ...string) []Turn {
	var all []Turn
	for _, zone := range zones {
		place, err := time.LoadLocation(zone)
		if err != nil {
			place = time.UTC
		}
		current := MonthAt(now, place)
		for _, months := range periods {
			first := current.Add(-((int(current.Month) - 1) % months))
			all = append(all, Turn{
				TimeZone: zone, Months: months, At: first.Start(place), Period: first.Add(-1),
				LastDay: first.Start(time.UTC).AddDate(0, 0, -1),
			})
		}
	}
	return all
}

// JoinDue joins the turn whose reading is missing as "due", with the column period, to a query with the tables device, site
// and contract: where the contract was in force on the period's last day and no valid reading was taken since Turn.Since.
// Rows for which nothing is missing have it NULL.
func JoinDue(turns []Turn) func(*bun.SelectQuery) *bun.SelectQuery {
	var zones, names, days, since []string
	var months []int
	for _, t := range turns {
		zones, months, names = append(zones, t.TimeZone), append(months, t.Months), append(names, t.Period.String())
		days, since = append(days, t.LastDay.Format(time.DateOnly)), append(since, t.Since().UTC().Format(time.RFC3339))
	}
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Join(`LEFT JOIN unnest(?::text[], ?::int[], ?::text[], ?::date[], ?::timestamptz[])
				AS due (time_zone, months, period, last_day, since)
			ON due.time_zone = site.time_zone AND due.months = contract.reading_months
				AND contract.starts_on <= due.last_day AND (contract.ends_on IS NULL OR contract.ends_on >= due.last_day)
				AND NOT EXISTS (SELECT FROM meter_readings AS newer WHERE newer.device_id = device.id
					AND newer.superseded_by IS NULL AND newer.taken_at >= due.since)`,
			pgdialect.Array(zones), pgdialect.Array(months), pgdialect.Array(names), pgdialect.Array(days), pgdialect.Array(since))
	}
}
