package readings

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"utsendt/internal/fault"
)

// What is plausible.
const (
	// clockSkew is how far ahead of ours a person's clock may be.
	clockSkew = 5 * time.Minute
	// usualTimes is how many times the usual daily rate raises doubt, and usualFrom the pages below which it never does.
	usualTimes = 5
	usualFrom  = 1000
	// usualBack is how far back the usual rate is looked for, and usualSpan the least it must be known for.
	usualBack = 400 * 24 * time.Hour
	usualSpan = 14 * 24 * time.Hour
)

// earliest is the least time a reading may have.
var earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// point is a valid reading of a device, as far as judging others needs it.
type point struct {
	at       time.Time
	counters Counters
	// reading is the one in the books; nil for one that is only tried.
	reading *Reading
}

// machine is what a device can do.
type machine struct {
	counters       []string
	pagesPerMinute int
}

// verdict is what judge finds.
type verdict struct {
	// same is the reading in the books with the same time and values; nil without one.
	same *point
	// refusals can never be right, doubts can be confirmed with a reason.
	refusals, doubts []*fault.Error
}

// judge compares values at a time with what is known of the device. history holds its valid readings, the oldest first.
func judge(m machine, history []point, at, now time.Time, values Counters) verdict {
	var v verdict
	v.refusals = m.shape(values)
	switch {
	case at.After(now.Add(clockSkew)):
		v.refusals = append(v.refusals, fault.NewInvalid("taken_at", "reading_in_future", "The reading is dated in the future."))
	case at.Before(earliest):
		v.refusals = append(v.refusals, fault.NewInvalid("taken_at", "reading_too_old", "The reading is dated before the year 2000."))
	}
	if len(v.refusals) > 0 {
		return v
	}
	next, here := slices.BinarySearchFunc(history, at, func(p point, t time.Time) int { return p.at.Compare(t) })
	if here {
		p := &history[next]
		if equal(p.counters, values) {
			v.same = p
			return v
		}
		exists := fault.NewExists("reading_exists",
			"There is another reading of this device at the very same time. Correct that one if it is wrong.", fault.Field("taken_at"))
		if p.reading != nil {
			exists = exists.With(fault.Param("reading_id", p.reading.ID.String()))
		}
		v.refusals = append(v.refusals, exists)
		return v
	}
	if next > 0 {
		v.compareBefore(m, history[:next], at, values)
	}
	if next < len(history) {
		v.compareAfter(m, history[next:], at, values)
	}
	return v
}

// shape sees to it that every counter of the model is there, none other, and each within what a counter can show.
func (m machine) shape(values Counters) (wrong []*fault.Error) {
	for _, counter := range m.counters {
		if _, ok := values[counter]; !ok {
			wrong = append(wrong, fault.NewInvalid("counters", "counter_missing",
				"The value of the counter "+counter+" is missing.").With(fault.Param("counter", counter)))
		}
	}
	for _, counter := range values.Names() {
		if !slices.Contains(m.counters, counter) {
			wrong = append(wrong, fault.NewInvalid("counters", "counter_unknown",
				"This model has no counter "+counter+".").With(fault.Param("counter", counter)))
		} else if value := values[counter]; value < 0 || value > MaxValue {
			wrong = append(wrong, fault.NewInvalid("counters", "counter_out_of_range",
				"The counter "+counter+" cannot show this value.").
				With(fault.Param("counter", counter), fault.Param("value", strconv.FormatInt(value, 10))))
		}
	}
	return wrong
}

// doubt adds a doubt about a counter.
func (v *verdict) doubt(counter string, doubt *fault.Error) {
	v.doubts = append(v.doubts, doubt.With(fault.Param("counter", counter)))
}

