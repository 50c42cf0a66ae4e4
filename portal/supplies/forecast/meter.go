package forecast

import (
	"math"
	"slices"
	"time"
)

// Reading is the counters of a device at one time, in pages by counter: black, colour, black_a3, colour_a3.
type Reading struct {
	At       time.Time
	Counters map[string]int64
}

// worth is how many pages of A4 one page of a counter is worth to a toner.
type worth struct {
	counter string
	worth   float64
}

var (
	colourWeights = []worth{{"colour", 1}, {"colour_a3", 2}}
	blackWeights  = append([]worth{{"black", 1}, {"black_a3", 2}}, colourWeights...)
)

func weights(colour string) []worth {
	if colour == "black" {
		return blackWeights
	}
	return colourWeights
}

// point is how many pages of A4 a toner had printed since the device was new, at one time.
type point struct {
	at    time.Time
	pages float64
}

// Series is the readings of one colour of a device, made ready once for forecasts at many times: see [Series.Of].
type Series struct {
	colour string
	// all the points, oldest first, and where in them the count that each belongs to began.
	all    []point
	begins []int
	// first is when the first reading was taken, of whatever counters; zero without any.
	first time.Time
	// counted has when each counter was seen first.
	counted map[string]time.Time
}

// NewSeries takes the valid readings, in any order.
func NewSeries(colour string, readings []Reading) *Series {
	s := &Series{colour: colour, all: make([]point, 0, len(readings)), begins: make([]int, 0, len(readings)), counted: map[string]time.Time{}}
	byTime := func(a, b Reading) int { return a.At.Compare(b.At) }
	if !slices.IsSortedFunc(readings, byTime) {
		readings = slices.SortedFunc(slices.Values(readings), byTime)
	}
	w, begin := weights(colour), 0
	for i, r := range readings {
		if i == 0 {
			s.first = r.At
		}
		pages, found := 0.0, false
		for _, c := range w {
			if n, ok := r.Counters[c.counter]; ok && n >= 0 {
				pages, found = pages+c.worth*float64(n), true
				if _, seen := s.counted[c.counter]; !seen {
					s.counted[c.counter] = r.At
				}
			}
		}
		last := len(s.all) - 1
		switch {
		case !found:
			continue
		case last >= 0 && !r.At.After(s.all[last].at): // two at one moment: the higher one
			s.all[last].pages = math.Max(s.all[last].pages, pages)
			continue
		case last >= 0 && pages < s.all[last].pages:
			begin = len(s.all)
		}
		s.all, s.begins = append(s.all, point{r.At, pages}), append(s.begins, begin)
	}
	return s
}

// until gives the meter as it was at a time.
func (s *Series) until(now time.Time) (m meter) {
	for counter, at := range s.counted {
		if !at.After(now) {
			m.counted = append(m.counted, counter)
		}
	}
	slices.Sort(m.counted)
	n, _ := slices.BinarySearchFunc(s.all, now, func(p point, t time.Time) int {
		if p.at.After(t) {
			return 1
		}
		return -1
	})
	if n == 0 {
		return m
	}
	begin := s.begins[n-1]
	m.points = s.all[begin:n:n]
	if begin > 0 {
		m.resetAt = s.all[begin].at
	}
	return m
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

// since keeps what is not before a time, and the last one before it.
func (m meter) since(at time.Time) []point {
	i, _ := slices.BinarySearchFunc(m.points, at, func(p point, t time.Time) int { return p.at.Compare(t) })
	return m.points[min(i, len(m.points)-1):]
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
