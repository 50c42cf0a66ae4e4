package dispatch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"utsendt/geo"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

const (
	// consider is how many of the nearest qualified technicians are looked at closely: their plans are read, and
	// the way of each is measured.
	consider = 60
	// considerNot is how many of the nearest who do not qualify are shown with the reason.
	considerNot = 10
	// freshFix is how old a position may be to say where a technician starts from without a remark.
	freshFix = 10 * time.Minute
	// unknownTravel stands in for the way to a place without a position.
	unknownTravel = time.Hour
)

// Reason is one argument for or against a candidate.
type Reason struct {
	// Code is stable, see the proto.
	Code string
	Good bool
	// Text is an English sentence.
	Text   string
	Params map[string]string
}

// Candidate is a technician who could go, or not, and why.
type Candidate struct {
	Technician Technician
	Position   *Position
	// Eligible is false for those who are shown so that a dispatcher sees why not.
	Eligible bool
	// Distance in metres from where the technician is now.
	Distance float64
	Fit      Fit
	OpenJobs int
	Reasons  []Reason

	legs      legs
	lacksPart bool
}

// partDetour is what getting a part that is not in the van is reckoned to cost, in ranking.
const partDetour = 45 * time.Minute

// ready is when the candidate would be there with all parts.
func (c *Candidate) ready() time.Time {
	if c.lacksPart {
		return c.Fit.Arrival.Add(partDetour)
	}
	return c.Fit.Arrival
}

// Candidates gives who could take a request, the earliest to arrive first, then the nearest who cannot, each with
// reasons. For dispatchers.
func (s *Service) Candidates(ctx context.Context, actor identity.Actor, requestID uuid.UUID, limit int) ([]Candidate, error) {
	if err := mayRead(actor); err != nil {
		return nil, err
	}
	r, err := s.request(ctx, s.db, requestID)
	if err != nil {
		return nil, err
	}
	if !r.State.Open() {
		return nil, wrongState(r.State, actor.Role)
	}
	all, err := s.candidates(ctx, r)
	if err != nil {
		return nil, err
	}
	return all[:min(max(limit, 0), len(all))], nil
}

