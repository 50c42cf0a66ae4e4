package forecast

import (
	"math"
	"time"
)

const (
	// month is the mean length of one, in days.
	month = 365.25 / 12
	// window is how far back usage is looked at.
	window = 366 * 24 * time.Hour
	// minSpan is how far apart first and last reading must be for a usage to be told.
	minSpan = 14 * 24 * time.Hour
	// oldest is how old the last reading may be.
	oldest = 366 * 24 * time.Hour
	// minInterval joins readings that are closer: two on one day tell nothing of a month.
	minInterval = 7 * 24 * time.Hour
	// assumedSpread is the spread where there are too few intervals to measure it, minSpread the least it is taken for,
	// both as a share of the mean.
	assumedSpread = 0.3
	minSpread     = 0.1
	// quietest is the least share of the mean that a quiet month has.
	quietest = 0.25
)

// usage is how many pages a day a toner prints.
type usage struct {
	perDay float64
	// spread is the standard deviation of the speed between readings, as a share of perDay.
	spread   float64
	measured bool
	// readings and span are what it rests on.
	readings int
	span     time.Duration
}

// low and high are the speeds of a quiet and of a busy month.
func (u usage) low() float64  { return u.perDay * math.Max(1-u.spread, quietest) }
func (u usage) high() float64 { return u.perDay * (1 + u.spread) }

// measure gives the usage over points, at least two and minSpan apart.
func measure(points []point) usage {
	first, last := points[0], points[len(points)-1]
	u := usage{readings: len(points), span: last.at.Sub(first.at), spread: assumedSpread}
	u.perDay = (last.pages - first.pages) / days(u.span)
	if u.perDay <= 0 {
		return u
	}
	var intervals int
	var variance float64
	for from, i := first, 1; i < len(points); i++ {
		length := points[i].at.Sub(from.at)
		if length < minInterval && i < len(points)-1 {
			continue
		}
		speed := (points[i].pages - from.pages) / days(length)
		variance += (speed - u.perDay) * (speed - u.perDay) * days(length) / days(u.span)
		intervals++
		from = points[i]
	}
	if intervals >= 3 {
		u.measured, u.spread = true, math.Max(math.Sqrt(variance)/u.perDay, minSpread)
	}
	return u
}
