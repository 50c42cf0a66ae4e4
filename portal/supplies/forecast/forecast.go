package forecast

import (
	"math"
	"slices"
	"time"
)

// Input is what is known of one colour of one device.
type Input struct {
	Now time.Time
	// Arrival is when what is ordered now is there.
	Arrival time.Time
	// Colour is "black", "cyan", "magenta" or "yellow".
	Colour string
	// Readings are the valid ones, in any order. Those after Now are left out.
	Readings []Reading
	// Deliveries of toners of the colour for the device, in any order.
	Deliveries []Delivery
}

// Delivery is cartridges that arrived together.
type Delivery struct {
	At       time.Time
	Quantity int
	// Yield is how many pages of A4 one lasts; 0 when that is not known.
	Yield int
}

func (d Delivery) pages() float64 { return float64(d.Quantity) * float64(d.Yield) }

// Status says what is known.
type Status string

// The statuses.
const (
	// Unknown: there is too little to go by; Forecast.Reason says why.
	Unknown Status = "unknown"
	// Expected: it runs out at RunsOut, which lies ahead.
	Expected Status = "expected"
	// Overdue: by the figures it ran out at RunsOut, which lies behind.
	Overdue Status = "overdue"
	// Distant: not within Horizon.
	Distant Status = "distant"
)

// Why it is unknown.
const (
	NeverDelivered   = "never_delivered"
	YieldUnknown     = "yield_unknown"
	ReadingsTooFew   = "readings_too_few"
	ReadingsTooClose = "readings_too_close"
	ReadingsTooOld   = "readings_too_old"
	CounterMissing   = "counter_missing"
	NotUsed          = "not_used"
	// SuppliedElsewhere: it printed more than what was delivered gives, by a cartridge or more.
	SuppliedElsewhere = "supplied_elsewhere"
)

// Confidence is how much the forecast is to be relied on, in a word.
type Confidence string

// The levels of confidence.
const (
	Low    Confidence = "low"
	Medium Confidence = "medium"
	High   Confidence = "high"
)

// Horizon is how far ahead dates are told.
const Horizon = 5 * 366 * 24 * time.Hour

// Forecast is when the toner runs out, and why.
type Forecast struct {
	Status Status
	// Reason is why it is unknown; empty otherwise.
	Reason string
	// RunsOut is zero unless Expected or Overdue, and so is Earliest.
	RunsOut, Earliest time.Time
	// Latest is zero also when it lies beyond the horizon.
	Latest time.Time
	// PagesLeft by now, in A4; nil when unknown.
	PagesLeft *int64
	// Confidence is empty when unknown.
	Confidence Confidence
	Steps      []Step
	// OrderNow: it may run out before what is ordered now is there.
	OrderNow bool
}

// leftShare is how much of a cartridge is taken to be left when the next arrives, leftMost the most of it.
const leftShare, leftMost = 0.1, 0.2

// Of forecasts.
func Of(in Input) Forecast { return NewSeries(in.Colour, in.Readings).Of(in) }

