package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// readingMonths is for how many months back there are readings.
const readingMonths = 24

// season is how busy offices are in each month, in percent of the usual.
var season = [...]int{100, 105, 110, 85, 95, 100, 35, 90, 115, 110, 110, 75}

// readingRows give every device a reading a month for two years: mostly on a day near the end of the month, some months
// forgotten, and for one in eight the last one still due.
func readingRows(models, devices rows, at time.Time) rows {
	counters := make(map[string][]string)
	for _, m := range models {
		counters[m[0]] = strings.Split(m[3], "|")
	}
	draw := rand.New(rand.NewPCG(47, 3))
	zone := location()
	var all rows
	for _, d := range devices {
		serial, model, customer := d[0], d[1], customerOf(d[2])
		f := familyOf(model)
		pages := float64(f.monthly) * (0.4 + 1.2*draw.Float64())
		total := pages * (3 + 30*draw.Float64())
		scans := total * (0.2 + 0.6*draw.Float64())
		lastDue := draw.IntN(8) > 0
		before := at.In(zone).AddDate(0, -readingMonths-1, 0)
		for back := readingMonths; back >= 1; back-- {
			now := at.In(zone)
			// The last day of that month, and some days beside it; the clock is that of an office.
			taken := time.Date(now.Year(), now.Month()-time.Month(back)+1, -draw.IntN(5)+draw.IntN(3), 8+draw.IntN(7), draw.IntN(60), draw.IntN(60), 0, zone)
			forgotten := draw.IntN(16) == 0
			days := taken.Sub(before).Hours() / 24
			grown := pages / 30.4 * days * float64(season[taken.Month()-1]) / 100 * (0.85 + 0.3*draw.Float64())
			total, scans, before = total+grown, scans+grown*0.4, taken
			if forgotten || back == 1 && !lastDue || !taken.Before(at.Add(-time.Hour)) {
				continue
			}
			row := []string{serial, moment(taken)}
			row = append(row, f.cells(counters[model], total, scans)...)
			all = append(all, append(row, "customer", customer, moment(taken.Add(time.Duration(60+draw.IntN(600))*time.Second)), ""))
		}
	}
	return all
}

// cells are what the counters of a model show: black, colour, black_a3, colour_a3, scan, empty for those it has not. Pages
// on A3 are in their own counters alone.
func (f family) cells(has []string, total, scans float64) []string {
	colour := total * float64(f.colour) / 100
	black := total - colour
	large := float64(f.a3) / 100
	values := map[string]float64{
		"black": black * (1 - large), "colour": colour * (1 - large), "black_a3": black * large, "colour_a3": colour * large, "scan": scans,
	}
	cells := []string{"", "", "", "", ""}
	for i, name := range []string{"black", "colour", "black_a3", "colour_a3", "scan"} {
		for _, h := range has {
			if h == name {
				cells[i] = fmt.Sprint(int64(values[name]))
			}
		}
	}
	return cells
}

// location is where the demo is. The time zones are part of the program.
func location() *time.Location {
	zone, err := time.LoadLocation(timeZone)
	if err != nil {
		panic("demo: " + err.Error())
	}
	return zone
}
