package simulate

import (
	"context"
	"sync"
	"time"

	"github.com/paulmach/orb"

	"utsendt/geo"
	"utsendt/internal/simulate/client"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
)

const (
	// scenes is how many of the first faults have a technician close by.
	scenes = 6
	// openingLasts is how long, by our clock, everybody hurries.
	openingLasts = 20 * time.Second
)

// opening makes the first seconds lively: some technicians begin their day near the first faults, and everybody
// hurries. It is also what is known of where technicians are.
type opening struct {
	begun time.Time

	mu sync.Mutex
	// homes and positions by technician id.
	known map[string]knownTechnician
	// starts are where some begin their day, by technician id.
	starts map[string]orb.Point
	// faults are the devices that the first reports are about.
	faults []fault
}

type knownTechnician struct {
	at     orb.Point
	onDuty bool
	skills int
}

type fault struct {
	customer int
	deviceID string
	at       orb.Point
}

func newOpening() *opening {
	return &opening{begun: time.Now(), known: map[string]knownTechnician{}, starts: map[string]orb.Point{}}
}

// hurry reports whether it is still the opening.
func (o *opening) hurry() bool { return time.Since(o.begun) < openingLasts }

// start is where a technician is when the simulation begins; near tells that it is close to a first fault.
func (o *opening) start(technicianID string) (at orb.Point, known, near bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if p, ok := o.starts[technicianID]; ok {
		return p, true, true
	}
	t, ok := o.known[technicianID]
	return t.at, ok, false
}

// setOut asks the dispatcher where technicians are, and some customers for their devices, and places a few
// technicians near a few of those. What it does not get, it does without.
func (w *world) setOut(ctx context.Context) {
	o := w.opening
	if w.cfg.Dispatcher.UserID != "" {
		if err := w.findTechnicians(ctx); err != nil && ctx.Err() == nil {
			w.log.Warn("the simulation does not know where technicians are", "error", err)
		}
	}
	o.begun = time.Now()
	draw := newChance(w.cfg.Seed, "opening")
	for _, i := range draw.Perm(len(w.cfg.Customers)) {
		if len(o.faults) >= 2*scenes || ctx.Err() != nil {
			break
		}
		devices, err := w.devices(ctx, w.browser(w.cfg.Customers[i]))
		if err != nil {
			continue // who cannot sign in is told of later
		}
		taken := 0
		for _, d := range devices {
			p := pointOf(d.Place.GetPoint())
			if d.OpenRequestId == "" && p != nil && taken < 3 {
				o.faults = append(o.faults, fault{i, d.Id, *p})
				taken++
			}
		}
	}
	o.begun = time.Now()
	for n, f := range o.faults {
		if n%2 == 0 {
			o.place(f.at, draw)
		}
	}
}

// place lets the best technician of the town begin the day near a fault.
func (o *opening) place(at orb.Point, draw *chance) {
	best := ""
	for id, t := range o.known {
		_, taken := o.starts[id]
		if taken || t.onDuty || geo.Distance(t.at, at) > 10_000 {
			continue
		}
		b := o.known[best]
		switch {
		case best == "", t.skills > b.skills, t.skills == b.skills && id < best:
			best = id
		}
	}
	if best != "" {
		o.starts[best] = geo.Move(at, draw.Float64()*360, 100+draw.Float64()*150)
	}
}

func (w *world) findTechnicians(ctx context.Context) error {
	b := w.browser(w.cfg.Dispatcher)
	req := &dispatchv1.ListTechniciansRequest{PageSize: 500}
	for {
		res, err := client.Call(ctx, &b.Session, b.Dispatch.ListTechnicians, req)
		if err != nil {
			return err
		}
		for _, t := range res.Technicians {
			p := pointOf(t.Home)
			if t.Position != nil {
				p = pointOf(t.Position.Point)
			}
			if p != nil {
				w.opening.known[t.Id] = knownTechnician{*p, t.OnDuty, len(t.Skills)}
			}
		}
		if req.PageToken = res.NextPageToken; req.PageToken == "" {
			return nil
		}
	}
}

func (w *world) browser(who SignIn) *client.Browser { return w.api.Browser(who.UserID, who.Password) }

func pointOf(p *livev1.Point) *orb.Point {
	if p == nil {
		return nil
	}
	return &orb.Point{p.Longitude, p.Latitude}
}

// headStart is how long technicians have to come on duty before the first fault is reported: signing in takes both
// sides a while.
func (o *opening) headStart() time.Duration {
	if len(o.faults) == 0 {
		return 0
	}
	return max(0, 2*time.Second-time.Since(o.begun))
}