func (s *Service) candidates(ctx context.Context, r *Request) ([]Candidate, error) {
	place, hasPlace := r.Place.Point()
	if !hasPlace {
		place = orb.Point{10.75, 59.91} // any order will do: travel is unknown for all alike
	}
	suits := func(m member) bool { return len(m.Lacking(r.Skills)) == 0 && m.Covers(r.Place.PostalCode) }
	other := func(m member) bool { return m.ID != r.TechnicianID } // who has it already is no candidate
	members := s.roster.nearest(place, consider, func(m member) bool { return other(m) && suits(m) })
	members = append(members, s.roster.nearest(place, considerNot, func(m member) bool { return other(m) && !suits(m) })...)
	if len(members) == 0 {
		return nil, nil
	}
	ids := make([]uuid.UUID, len(members))
	for i, m := range members {
		ids[i] = m.ID
	}
	plans, err := readPlans(ctx, s.db, ids...)
	if err != nil {
		return nil, err
	}
	now := s.db.Now()
	legs, err := s.measure(ctx, r, members, plans)
	if err != nil {
		return nil, err
	}
	declined, err := s.declinedBy(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	found := make([]Candidate, len(members))
	for i, m := range members {
		found[i] = judge(r, m, Roll(plans[m.ID], now), now, legs, declined[m.ID])
		if hasPlace {
			found[i].Distance = geo.Distance(m.point(), place)
		}
	}
	slices.SortStableFunc(found, func(a, b Candidate) int {
		switch {
		case a.Eligible != b.Eligible:
			if a.Eligible {
				return -1
			}
			return 1
		case a.Eligible:
			return cmp.Or(a.ready().Compare(b.ready()), cmp.Compare(a.Distance, b.Distance),
				cmp.Compare(a.Technician.Number, b.Technician.Number))
		}
		return cmp.Compare(a.Distance, b.Distance)
	})
	return found, nil
}

// want is what the request needs of a plan.
func (r *Request) want(notBefore time.Time) Want {
	w := Want{Work: r.Category.Work(), NotBefore: notBefore}
	w.Place, w.HasPlace = r.Place.Point()
	if r.WindowStart != nil {
		w.ArriveFrom, w.ArriveBefore = *r.WindowStart, *r.WindowEnd
	}
	return w
}

// judge fits the request into a technician's rolled plan and says what speaks for and against.
func judge(r *Request, m member, plan []Job, now time.Time, l legs, declined bool) Candidate {
	c := Candidate{Technician: m.Technician, Position: m.Fix, OpenJobs: len(plan), legs: l, Eligible: true}
	c.legs.start = m.point()
	say := func(good bool, code, text string, params ...string) {
		p := make(map[string]string, len(params)/2)
		for i := 0; i+1 < len(params); i += 2 {
			p[params[i]] = params[i+1]
		}
		c.Reasons = append(c.Reasons, Reason{Code: code, Good: good, Text: text, Params: p})
	}
	fit, fits := FindFit(plan, now, m.point(), r.want(time.Time{}), l.from)
	c.Fit = fit
	switch {
	case !fits:
		c.Eligible = false
		say(false, "not_free_in_window", "Cannot be there within the agreed time.")
	case fit.During.Start.Sub(now) > Horizon && r.WindowStart == nil:
		c.Eligible = false
		say(false, "not_free_in_window", "Is not free within the next 12 hours.")
	case fit.During.Start.After(now):
		say(true, "free_later", "Can leave at "+clock(fit.During.Start, m.TimeZone)+".", "at", fit.During.Start.Format(time.RFC3339))
	default:
		say(true, "free_now", "Is free now.")
	}
	if declined {
		c.Eligible = false
		say(false, "declined_before", "Declined this request.")
	}
	if fits && !m.Shift(fit.Arrival).contains(fit.Arrival) {
		c.Eligible = false
		say(false, "outside_shift", "Would arrive outside working hours.")
	}
	if lacking := m.Lacking(r.Skills); len(lacking) > 0 {
		c.Eligible = false
		say(false, "lacks_skill", "Lacks "+strings.Join(lacking, ", ")+".", "skills", strings.Join(lacking, ","))
	} else {
		say(true, "qualified", "Is qualified for "+r.Device.Model+".", "model", r.Device.Model)
	}
	if !m.Covers(r.Place.PostalCode) {
		c.Eligible = false
		say(false, "outside_territory", "Works elsewhere.")
	} else if len(m.Territory) > 0 {
		say(true, "in_territory", "Works in this area.")
	}
	if missing := m.Missing(r.Parts); len(missing) > 0 {
		c.lacksPart = true
		// Not a bar: parts can be got, at the cost of a detour that the dispatcher can judge.
		say(false, "lacks_part", "Does not carry "+strings.Join(missing, ", ")+".", "parts", strings.Join(missing, ","))
	} else if len(r.Parts) > 0 {
		say(true, "carries_part", "Carries all parts.")
	}
	switch {
	case m.Fix == nil:
		say(false, "position_unknown", "Position unknown; reckoned from the home base.")
	case now.Sub(m.Fix.RecordedAt) > freshFix:
		age := now.Sub(m.Fix.RecordedAt).Round(time.Minute)
		say(false, "position_old", "Last seen "+age.String()+" ago.", "seconds", fmt.Sprint(int(age.Seconds())))
	default:
		say(true, "position_fresh", "Position is fresh.")
	}
	return c
}

// declinedBy gives the technicians who declined a request: it is not offered to them again by itself.
func (s *Service) declinedBy(ctx context.Context, request uuid.UUID) (map[uuid.UUID]bool, error) {
	var ids []uuid.UUID
	if err := s.db.NewSelect().TableExpr("visits").Column("technician_id").
		Where("request_id = ? AND state = ?", request, VisitDeclined).Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("dispatch: reading who declined: %w", err)
	}
	declined := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		declined[id] = true
	}
	return declined, nil
}

func (s Span) contains(at time.Time) bool { return !at.Before(s.Start) && at.Before(s.End) }

func clock(at time.Time, zone string) string {
	if loc, err := time.LoadLocation(zone); err == nil {
		at = at.In(loc)
	}
	return at.Format("15:04")
}

func errNobody() error {
	return fault.New(fault.WrongState, "no_technician", "Nobody on duty can take this request now.")
}
