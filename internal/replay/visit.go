package replay

import (
	"context"
	"fmt"
	"time"

	"github.com/paulmach/orb"

	"utsendt/geo"
	"utsendt/internal/simulate/client"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

// partNumber is the made-up part that second visits wait for.
const partNumber = "REPLAY-PART"

// longWay is from when on a position is reported half-way, and not only at the end.
const longWay = 8 * time.Minute

// answer accepts or declines a new job; one that was accepted already is taken.
func (t *technician) answer(ctx context.Context, job *mobilev1.Job) (back event, taken bool, err error) {
	if job.VisitState != dispatchv1.VisitState_VISIT_STATE_ASSIGNED {
		return event{}, true, nil
	}
	t.operations++
	if t.draw.IntN(1000) < declines {
		t.declined++
		if _, err := client.Call(ctx, &t.phone.Session, t.phone.Mobile.Decline, &mobilev1.DeclineRequest{
			Operation: t.operation(), RequestId: job.RequestId, Reason: "Cannot get there",
		}); err != nil {
			return event{}, false, fmt.Errorf("%s, declining %s: %w", t.number, job.Number, err)
		}
		return t.office.returned(job.RequestId, t.clock.Now()), false, nil
	}
	if _, err := client.Call(ctx, &t.phone.Session, t.phone.Mobile.Accept,
		&mobilev1.AcceptRequest{Operation: t.operation(), RequestId: job.RequestId}); err != nil {
		return event{}, false, fmt.Errorf("%s, accepting %s: %w", t.number, job.Number, err)
	}
	return event{}, true, nil
}

// depart sets off: half-way on long ways a position is reported, at the end comes the arrival.
func (t *technician) depart(ctx context.Context, job *mobilev1.Job) ([]event, error) {
	t.operations++
	if _, err := client.Call(ctx, &t.phone.Session, t.phone.Mobile.EnRoute,
		&mobilev1.EnRouteRequest{Operation: t.operation(), RequestId: job.RequestId}); err != nil {
		return nil, fmt.Errorf("%s, en route to %s: %w", t.number, job.Number, err)
	}
	t.busy = true
	now := t.clock.Now()
	from, to := t.at, orb.Point{job.Place.Point.Longitude, job.Place.Point.Latitude}
	usual := geo.StandardEstimator().Travel(from, to)
	travel := minute(now.Add(time.Duration((0.8 + 0.5*t.draw.Float64()) * float64(usual.Duration)))).Sub(now)
	t.metres += geo.Distance(from, to)

	arrival := event{at: now.Add(travel), who: t, act: func(ctx context.Context) ([]event, error) {
		return t.arrive(ctx, job, from, to, travel)
	}}
	half := minute(now.Add(travel / 2))
	if travel < longWay {
		return []event{arrival}, nil
	}
	return []event{arrival, {at: half, who: t, act: func(ctx context.Context) ([]event, error) {
		gone := half.Sub(now)
		return nil, t.report(ctx, t.fix(along(from, to, 0.5*gone.Seconds()/travel.Seconds()), gone/2),
			t.fix(along(from, to, gone.Seconds()/travel.Seconds()), 0))
	}}}, nil
}

// along is the point that a share of the way lies behind of.
func along(from, to orb.Point, share float64) orb.Point {
	return geo.Move(from, geo.Bearing(from, to), share*geo.Distance(from, to))
}

func (t *technician) arrive(ctx context.Context, job *mobilev1.Job, from, to orb.Point, travel time.Duration) ([]event, error) {
	t.at = to
	if err := t.report(ctx, t.fix(along(from, to, 0.9), travel/10), t.fix(to, 0)); err != nil {
		return nil, err
	}
	t.operations++
	if _, err := client.Call(ctx, &t.phone.Session, t.phone.Mobile.OnSite,
		&mobilev1.OnSiteRequest{Operation: t.operation(), RequestId: job.RequestId}); err != nil {
		return nil, fmt.Errorf("%s, on site at %s: %w", t.number, job.Number, err)
	}
	usual := job.Planned.End.AsTime().Sub(job.PlannedArrival.AsTime())
	work := time.Duration((0.5 + 1.1*t.draw.Float64()) * float64(usual))
	return []event{{at: minute(t.clock.Now().Add(work)), who: t, act: func(ctx context.Context) ([]event, error) {
		return t.finish(ctx, job)
	}}}, nil
}

// finish ends the visit and looks for the next job.
func (t *technician) finish(ctx context.Context, job *mobilev1.Job) ([]event, error) {
	req := &mobilev1.CompleteRequest{
		Operation: t.operation(), RequestId: job.RequestId, Outcome: mobilev1.Outcome_OUTCOME_SOLVED, Text: "Mended",
		Readings: []*mobilev1.CounterReading{{Counter: "black", Value: int64(t.draw.IntN(1_000_000))}},
	}
	if t.draw.IntN(1000) < secondVisits {
		req.Outcome, req.Text = mobilev1.Outcome_OUTCOME_PART_MISSING, "A part is missing"
		req.PartsMissing = []string{partNumber}
	}
	res, err := client.Call(ctx, &t.phone.Session, t.phone.Mobile.Complete, req)
	if err != nil {
		return nil, fmt.Errorf("%s, completing %s: %w", t.number, job.Number, err)
	}
	t.operations++
	t.busy = false
	t.visits++
	var next []event
	switch res.State {
	case dispatchv1.RequestState_REQUEST_STATE_COMPLETED:
		t.office.open.Add(-1)
	case dispatchv1.RequestState_REQUEST_STATE_TO_BE_SCHEDULED:
		t.second++
		next = append(next, t.office.returned(job.RequestId, t.clock.Now()))
	default:
		return nil, fmt.Errorf("%s: %s is %s after its completion", t.number, job.Number, res.State)
	}
	follow, err := t.look(ctx)
	return append(next, follow...), err
}