// compareBefore looks at the last reading before, and at the usual rate until then.
func (v *verdict) compareBefore(m machine, earlier []point, at time.Time, values Counters) {
	last := earlier[len(earlier)-1]
	for _, counter := range m.counters {
		// A technician may have read some counters only.
		for i := len(earlier) - 1; i >= 0; i-- {
			before, known := earlier[i].counters[counter]
			if !known {
				continue
			}
			if values[counter] < before {
				v.doubt(counter, fault.NewInvalid("counters", "counter_lower", fmt.Sprintf("The counter %s is lower than at the reading before (%d).", counter, before),
					fault.Param("value", number(values[counter])), fault.Param("before", number(before)), fault.Param("at", earlier[i].at.Format(time.RFC3339))))
			}
			break
		}
	}
	v.speed(m, last, point{at: at, counters: values})
	for _, counter := range m.counters {
		before, known := last.counters[counter]
		pages := values[counter] - before
		rate, usual := usualRate(earlier, counter)
		if !known || !usual || pages <= usualFrom {
			continue
		}
		// Less than a day counts as a day: ten pages in the minute after a reading are nothing unusual.
		days := max(at.Sub(last.at), 24*time.Hour).Hours() / 24
		if float64(pages) > usualTimes*rate*days {
			v.doubt(counter, fault.NewInvalid("counters", "counter_unusual", fmt.Sprintf("The counter %s has moved %d pages since the reading before, more than %d times what is usual.",
				counter, pages, usualTimes),
				fault.Param("pages", number(pages)), fault.Param("usual", number(int64(rate*days)))))
		}
	}
}

// compareAfter looks at the next readings after.
func (v *verdict) compareAfter(m machine, following []point, at time.Time, values Counters) {
	for _, counter := range m.counters {
		for _, next := range following {
			after, known := next.counters[counter]
			if !known {
				continue
			}
			if values[counter] > after {
				v.doubt(counter, fault.NewInvalid("counters", "counter_higher", fmt.Sprintf("The counter %s is higher than at the reading after (%d).", counter, after),
					fault.Param("value", number(values[counter])), fault.Param("after", number(after)), fault.Param("at", next.at.Format(time.RFC3339))))
			}
			break
		}
	}
	v.speed(m, point{at: at, counters: values}, following[0])
}

// speed doubts more pages between two readings than come out of the device in the time, rounded up to whole minutes. Pages of
// all sorts come out one after the other, so they count together; scanning goes on beside.
func (v *verdict) speed(m machine, from, to point) {
	most := (int64(to.at.Sub(from.at)/time.Minute) + 1) * int64(m.pagesPerMinute)
	var pages, scans, largest int64
	var loudest string
	for _, counter := range m.counters {
		before, known := from.counters[counter]
		after, knownAfter := to.counters[counter]
		moved := after - before
		if !known || !knownAfter || moved <= 0 {
			continue
		}
		if !printed(counter) {
			scans += moved
			continue
		}
		pages += moved
		if moved > largest {
			largest, loudest = moved, counter
		}
	}
	for _, too := range []struct {
		pages   int64
		counter string
	}{{pages, loudest}, {scans, Scan}} {
		if too.pages > most {
			v.doubt(too.counter, fault.NewInvalid("counters", "counter_too_fast", fmt.Sprintf("%d pages are more than the device can make in the time (%d).", too.pages, most),
				fault.Param("pages", number(too.pages)), fault.Param("most", number(most))))
		}
	}
}

// usualRate is how many pages a day a counter usually moves, up to the last of the readings; false where that is not known
// for long enough. Where the counter went down, it was replaced, and what came before does not count.
func usualRate(earlier []point, counter string) (rate float64, known bool) {
	last := earlier[len(earlier)-1]
	upper, ok := last.counters[counter]
	if !ok {
		return 0, false
	}
	first, lower := last, upper
	for i := len(earlier) - 2; i >= 0 && last.at.Sub(earlier[i].at) <= usualBack; i-- {
		value, ok := earlier[i].counters[counter]
		if !ok || value > lower {
			break
		}
		first, lower = earlier[i], value
	}
	span := last.at.Sub(first.at)
	if span < usualSpan {
		return 0, false
	}
	return float64(upper-lower) / (span.Hours() / 24), true
}

func equal(a, b Counters) bool {
	if len(a) != len(b) {
		return false
	}
	for name, value := range a {
		if other, ok := b[name]; !ok || other != value {
			return false
		}
	}
	return true
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
