package dispatch

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"utsendt/geo"
)

// The least that a job under way is still expected to take, when its plan has run out.
const (
	leastWorkLeft = 10 * time.Minute
	// Horizon is how far ahead an automatic assignment looks for a free span.
	Horizon = 12 * time.Hour
)

// Job is a live visit as the plan sees it: when, and where it leaves its technician.
type Job struct {
	VisitID   uuid.UUID
	RequestID uuid.UUID
	State     VisitState
	During    Span
	Travel    time.Duration
	Work      time.Duration
	NotBefore *time.Time
	// Place is the request's position; HasPlace is false when it has none.
	Place    orb.Point
	HasPlace bool
}

// arrival is when the technician is planned to be there. On the way it is what is left before the work: whoever is
// late arrives now at the earliest.
func (j Job) arrival() time.Time {
	if j.State == VisitEnRoute {
		return j.During.End.Add(-j.Work)
	}
	return j.During.Start.Add(j.Travel)
}

// Roll brings a technician's plan up to date: a job under way lasts at least a little longer than now, one that has
// not begun begins at now at the earliest, and each begins when the one before it is done. Jobs only ever move
// later; their lengths stay. The result is in the order of the plan, without overlaps.
func Roll(jobs []Job, now time.Time) []Job {
	rolled := slices.Clone(jobs)
	slices.SortStableFunc(rolled, func(a, b Job) int {
		if a.State.UnderWay() != b.State.UnderWay() { // what is being done comes before what is planned
			if a.State.UnderWay() {
				return -1
			}
			return 1
		}
		return a.During.Start.Compare(b.During.Start)
	})
	free := time.Time{}
	for i := range rolled {
		j := &rolled[i]
		switch {
		case j.State == VisitOnSite:
			j.During.End = later(j.During.End, now.Add(leastWorkLeft))
		case j.State == VisitEnRoute:
			j.During.End = later(j.During.End, now.Add(max(j.Work, leastWorkLeft)))
		default:
			length := j.During.End.Sub(j.During.Start)
			j.During.Start = later(later(j.During.Start, now), free)
			j.During.End = j.During.Start.Add(length)
		}
		free = j.During.End
	}
	return rolled
}

// Want is what a new job needs of a plan.
type Want struct {
	Work time.Duration
	// NotBefore keeps the departure from being earlier; zero when it may be now.
	NotBefore time.Time
	// ArriveFrom and ArriveBefore bound the arrival; zero when it is free.
	ArriveFrom, ArriveBefore time.Time
	Place                    orb.Point
	HasPlace                 bool
}

// Fit is a free span found for a job.
type Fit struct {
	During  Span
	Arrival time.Time
	Travel  geo.Travel
}

// FindFit gives the earliest free span of a rolled plan for a new job. leg gives the travel to the new job from a
// point; from is where the technician is now. The job after the span must still be reached in time, its way taken to
// be as long there as back. Jobs that have not begun are not moved for a new one.
func FindFit(rolled []Job, now time.Time, from orb.Point, want Want, leg func(orb.Point) geo.Travel) (Fit, bool) {
	free, place := later(now, want.NotBefore), from
	for i := 0; ; i++ {
		travel := leg(place)
		start := free
		if !want.ArriveFrom.IsZero() {
			start = later(start, want.ArriveFrom.Add(-travel.Duration))
		}
		fit := Fit{
			During:  Span{start, start.Add(travel.Duration + want.Work)},
			Arrival: start.Add(travel.Duration),
			Travel:  travel,
		}
		// A later span may still arrive in time: its way may be a shorter one.
		inTime := want.ArriveBefore.IsZero() || fit.Arrival.Before(want.ArriveBefore)
		if i == len(rolled) {
			if !inTime {
				return Fit{}, false
			}
			return fit, true
		}
		next := rolled[i]
		if inTime && !next.State.UnderWay() && !fit.During.End.After(next.During.Start) && reaches(fit, next, want, leg) {
			return fit, true
		}
		free = later(free, next.During.End)
		if next.HasPlace {
			place = next.Place
		}
	}
}

func reaches(fit Fit, next Job, want Want, leg func(orb.Point) geo.Travel) bool {
	if !next.HasPlace || !want.HasPlace {
		return true
	}
	return !fit.During.End.Add(leg(next.Place).Duration).After(next.arrival())
}

// moved gives the jobs of rolled whose span differs from that of before.
func moved(before, rolled []Job) []Job {
	old := make(map[uuid.UUID]Span, len(before))
	for _, j := range before {
		old[j.VisitID] = j.During
	}
	var changed []Job
	for _, j := range rolled {
		if s := old[j.VisitID]; !s.Start.Equal(j.During.Start) || !s.End.Equal(j.During.End) {
			changed = append(changed, j)
		}
	}
	return changed
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
