package replay

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/paulmach/orb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/geo"
	"utsendt/internal/simulate/client"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

// How often what happens, in a thousand.
const (
	declines     = 20
	secondVisits = 50
)

// technician is one simulated technician and their phone. Its events never run at the same time.
type technician struct {
	member
	index  int
	phone  *client.Phone
	office *office
	clock  *clock
	zone   *time.Location
	chacha *rand.ChaCha8
	draw   *rand.Rand

	at     orb.Point
	onDuty bool
	over   bool // the shift is over: home after the last job
	busy   bool // on the way or on site

	operations int64
	fixes      map[mobilev1.FixVerdict]int64
	visits     int
	declined   int
	second     int
	metres     float64
}

func newTechnician(m member, index int, o *office, phone *client.Phone, zone *time.Location, seed uint64) *technician {
	source := seeded(seed, uint64(1000+index))
	return &technician{
		member: m, index: index, phone: phone, office: o, clock: o.clock, zone: zone, chacha: source, draw: rand.New(source),
		at: m.home, fixes: map[mobilev1.FixVerdict]int64{},
	}
}

// startsAt is the beginning of the shift that at lies in, or of the next.
func (t *technician) startsAt(at time.Time) (start, end time.Time) {
	local := at.In(t.zone)
	for day := -1; ; day++ {
		y, m, d := local.Date()
		start = time.Date(y, m, d+day, 0, t.duty.from, 0, 0, t.zone)
		end = time.Date(y, m, d+day, 0, t.duty.until, 0, 0, t.zone)
		if t.duty.until <= t.duty.from {
			end = time.Date(y, m, d+day+1, 0, t.duty.until, 0, 0, t.zone)
		}
		if end.After(at) {
			return start, end
		}
	}
}

// begin is the event that begins a shift, now or later.
func (t *technician) begin(now time.Time) event {
	start, end := t.startsAt(now)
	if start.Before(now) {
		start = now
	}
	return event{at: start, who: t, act: func(ctx context.Context) ([]event, error) {
		t.over = false
		next := []event{{at: end, who: t, act: func(ctx context.Context) ([]event, error) {
			t.over = t.duty.from != t.duty.until
			follow, err := t.look(ctx)
			return append(follow, t.begin(end)), err
		}}}
		if !t.onDuty {
			if err := t.setDuty(ctx, true); err != nil {
				return nil, err
			}
			t.at = t.home
			// Who was off duty has no jobs: the office tells of each to come.
			return next, t.report(ctx, t.fix(t.at, 0))
		}
		follow, err := t.look(ctx)
		return append(next, follow...), err
	}}
}

func (t *technician) setDuty(ctx context.Context, on bool) error {
	if _, err := client.Call(ctx, &t.phone.Session, t.phone.Mobile.SetDuty,
		&mobilev1.SetDutyRequest{Operation: t.operation(), OnDuty: on}); err != nil {
		return fmt.Errorf("%s, duty: %w", t.number, err)
	}
	t.operations++
	t.onDuty = on
	return nil
}

// operation is a press of a button now.
func (t *technician) operation() *mobilev1.Operation {
	now := timestamppb.New(t.clock.Now())
	return &mobilev1.Operation{Id: operationID(t.chacha), PhoneTime: now, SentPhoneTime: now}
}

// look reads the jobs, answers the new ones and sets off for the first.
func (t *technician) look(ctx context.Context) ([]event, error) {
	if !t.onDuty || t.busy {
		return nil, nil
	}
	res, err := client.Call(ctx, &t.phone.Session, t.phone.Mobile.ListJobs, &mobilev1.ListJobsRequest{})
	if err != nil {
		return nil, fmt.Errorf("%s, jobs: %w", t.number, err)
	}
	var next []event
	var first *mobilev1.Job
	for _, job := range res.Jobs {
		event, taken, err := t.answer(ctx, job)
		if err != nil {
			return nil, err
		}
		if !taken {
			next = append(next, event)
		} else if first == nil {
			first = job
		}
	}
	switch {
	case first != nil:
		arrival, err := t.depart(ctx, first)
		return append(next, arrival...), err
	case t.over:
		return next, t.setDuty(ctx, false)
	}
	return next, nil
}

// report sends fixes and counts what became of them.
func (t *technician) report(ctx context.Context, fixes ...*mobilev1.Fix) error {
	res, err := client.Call(ctx, &t.phone.Session, t.phone.Mobile.ReportPositions, &mobilev1.ReportPositionsRequest{
		Fixes: fixes, SentPhoneTime: timestamppb.New(t.clock.Now()),
	})
	if err != nil {
		return fmt.Errorf("%s, positions: %w", t.number, err)
	}
	for _, verdict := range res.Verdicts {
		t.fixes[verdict]++
	}
	return nil
}

// fix is what the phone measures at a point, some time ago.
func (t *technician) fix(p orb.Point, ago time.Duration) *mobilev1.Fix {
	accuracy := 4 + t.draw.ExpFloat64()*8
	p = geo.Move(p, t.draw.Float64()*360, t.draw.Float64()*accuracy)
	return &mobilev1.Fix{
		Point: &livev1.Point{Latitude: p.Lat(), Longitude: p.Lon()}, AccuracyMetres: min(accuracy, 100),
		PhoneTime: timestamppb.New(t.clock.Now().Add(-ago)),
	}
}
