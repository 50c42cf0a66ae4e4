package forecast

import (
	"math"
	"slices"
	"strings"
	"time"
)

// Reading is the counters of a device at one time, in pages by counter: black, colour, black_a3, colour_a3.
type Reading struct {
	At       time.Time
	Counters map[string]int64
}

// weights are how many pages of A4 one page of a counter is worth to a colour's toner.
func weights(colour string) map[string]float64 {
	if colour == "black" {
		return map[string]float64{"black": 1, "black_a3": 2, "colour": 1, "colour_a3": 2}
	}
	return map[string]float64{"colour": 1, "colour_a3": 2}
}

// point is how many pages of A4 a toner had printed since the device was new, at one time.
type point struct {
	at    time.Time
	pages float64
}

// meter is the pages of one colour over time, oldest first.
type meter struct {
	points []point
	// counted names the counters that were there, as weights has them.
	counted []string
	// resetAt is when the counter fell, and counting began anew; zero when it never did.
	resetAt time.Time
	// perDay is how many pages a day it goes on with before the first and after the last point.
	perDay float64
}

// metered makes a meter of the readings that have a counter of the colour.
func metered(colour string, readings []Reading) meter {
	var m meter
	w := weights(colour)
	sorted := slices.SortedFunc(slices.Values(readings), func(a, b Reading) int { return a.At.Compare(b.At) })
	for _, r := range sorted {
		pages, found := 0.0, false
		for counter, worth := range w {
			if n, ok := r.Counters[counter]; ok && n >= 0 {
				pages, found = pages+worth*float64(n), true
				if !slices.Contains(m.counted, counter) {
					m.counted = append(m.counted, counter)
				}
			}
		}
		last := len(m.points) - 1
		switch {
		case !found:
			continue
		case last >= 0 && !r.At.After(m.points[last].at): // two at one moment: the higher one
			m.points[last].pages = math.Max(m.points[last].pages, pages)
			continue
		case last >= 0 && pages < m.points[last].pages:
			m.points, m.resetAt = nil, r.At
		}
		m.points = append(m.points, point{r.At, pages})
	}
	slices.SortFunc(m.counted, func(a, b string) int { return strings.Compare(a, b) })
	return m
}

// since keeps what is not before a time, and the last one before it.
func (m meter) since(at time.Time) []point {
	i := 0
	for i+1 < len(m.points) && m.points[i].at.Before(at) {
		i++
	}
	return m.points[i:]
}

func (m meter) last() point { return m.points[len(m.points)-1] }

// at gives the pages at a time: between two readings on the line between them, outside at the usual speed. It never falls
// below nothing.
func (m meter) at(t time.Time) float64 {
	first, last := m.points[0], m.last()
	switch {
	case t.Before(first.at):
		return math.Max(0, first.pages-m.perDay*days(first.at.Sub(t)))
	case !t.Before(last.at):
		return last.pages + m.perDay*days(t.Sub(last.at))
	}
	i, _ := slices.BinarySearchFunc(m.points, t, func(p point, t time.Time) int { return p.at.Compare(t) })
	if m.points[i].at.Equal(t) {
		return m.points[i].pages
	}
	a, b := m.points[i-1], m.points[i]
	return a.pages + (b.pages-a.pages)*days(t.Sub(a.at))/days(b.at.Sub(a.at))
}

// knows tells whether a time lies between the first and the last reading.
func (m meter) knows(t time.Time) bool { return !t.Before(m.points[0].at) && !t.After(m.last().at) }

func days(d time.Duration) float64 { return d.Hours() / 24 }
