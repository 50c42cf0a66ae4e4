package simulate

import (
	"context"
	"time"

	"utsendt/geo"
	"utsendt/internal/simulate/client"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

const (
	// fastest is how fast a phone moves at most by its own clock, in metres a second: what is faster is not believed.
	fastest = 0.85 * geo.MaxSpeed
	// reportLeast and reportMost bound how often a driving phone reports, by our clock.
	reportLeast, reportMost = 250 * time.Millisecond, 10 * time.Second
)

// do works on a job from where it stands: sets off, drives, works. It comes back when the job is done or was taken away.
func (t *technician) do(ctx context.Context, job *mobilev1.Job) error {
	id, mobile := job.RequestId, t.phone.Mobile
	delete(t.out.taken, id)
	state := job.State
	if state == dispatchv1.RequestState_REQUEST_STATE_DISPATCHED {
		if !t.pause(ctx, 10*time.Second, 60*time.Second) {
			return ctx.Err()
		}
		if err := t.out.step(ctx, id, func(ctx context.Context, op *mobilev1.Operation) error {
			_, err := mobile.EnRoute(ctx, &mobilev1.EnRouteRequest{Operation: op, RequestId: id, VisitId: &job.VisitId})
			return err
		}); err != nil || t.out.taken[id] {
			return t.steady(ctx, err)
		}
		state = dispatchv1.RequestState_REQUEST_STATE_EN_ROUTE
		if !t.near && t.draw.permille(losesCover) {
			t.out.coverFrom = time.Now().Add(t.w.fast(t.draw.between(2*time.Minute, 8*time.Minute)))
		}
	}
	if state == dispatchv1.RequestState_REQUEST_STATE_EN_ROUTE {
		if err := t.drive(ctx, job); err != nil || t.out.taken[id] {
			return t.steady(ctx, err)
		}
		if err := t.out.step(ctx, id, func(ctx context.Context, op *mobilev1.Operation) error {
			_, err := mobile.OnSite(ctx, &mobilev1.OnSiteRequest{Operation: op, RequestId: id, VisitId: &job.VisitId})
			return err
		}); err != nil || t.out.taken[id] {
			return t.steady(ctx, err)
		}
	}
	if err := t.work(ctx, job); err != nil || t.out.taken[id] {
		return t.steady(ctx, err)
	}
	return t.sometimesRest(ctx)
}

// steady keeps somebody whose every step is refused from asking without a pause.
func (t *technician) steady(ctx context.Context, err error) error {
	if err == nil && !client.Sleep(ctx, max(200*time.Millisecond, t.w.fast(10*time.Second))) {
		return ctx.Err()
	}
	return err
}

// drive goes along the great circle, reporting as often as the server asks, until the door or until the job is gone.
func (t *technician) drive(ctx context.Context, job *mobilev1.Job) error {
	to := pointOf(job.Place.GetPoint())
	if to == nil { // nobody knows where it is: asking the way takes a while
		if !client.Sleep(ctx, t.w.fast(t.draw.between(10*time.Minute, 20*time.Minute))) {
			return ctx.Err()
		}
		return nil
	}
	if !t.located {
		t.at, t.located = geo.Move(*to, t.draw.Float64()*360, 800+t.draw.Float64()*1200), true
	}
	left := geo.Distance(t.at, *to)
	roadSpeed := left / estimator.Travel(t.at, *to).Duration.Seconds() * (0.8 + 0.5*t.draw.Float64())
	if t.near {
		roadSpeed = fastest
	}
	// The first report on the way is also how the phone learns to report more often.
	if err := t.tell(ctx, 0, 0); err != nil {
		return err
	}
	real, phone := time.Now(), t.w.cfg.Clock()
	for left > 0 {
		every := min(max(t.w.fast(t.out.reportEvery), reportLeast), reportMost)
		if !client.Sleep(ctx, every) {
			return ctx.Err()
		}
		byReal, byPhone := time.Since(real), t.w.cfg.Clock().Sub(phone)
		real, phone = real.Add(byReal), phone.Add(byPhone)
		step := min(left, roadSpeed*t.w.cfg.Speed*byReal.Seconds(), fastest*byPhone.Seconds())
		heading := geo.Bearing(t.at, *to)
		t.at = geo.Move(t.at, heading, step)
		if left = geo.Distance(t.at, *to); left < 5 {
			t.at, left = *to, 0
		}
		if err := t.tell(ctx, step/max(byPhone.Seconds(), 0.001), heading); err != nil {
			return err
		}
		if gone, err := t.gone(ctx, job.RequestId); gone || err != nil {
			return err
		}
	}
	return nil
}

// gone looks whether the job is still there, when the stream told of a change and the phone has cover.
func (t *technician) gone(ctx context.Context, id string) (bool, error) {
	if !t.out.covered() {
		return false, nil
	}
	select {
	case <-t.changed:
	default:
		return t.out.taken[id], nil
	}
	jobs, err := t.jobs(ctx)
	if err != nil {
		return false, err
	}
	for _, job := range jobs {
		if job.RequestId == id {
			return false, nil
		}
		if job.VisitState == dispatchv1.VisitState_VISIT_STATE_ASSIGNED {
			t.signal() // answered at the next stop
		}
	}
	t.out.taken[id] = true
	return true, nil
}

// work mends the device, or finds that it takes another visit.
func (t *technician) work(ctx context.Context, job *mobilev1.Job) error {
	usual := job.Planned.GetEnd().AsTime().Sub(job.PlannedArrival.AsTime())
	usual = min(max(usual, 10*time.Minute), 2*time.Hour)
	took := t.w.fast(time.Duration(float64(usual) * (0.4 + 0.9*t.draw.Float64())))
	hurry := t.near && t.draw.permille(600)
	if hurry {
		took = t.draw.between(time.Second, 2*time.Second)
	}
	t.near = false
	if !client.Sleep(ctx, took) {
		return ctx.Err()
	}
	seen, err := t.details(ctx, job)
	if err != nil {
		return err
	}
	req := &mobilev1.CompleteRequest{
		RequestId: job.RequestId, VisitId: &job.VisitId, Outcome: mobilev1.Outcome_OUTCOME_SOLVED,
		Text:     pick(t.draw, []string{"Renset og justert", "Byttet slitedel", "Cleaned and tested", "Firmware updated"}),
		Readings: t.read(seen.Counters),
	}
	switch n := t.draw.IntN(1000); {
	case hurry:
	case n < secondVisits:
		req.Outcome, req.Text = mobilev1.Outcome_OUTCOME_PART_MISSING, "Mangler del, kommer tilbake"
		req.PartsMissing = []string{"DEMO-FUSER"}
	case n < secondVisits+30:
		req.Outcome, req.Text = mobilev1.Outcome_OUTCOME_NO_ACCESS, "Ingen til stede"
	case n < 300:
		req.PartsUsed = t.use(seen.VanStock)
	case n < 350:
		req.Outcome, req.Text = mobilev1.Outcome_OUTCOME_NO_FAULT_FOUND, "Fant ingen feil"
	}
	if req.Outcome == mobilev1.Outcome_OUTCOME_NO_ACCESS {
		req.Readings = nil
	} else if t.draw.permille(signs) {
		req.SignedBy = job.Contact.GetName()
	}
	if err := t.out.step(ctx, job.RequestId, func(ctx context.Context, op *mobilev1.Operation) error {
		req.Operation = op
		_, err := t.phone.Mobile.Complete(ctx, req)
		return err
	}); err != nil {
		return err
	}
	return t.pictures(ctx, req)
}
