package dispatch

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"utsendt/geo"
)

// estimate stands in where no router was asked.
var estimate = geo.StandardEstimator()

// legs is the travel to one request's place from points that were measured beforehand. A point that was not, because
// the plan changed in between, is estimated: nothing outside is asked while rows are locked.
type legs struct {
	// start is where the one technician leaves from whom a request is given to.
	start    orb.Point
	to       orb.Point
	known    bool
	measured map[orb.Point]geo.Travel
}

// from gives the travel in whole seconds, rounded up: so the plan is stored as it was reckoned.
func (l legs) from(p orb.Point) geo.Travel {
	if !l.known {
		return geo.Travel{Duration: unknownTravel, Source: "unknown"}
	}
	t, ok := l.measured[p]
	if !ok {
		t = estimate.Travel(p, l.to)
	}
	t.Duration = (t.Duration + time.Second - 1).Truncate(time.Second)
	return t
}

// measure asks for the travel from every point that a plan could leave for the request from, in one question.
func (s *Service) measure(ctx context.Context, r *Request, members []member, plans map[uuid.UUID][]Job) (legs, error) {
	to, ok := r.Place.Point()
	l := legs{to: to, known: ok, measured: map[orb.Point]geo.Travel{}}
	if !ok {
		return l, nil
	}
	var from []orb.Point
	add := func(p orb.Point) {
		if _, ok := l.measured[p]; !ok {
			l.measured[p] = geo.Travel{}
			from = append(from, p)
		}
	}
	for _, m := range members {
		add(m.point())
		for _, j := range plans[m.ID] {
			if j.HasPlace {
				add(j.Place)
			}
		}
	}
	table, err := s.travel.Table(ctx, from, to)
	if err != nil {
		return l, fmt.Errorf("dispatch: travel times: %w", err)
	}
	if len(table) != len(from) {
		return l, fmt.Errorf("dispatch: %d travel times for %d points", len(table), len(from))
	}
	for i, p := range from {
		l.measured[p] = table[i]
	}
	return l, nil
}