// Of forecasts as Of does; the readings and the colour are those of the series.
func (s *Series) Of(in Input) Forecast {
	f := Forecast{Status: Unknown}
	in.Colour = s.colour
	m := s.until(in.Now)
	u, reason := usageOf(m, in.Now, !s.first.IsZero() && !s.first.After(in.Now))
	if len(m.points) > 0 {
		f.sayMeter(in.Colour, m)
	}
	if reason != "" {
		f.Reason = reason
		return f
	}
	f.sayUsage(u)
	m.perDay = u.perDay

	deliveries := slices.SortedFunc(slices.Values(in.Deliveries), func(a, b Delivery) int { return a.At.Compare(b.At) })
	deliveries = slices.DeleteFunc(deliveries, func(d Delivery) bool { return d.At.After(in.Now) || d.Quantity <= 0 })
	if len(deliveries) == 0 {
		f.Reason = NeverDelivered
		return f
	}
	last := deliveries[len(deliveries)-1]
	if last.Yield <= 0 {
		f.Reason = YieldUnknown
		return f
	}
	f.say(StepDelivered, "quantity", number(last.Quantity), "yield", number(last.Yield), "at", instant(last.At))

	left, leftHigh, computed := leftAt(m, deliveries)
	basis := "assumed"
	if computed {
		basis = "computed"
	}
	f.say(StepLeftAtDelivery, "pages", whole(left), "basis", basis)

	// From the last reading on, or from the delivery when there is no reading since, everything goes at one speed.
	base := m.last().at
	if last.At.After(base) {
		base = last.At
	}
	used := m.at(base) - m.at(last.At)
	basis = "readings"
	if !m.knows(last.At) {
		basis = "extrapolated"
	}
	f.say(StepUsedSince, "pages", whole(used), "since", instant(last.At), "basis", basis)
	if used >= last.pages()+leftHigh+float64(last.Yield) {
		f.Reason = SuppliedElsewhere
		return f
	}
	age := in.Now.Sub(m.last().at)
	f.say(StepReadingAge, "days", whole(math.Floor(days(age))))

	rest := func(left float64) float64 { return math.Max(0, last.pages()+left-used) }
	pages := int64(math.Round(math.Max(0, rest(left)-u.perDay*days(in.Now.Sub(base)))))
	f.PagesLeft = &pages
	f.Confidence = confidence(u, age, computed, m.knows(last.At) || last.At.After(m.last().at))
	f.date(in, base, rest(left)/u.perDay, rest(0)/u.high(), rest(leftHigh)/u.low())
	return f
}

// usageOf gives the usage of the past year, or why there is none.
func usageOf(m meter, now time.Time, read bool) (usage, string) {
	switch {
	case len(m.points) == 0 && read:
		return usage{}, CounterMissing
	case len(m.points) < 2:
		return usage{}, ReadingsTooFew
	case now.Sub(m.last().at) > oldest:
		return usage{}, ReadingsTooOld
	}
	points := m.since(m.last().at.Add(-window))
	if m.last().at.Sub(points[0].at) < minSpan {
		return usage{}, ReadingsTooClose
	}
	u := measure(points)
	if u.perDay <= 0 {
		return usage{}, NotUsed
	}
	return u, ""
}

// leftAt gives what was left at the last delivery, and the most that may have been.
func leftAt(m meter, deliveries []Delivery) (left, most float64, computed bool) {
	n := len(deliveries)
	last := deliveries[n-1]
	most = leftMost * float64(last.Yield)
	if n < 2 || deliveries[n-2].Yield <= 0 || !m.knows(deliveries[n-2].At) {
		return leftShare * float64(last.Yield), most, false
	}
	former := deliveries[n-2]
	left = math.Max(0, former.pages()-(m.at(last.At)-m.at(former.At)))
	return left, math.Max(most, left), true
}

// date fills in when it runs out; the arguments are days from base on, at the usual, at a busy and at a quiet month's
// speed.
func (f *Forecast) date(in Input, base time.Time, usual, busy, quiet float64) {
	at := func(d float64) (time.Time, bool) {
		limit := days(in.Now.Add(Horizon).Sub(base))
		if d > limit {
			return time.Time{}, false
		}
		return base.Add(time.Duration(d * 24 * float64(time.Hour))).Truncate(time.Second), true
	}
	expected, near := at(usual)
	if !near {
		f.Status = Distant
		return
	}
	f.Status, f.RunsOut = Expected, expected
	f.Earliest, _ = at(math.Min(busy, usual))
	f.Latest, _ = at(math.Max(quiet, usual))
	if !expected.After(in.Now) {
		f.Status = Overdue
	} else if f.Earliest.Before(in.Now) {
		f.Earliest = in.Now
		f.say(StepMayBeEmpty)
	}
	f.OrderNow = f.Earliest.Before(in.Arrival)
	f.say(StepLeadTime, "at", instant(in.Arrival))
}

func confidence(u usage, age time.Duration, computed, known bool) Confidence {
	switch {
	case computed && known && u.measured && u.readings >= 4 && days(u.span) >= 90 && days(age) <= 45 && u.spread <= 0.25:
		return High
	case known && u.readings >= 3 && days(u.span) >= 60 && days(age) <= 100 && u.spread <= 0.5:
		return Medium
	}
	return Low
}
