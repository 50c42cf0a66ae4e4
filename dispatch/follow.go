package dispatch

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"utsendt/geo"
	"utsendt/internal/fault"
	"utsendt/internal/live"
)

// Sight is what a follower of one request sees at one moment.
type Sight struct {
	Request    *Request
	Activities []Activity
	// Changed is false when only the tracking is new.
	Changed bool
	// Tracking is set only while the technician is En route to this request.
	Tracking *Tracking
	// Heartbeat says that nothing changed; all else is empty.
	Heartbeat bool
	// Now is the server's time, to tell ages by.
	Now time.Time
}

// Tracking is where the technician is on the way to a request, and when they will be there.
type Tracking struct {
	FirstName string
	// Position is nil until one of this duty is known.
	Position *Position
	// ETA is nil when the position is too old to say.
	ETA *ETA
}

// ETA is a range, with when it was made.
type ETA struct {
	Earliest, Latest, MadeAt time.Time
	Source                   string
	// Distance left in metres.
	Distance float64
}

// Follow sends what there is to see of a request, and again at each change and each new position, until the request
// has ended (the end is sent), ctx ends, or send fails. Who may follow, the caller has decided.
//
// It subscribes first, then reads: no change between the two is lost. A lost signal only delays, by Reread at most.
func (s *Service) Follow(ctx context.Context, request uuid.UUID, send func(Sight) error) error {
	sub := s.bus.Subscribe(requestSubject(request))
	defer sub.Close()
	f := follower{s: s, id: request, sub: sub, send: send}
	if err := f.read(ctx, 0); err != nil {
		return err
	}
	beat, again := time.NewTicker(s.heartbeat), time.NewTicker(s.reread)
	defer beat.Stop()
	defer again.Stop()
	for f.last.State.Open() {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-sub.C():
			err = f.signalled(ctx)
		case <-again.C:
			err = f.readAgain(ctx)
		case <-beat.C:
			if !f.sent {
				err = send(Sight{Heartbeat: true, Now: s.db.Now()})
			}
			f.sent = false
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type follower struct {
	s    *Service
	id   uuid.UUID
	sub  *live.Subscription
	send func(Sight) error

	last     *Request
	watching uuid.UUID // whose positions are subscribed to
	position *Position
	sent     bool // since the last heartbeat
}

func (f *follower) signalled(ctx context.Context) error {
	signals, lost := f.sub.Take()
	if lost {
		return f.readAgain(ctx)
	}
	moved := false
	for _, sig := range signals {
		if p, ok := positionOf(sig); ok {
			moved = f.moved(&p) || moved
		} else if sig.Version > f.last.Version {
			return f.read(ctx, sig.Version)
		} else if sig.Version == 0 || sig.Version == f.last.Version { // a moved plan, maybe merged with what is known
			return f.read(ctx, 0)
		}
	}
	if !moved || f.last.State != EnRoute {
		return nil
	}
	return f.sendTracking(ctx)
}

// moved takes a position if it is newer and of the technician on the way to this request.
func (f *follower) moved(p *Position) bool {
	if p.TechnicianID != f.watching || f.position != nil && !p.RecordedAt.After(f.position.RecordedAt) {
		return false
	}
	f.position = p
	return true
}

// readAgain reads everything, because signals may have been lost. On the way the tracking is sent in any case: what is
// known of the arrival ages.
func (f *follower) readAgain(ctx context.Context) error {
	before := f.last
	if err := f.read(ctx, 0); err != nil || f.last != before || f.watching == uuid.Nil {
		return err
	}
	if err := f.readPosition(ctx); err != nil {
		return err
	}
	return f.sendTracking(ctx)
}

func (f *follower) sendTracking(ctx context.Context) error {
	tracking, err := f.tracking(ctx)
	if err != nil {
		return err
	}
	f.sent = true
	return f.send(Sight{Request: f.last, Tracking: tracking, Now: f.s.db.Now()})
}

// read reads the request at a version at least, and sends it when something changed.
func (f *follower) read(ctx context.Context, version int64) error {
	view, err := f.s.view(ctx, f.id, version)
	if err != nil {
		return err
	}
	r := view.Request
	if f.last != nil && r.Version == f.last.Version && sameArrival(r.Visit, f.last.Visit) {
		return nil
	}
	if f.last != nil && r.Version < f.last.Version {
		return nil // a read that another follower began earlier
	}
	f.last = r
	sight := Sight{Request: r, Activities: view.Activities, Changed: true, Now: f.s.db.Now()}
	if err := f.watch(ctx, r); err != nil {
		return err
	}
	if r.State == EnRoute {
		if sight.Tracking, err = f.tracking(ctx); err != nil {
			return err
		}
	}
	f.sent = true
	return f.send(sight)
}

func sameArrival(a, b *Visit) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.ID == b.ID && a.PlannedArrival.Equal(b.PlannedArrival)
}

// watch follows the technician's positions while, and only while, they are on the way to this request.
func (f *follower) watch(ctx context.Context, r *Request) error {
	want := uuid.Nil
	if r.State == EnRoute {
		want = r.TechnicianID
	}
	if want == f.watching {
		return nil
	}
	if f.watching != uuid.Nil {
		f.sub.Remove(positionSubject(f.watching))
	}
	f.watching, f.position = want, nil
	if want == uuid.Nil {
		return nil
	}
	f.sub.Add(positionSubject(want))
	return f.readPosition(ctx)
}

func (f *follower) readPosition(ctx context.Context) error {
	members, err := readRoster(ctx, f.s.db, f.watching)
	if err != nil {
		return err
	}
	if len(members) > 0 && members[0].Fix != nil {
		f.moved(members[0].Fix)
	}
	return nil
}

func (f *follower) tracking(ctx context.Context) (*Tracking, error) {
	t := &Tracking{Position: f.position}
	if f.last.Visit != nil {
		t.FirstName = f.last.Visit.TechnicianFirstName
	}
	place, ok := f.last.Place.Point()
	if f.position == nil || !ok {
		return t, nil
	}
	eta, err := f.s.eta(ctx, *f.position, place)
	if err != nil {
		return nil, err
	}
	t.ETA = eta
	return t, nil
}

// view is what all followers of a request read.
type view struct {
	Request    *Request
	Activities []Activity
}

// WithHistory gives one request with its live visit and its history, without a look at who asks.
func (s *Service) WithHistory(ctx context.Context, id uuid.UUID) (*Request, []Activity, error) {
	v, err := s.view(ctx, id, 0)
	return v.Request, v.Activities, err
}

// view reads a request of a version at least. Those who were signalled the same version share one reading, which began
// after that version was committed. Version 0 is read for each alone: a reading under way may be older than what the
// caller knows to have happened.
func (s *Service) view(ctx context.Context, id uuid.UUID, version int64) (view, error) {
	if version == 0 {
		return s.readView(ctx, id)
	}
	ch := s.reads.DoChan(fmt.Sprintf("%s@%d", id, version), func() (any, error) {
		// Not the first follower's context: the others must not fail when that one leaves.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		return s.readView(ctx, id)
	})
	select {
	case <-ctx.Done():
		return view{}, ctx.Err()
	case res := <-ch:
		if res.Err != nil {
			return view{}, res.Err
		}
		return res.Val.(view), nil
	}
}

func (s *Service) readView(ctx context.Context, id uuid.UUID) (view, error) {
	r, err := s.request(ctx, s.db, id)
	if err != nil {
		return view{}, err
	}
	if err := s.attachVisits(ctx, s.db, []*Request{r}); err != nil {
		return view{}, err
	}
	activities, err := readActivities(ctx, s.db, id)
	return view{r, activities}, err
}

func (s *Service) eta(ctx context.Context, p Position, to orb.Point) (*ETA, error) {
	table, err := s.travel.Table(ctx, []orb.Point{p.Point}, to)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "no_travel_time", "The time of arrival cannot be reckoned now.")
	}
	now := s.db.Now()
	low, high, ok := geo.ETA(table[0], p.RecordedAt, now)
	if !ok {
		return nil, nil
	}
	return &ETA{Earliest: low, Latest: high, MadeAt: now, Source: table[0].Source, Distance: table[0].Distance}, nil
}
