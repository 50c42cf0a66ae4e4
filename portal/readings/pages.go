package readings

import (
	"math/bits"
	"time"
)

// Pages is what was printed in one month.
type Pages struct {
	Month Month
	// Of are the pages by counter; a counter of which nothing is known for the month is absent.
	Of Counters
	// Estimated: part of it is reckoned evenly between two readings, because none was taken at the turn of the month.
	Estimated bool
	// Whole: every counter is known from the month's first moment to its last. Known: some of it is.
	Whole, Known bool
}

// taken is a reading's time and values.
type taken struct {
	at       time.Time
	counters Counters
}

// monthly shares what was printed between neighbouring readings (the oldest first) among n months from first on, by the clock
// in place, in proportion to time. Nothing is guessed before the first reading or beyond the last. Where a counter went
// down it was replaced: what was printed between those two readings is not known.
//
// A counter's pages of all months add up to the difference of its last and first reading, wherever it did not go down and the
// months reach from the one to the other.
func monthly(history []taken, counters []string, place *time.Location, first Month, n int) []Pages {
	months := make([]Pages, n)
	for i := range months {
		months[i] = Pages{Month: first.Add(i), Of: Counters{}, Whole: len(counters) > 0}
		start, end := months[i].Month.Start(place), months[i].Month.Add(1).Start(place)
		for _, counter := range counters {
			var covered time.Duration
			var last *taken
			for j := range history {
				next := &history[j]
				if _, has := next.counters[counter]; !has {
					continue
				}
				if last != nil && next.at.After(start) && last.at.Before(end) && next.counters[counter] >= last.counters[counter] {
					from, to := later(start, last.at), earlier(end, next.at)
					months[i].Of[counter] += between(*last, *next, counter, to) - between(*last, *next, counter, from)
					months[i].Known = true
					covered += to.Sub(from)
					if from.After(last.at) || to.Before(next.at) {
						months[i].Estimated = true
					}
				}
				last = next
			}
			if covered < end.Sub(start) {
				months[i].Whole = false
			}
		}
	}
	return months
}

// between is what the counter showed at a time between two readings, if it moved evenly; whole pages, rounded down.
func between(a, b taken, counter string, at time.Time) int64 {
	moved := b.counters[counter] - a.counters[counter]
	high, low := bits.Mul64(uint64(moved), uint64(at.Sub(a.at).Microseconds()))
	// at lies between the two, so the quotient is at most moved.
	quotient, _ := bits.Div64(high, low, uint64(b.at.Sub(a.at).Microseconds()))
	return a.counters[counter] + int64(quotient)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
