package geo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paulmach/orb"
)

// SourceEstimate is the [Travel].Source of everything that no road router has confirmed.
const SourceEstimate = "estimate"

// Travel is a journey by road from one point to another.
type Travel struct {
	Duration time.Duration // from setting off to being there
	Distance float64       // metres on the road
	Source   string        // who says so: SourceEstimate, or the router's name
	Fallback string        // why a router's answer had to be replaced by an estimate; empty when it had not
}

// TravelTimes tells how long journeys take.
type TravelTimes interface {
	// Table answers one Travel for each point of from, in that order: the journey from there to to. It
	// fails as a whole when a point is invalid (wrapping ErrInvalidPoint) or ctx is done.
	Table(ctx context.Context, from []orb.Point, to orb.Point) ([]Travel, error)
}

// Estimator is a [TravelTimes] that needs no router: the great-circle distance, made longer by the detour
// that roads take, driven at a speed that grows with the length of the trip. Its answers are labelled
// [SourceEstimate] and never get shorter as the distance grows. [StandardEstimator] has the usual values.
type Estimator struct {
	Detour   float64       // metres on the road for each metre of the great circle; at least 1
	Overhead time.Duration // spent on every trip: to the car, parking, to the door
	Stages   []Stage       // the first part of every trip, the next, and so on; at least one
}

// Stage is the part of a trip that is driven at one speed. Short trips consist of the first stage alone,
// streets with traffic lights; long ones go on to regional and main roads.
type Stage struct {
	Length float64 // metres; of no account for the last stage, which goes on to the end
	Speed  float64 // metres per second
}

// StandardEstimator is set for Norwegian conditions: roads a third longer than the crow flies, 30 km/h for
// the first 4 km, 55 km/h for the next 30, then 80 km/h; three minutes of overhead. Fjords make it wrong by
// far in places, which is why its answers are labelled.
func StandardEstimator() Estimator {
	return Estimator{
		Detour:   1.3,
		Overhead: 3 * time.Minute,
		Stages: []Stage{
			{Length: 4_000, Speed: 30 / 3.6},
			{Length: 30_000, Speed: 55 / 3.6},
			{Speed: 80 / 3.6},
		},
	}
}

// Validate tells what is wrong with the estimator's settings, or nil.
func (e Estimator) Validate() error {
	if !(e.Detour >= 1 && e.Detour <= 10) {
		return fmt.Errorf("estimator: detour %v is not between 1 and 10", e.Detour)
	}
	if e.Overhead < 0 {
		return fmt.Errorf("estimator: overhead %v is negative", e.Overhead)
	}
	if len(e.Stages) == 0 {
		return errors.New("estimator: no stages")
	}
	for i, s := range e.Stages {
		if !(s.Speed >= 0.1 && s.Speed <= 100) {
			return fmt.Errorf("estimator: stage %d: speed %v m/s is not between 0.1 and 100", i+1, s.Speed)
		}
		if i < len(e.Stages)-1 && !(s.Length > 0 && s.Length <= 1e8) {
			return fmt.Errorf("estimator: stage %d: length %v m is not between 0 and 100,000,000", i+1, s.Length)
		}
	}
	return nil
}

// Travel estimates one journey. The points and the estimator's settings must be valid.
func (e Estimator) Travel(from, to orb.Point) Travel {
	road := e.Detour * Distance(from, to)
	seconds, left := 0.0, road
	for i, s := range e.Stages {
		part := left
		if i < len(e.Stages)-1 {
			part = min(left, s.Length)
		}
		seconds += part / s.Speed
		left -= part
	}
	return Travel{
		Duration: e.Overhead + time.Duration(seconds*float64(time.Second)),
		Distance: road,
		Source:   SourceEstimate,
	}
}

// Table implements [TravelTimes]. It fails for invalid settings too.
func (e Estimator) Table(ctx context.Context, from []orb.Point, to orb.Point) ([]Travel, error) {
	if err := errors.Join(ctx.Err(), e.Validate(), ValidJourneys(from, to)); err != nil {
		return nil, err
	}
	table := make([]Travel, len(from))
	for i, p := range from {
		table[i] = e.Travel(p, to)
	}
	return table, nil
}

// ValidJourneys tells whether every point of a [TravelTimes] table is valid; the error names the first
// that is not and wraps [ErrInvalidPoint].
func ValidJourneys(from []orb.Point, to orb.Point) error {
	if err := ValidPoint(to); err != nil {
		return fmt.Errorf("destination: %w", err)
	}
	for i, p := range from {
		if err := ValidPoint(p); err != nil {
			return fmt.Errorf("start %d: %w", i+1, err)
		}
	}
	return nil
}
