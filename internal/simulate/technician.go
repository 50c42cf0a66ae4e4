package simulate

import (
	"context"
	"time"

	"github.com/paulmach/orb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/geo"
	"utsendt/internal/simulate/client"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

// How often what happens, in a thousand.
const (
	declines     = 40
	breaks       = 60
	losesCover   = 120
	secondVisits = 60
)

// technician is one person with a phone. Everything but the stream happens on one goroutine.
type technician struct {
	w     *world
	who   SignIn
	draw  *chance
	phone *client.Phone
	out   outbox
	// changed is signalled when the stream tells of the jobs.
	changed chan struct{}

	at      orb.Point
	located bool
	// near tells that the day began close to a fault: the first job is done in a hurry.
	near bool
}

func newTechnician(w *world, who SignIn, index int) *technician {
	t := &technician{
		w: w, who: who, draw: newChance(w.cfg.Seed, "technician "+who.UserID), changed: make(chan struct{}, 1),
		phone: w.api.Phone(who.UserID, who.Password, "Simulert telefon"),
	}
	t.out = outbox{t: t, taken: map[string]bool{}, reportEvery: time.Minute}
	return t
}

// live goes on duty and does one job after the other.
func (t *technician) live(ctx context.Context) error {
	res, err := client.Call(ctx, &t.phone.Session, t.phone.Mobile.GetMe, &mobilev1.GetMeRequest{})
	if err != nil {
		return err
	}
	t.at, t.located, t.near = t.w.opening.start(res.Me.TechnicianId)
	if err := t.setDuty(ctx, true); err != nil {
		return err
	}
	if err := t.tell(ctx, 0, 0); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		cancel(client.Watch(ctx, &t.phone.Session, t.phone.Mobile.WatchJobs, &mobilev1.WatchJobsRequest{},
			func(m *mobilev1.WatchJobsResponse) {
				if !m.Heartbeat {
					t.signal()
				}
			}, nil))
	}()
	defer func() {
		cancel(nil)
		<-watched
	}()
	for ctx.Err() == nil {
		if err := t.look(ctx); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

func (t *technician) signal() {
	select {
	case t.changed <- struct{}{}:
	default:
	}
}

func (t *technician) setDuty(ctx context.Context, on bool) error {
	return t.out.step(ctx, "", func(ctx context.Context, op *mobilev1.Operation) error {
		_, err := t.phone.Mobile.SetDuty(ctx, &mobilev1.SetDutyRequest{Operation: op, OnDuty: on})
		return err
	})
}

// tell reports where the phone is; speed is in metres a second, heading in degrees.
func (t *technician) tell(ctx context.Context, speed, heading float64) error {
	if !t.located {
		return nil
	}
	accuracy := min(4+t.draw.ExpFloat64()*8, 80)
	p := t.draw.around(t.at, accuracy)
	fix := &mobilev1.Fix{
		Point: &livev1.Point{Latitude: p.Lat(), Longitude: p.Lon()}, AccuracyMetres: accuracy,
		PhoneTime: timestamppb.New(t.w.cfg.Clock()), Speed: &speed,
	}
	if speed > 0 {
		fix.Heading = &heading
	}
	return t.out.position(ctx, fix)
}

// look answers new jobs and does the first; without one it waits.
func (t *technician) look(ctx context.Context) error {
	jobs, err := t.jobs(ctx)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		if job.VisitState == dispatchv1.VisitState_VISIT_STATE_ASSIGNED {
			return t.answer(ctx, job) // then looks again
		}
	}
	if len(jobs) > 0 {
		return t.do(ctx, jobs[0])
	}
	return t.idle(ctx)
}

func (t *technician) jobs(ctx context.Context) ([]*mobilev1.Job, error) {
	if !client.Sleep(ctx, time.Until(t.out.coverFrom)) {
		return nil, ctx.Err()
	}
	if err := t.out.flush(ctx); err != nil {
		return nil, err
	}
	select {
	case <-t.changed: // what it told is in the list now
	default:
	}
	res, err := client.Call(ctx, &t.phone.Session, t.phone.Mobile.ListJobs, &mobilev1.ListJobsRequest{})
	return res.GetJobs(), err
}

// idle waits for news and reports the position now and then.
func (t *technician) idle(ctx context.Context) error {
	every := min(max(t.w.fast(t.out.reportEvery), 5*time.Second), 5*time.Minute)
	timer := time.NewTimer(every)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.changed:
		return nil
	case <-timer.C:
		if t.located {
			t.at = t.draw.around(t.at, 15)
		}
		return t.tell(ctx, 0, 0)
	}
}

// answer accepts a job, or declines it, after a look at the phone.
func (t *technician) answer(ctx context.Context, job *mobilev1.Job) error {
	if !t.pause(ctx, 8*time.Second, 40*time.Second) {
		return ctx.Err()
	}
	if !t.near && t.draw.permille(declines) {
		reason := pick(t.draw, []string{"Rekker det ikke", "Mangler verktøyet", "The van is in the workshop"})
		return t.out.step(ctx, job.RequestId, func(ctx context.Context, op *mobilev1.Operation) error {
			_, err := t.phone.Mobile.Decline(ctx, &mobilev1.DeclineRequest{
				Operation: op, RequestId: job.RequestId, VisitId: &job.VisitId, Reason: reason,
			})
			return err
		})
	}
	return t.out.step(ctx, job.RequestId, func(ctx context.Context, op *mobilev1.Operation) error {
		_, err := t.phone.Mobile.Accept(ctx, &mobilev1.AcceptRequest{Operation: op, RequestId: job.RequestId, VisitId: &job.VisitId})
		return err
	})
}

// pause waits a human while, shorter in the opening.
func (t *technician) pause(ctx context.Context, least, most time.Duration) bool {
	if t.near || t.w.opening.hurry() {
		return client.Sleep(ctx, t.draw.between(200*time.Millisecond, 1200*time.Millisecond))
	}
	return client.Sleep(ctx, t.w.fast(t.draw.between(least, most)))
}

// sometimesRest goes off duty for a while after a job.
func (t *technician) sometimesRest(ctx context.Context) error {
	if !t.draw.permille(breaks) || t.w.opening.hurry() {
		return nil
	}
	if jobs, err := t.jobs(ctx); err != nil || len(jobs) > 0 {
		return err
	}
	if err := t.setDuty(ctx, false); err != nil {
		return err
	}
	if !client.Sleep(ctx, t.w.fast(t.draw.between(10*time.Minute, 20*time.Minute))) {
		return ctx.Err()
	}
	if err := t.setDuty(ctx, true); err != nil {
		return err
	}
	return t.tell(ctx, 0, 0)
}

var estimator = geo.StandardEstimator()
