package dispatch_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/geo"
	"utsendt/internal/identity"
)

func candidates(t testing.TB, w *dispatchtest.World, s *dispatch.Service, r *dispatch.Request) []dispatch.Candidate {
	t.Helper()
	return must(s.Candidates(context.Background(), w.Dispatcher, r.ID, 100))(t)
}

func codes(c dispatch.Candidate) []string {
	var codes []string
	for _, r := range c.Reasons {
		codes = append(codes, r.Code)
		if r.Text == "" {
			codes = append(codes, r.Code+" has no text")
		}
	}
	return codes
}

// Who is there first comes first: by travel, by being free, by carrying the part; and whoever cannot come is shown last,
// with the reason.
func TestCandidatesAreRankedWithReasons(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	w.Clock.Set(dispatchtest.Start.Add(-time.Hour))
	tech := map[string]dispatchtest.Technician{}
	name := map[uuid.UUID]string{}
	add := func(n string, traits ...dispatchtest.Trait) {
		tech[n] = w.Technician(t, append([]dispatchtest.Trait{dispatchtest.Skilled("a3"), dispatchtest.Carries("FUSER")}, traits...)...)
		name[tech[n].ID] = n
	}
	add("stale", dispatchtest.At(north(2500)))
	w.Clock.Set(dispatchtest.Start)
	add("far", dispatchtest.At(north(20_000)), dispatchtest.Territory("01", "02"))
	add("near", dispatchtest.At(north(1000)))
	add("busy", dispatchtest.At(north(100)))
	add("without the part", dispatchtest.At(north(10)))
	add("unskilled", dispatchtest.At(north(50)), dispatchtest.Skilled("laser"))
	add("elsewhere", dispatchtest.At(north(60)), dispatchtest.Territory("50"))
	add("at the end of the shift", dispatchtest.At(north(70)), dispatchtest.Shift("02:00", "10:00", "Europe/Oslo"))
	add("declined", dispatchtest.At(north(80)))
	add("unknown", dispatchtest.Home(north(4000)))
	add("off duty", dispatchtest.OffDuty())
	if _, err := w.DB.ExecContext(ctx, "DELETE FROM van_stock WHERE technician_id = ?", tech["without the part"].ID); err != nil {
		t.Fatal(err)
	}
	needs := func(n *dispatch.NewRequest) { n.Skills, n.Parts = []string{"a3"}, []string{"FUSER"} }
	for range 2 { // two jobs keep the busy one until after 60 minutes
		must(w.Service.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: w.Open(t).ID, Technician: tech["busy"].ID}))(t)
	}
	r := w.Open(t, needs)
	must(w.Service.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: r.ID, Technician: tech["declined"].ID}))(t)
	must(w.Service.Decline(ctx, tech["declined"].Actor, dispatchtest.Op(), r.ID, "no time"))(t)
	dispatchtest.Run(t, w.Service)

	found := candidates(t, w, w.Service, r)
	var order []string
	for _, c := range found {
		order = append(order, name[c.Technician.ID])
	}
	want := []string{"near", "stale", "unknown", "far", "without the part", "busy", "unskilled", "elsewhere", "at the end of the shift", "declined"}
	if !slices.Equal(order, want) {
		t.Errorf("order %v\nwant  %v", order, want)
	}
	for _, c := range found {
		n := name[c.Technician.ID]
		wantCodes := map[string][]string{
			"near":                    {"free_now", "qualified", "carries_part", "position_fresh"},
			"stale":                   {"free_now", "qualified", "carries_part", "position_old"},
			"unknown":                 {"free_now", "qualified", "carries_part", "position_unknown"},
			"far":                     {"free_now", "qualified", "in_territory", "carries_part", "position_fresh"},
			"without the part":        {"free_now", "qualified", "lacks_part", "position_fresh"},
			"busy":                    {"free_later", "qualified", "carries_part", "position_fresh"},
			"unskilled":               {"free_now", "lacks_skill", "carries_part", "position_fresh"},
			"elsewhere":               {"free_now", "qualified", "outside_territory", "carries_part", "position_fresh"},
			"at the end of the shift": {"free_now", "outside_shift", "qualified", "carries_part", "position_fresh"},
			"declined":                {"free_now", "declined_before", "qualified", "carries_part", "position_fresh"},
		}[n]
		if got := codes(c); !slices.Equal(got, wantCodes) {
			t.Errorf("%s: %v, want %v", n, got, wantCodes)
		}
		if wantJobs := map[string]int{"busy": 2}[n]; c.OpenJobs != wantJobs {
			t.Errorf("%s has %d jobs", n, c.OpenJobs)
		}
		if c.Eligible != (slices.Index(want, n) < 6) {
			t.Errorf("%s: eligible is %v", n, c.Eligible)
		}
		if !c.Fit.Arrival.Equal(c.Fit.During.Start.Add(c.Fit.Travel.Duration)) || c.Fit.Travel.Source == "" {
			t.Errorf("%s: %+v", n, c.Fit)
		}
	}
	if d := found[0].Distance; d < 999 || d > 1001 {
		t.Errorf("1000 m are %v", d)
	}
	if few := must(w.Service.Candidates(ctx, w.Dispatcher, r.ID, 2))(t); len(few) != 2 {
		t.Errorf("%d of 2", len(few))
	}
	for _, a := range []identity.Actor{{}, w.Customer, tech["near"].Actor} {
		_, err := w.Service.Candidates(ctx, a, r.ID, 1)
		wantReason(t, err, "role_forbidden")
	}

	// Automatic assignment takes the first, and never whoever declined.
	for _, n := range want[:6] {
		got, chosen, err := w.Service.AutoAssign(ctx, w.Dispatcher, dispatchtest.Op(), r.ID, 0)
		if err != nil || name[got.TechnicianID] != n || chosen.Technician.ID != got.TechnicianID {
			t.Fatalf("chosen is %v, want %s: %v", chosen, n, err)
		}
		must(w.Service.Decline(ctx, tech[n].Actor, dispatchtest.Op(), r.ID, "no time"))(t)
	}
	_, _, err := w.Service.AutoAssign(ctx, w.Dispatcher, dispatchtest.Op(), r.ID, 0)
	wantReason(t, err, "no_technician")
	// Whoever declined may still be sent by hand; whoever has it is no candidate.
	must(w.Service.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: r.ID, Technician: tech["near"].ID}))(t)
	if slices.ContainsFunc(candidates(t, w, w.Service, r), func(c dispatch.Candidate) bool { return c.Technician.ID == tech["near"].ID }) {
		t.Error("whoever has it is a candidate for it")
	}
	dispatchtest.CheckInvariants(t, w.DB)
}

func TestCandidatesForAWindow(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	dispatchtest.Run(t, w.Service)
	tech := w.Technician(t, dispatchtest.At(north(5000)))
	window := dispatch.Span{Start: dispatchtest.Start.Add(3 * time.Hour), End: dispatchtest.Start.Add(4 * time.Hour)}
	r := w.Open(t, func(n *dispatch.NewRequest) { n.Window = &window })
	c := candidates(t, w, w.Service, r)
	if len(c) != 1 || !c[0].Eligible || !c[0].Fit.Arrival.Equal(window.Start) || codes(c[0])[0] != "free_later" {
		t.Fatalf("%+v", c)
	}
	// A job that fills the window leaves no room in it.
	for range 2 {
		other := w.Open(t, func(n *dispatch.NewRequest) { n.Window, n.Category = &window, dispatch.Noise })
		_, err := w.Service.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: other.ID, Technician: tech.ID})
		if err != nil {
			wantReason(t, err, "technician_busy")
		}
	}
	c = candidates(t, w, w.Service, r)
	if len(c) != 1 || c[0].Eligible || codes(c[0])[0] != "not_free_in_window" {
		t.Fatalf("%+v", c)
	}
	_, _, err := w.Service.AutoAssign(ctx, w.Dispatcher, dispatchtest.Op(), r.ID, 0)
	wantReason(t, err, "no_technician")
	_, err = w.Service.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: r.ID, Technician: tech.ID})
	wantReason(t, err, "technician_busy")
	// Before the window there is time for another.
	soon := must(w.Service.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: w.Open(t).ID, Technician: tech.ID}))(t)
	if !soon.Visit.During.Start.Equal(w.Clock.Now()) {
		t.Errorf("%v", soon.Visit.During)
	}
	dispatchtest.CheckInvariants(t, w.DB)
}

// Nearest is nearest on the globe: across the antimeridian, and without a position any technician will do.
func TestCandidatesAcrossTheAntimeridian(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t)
	dispatchtest.Run(t, w.Service)
	east := w.Technician(t, dispatchtest.At(orb.Point{-179.95, -17}))
	west := w.Technician(t, dispatchtest.At(orb.Point{179.0, -17}))
	r := w.Open(t, dispatchtest.Place(orb.Point{179.98, -17}))
	c := candidates(t, w, w.Service, r)
	if len(c) != 2 || c[0].Technician.ID != east.ID || c[1].Technician.ID != west.ID || c[0].Distance > 8000 {
		t.Errorf("%+v", c)
	}
	nowhere := w.Open(t, func(n *dispatch.NewRequest) {
		n.Place.Latitude, n.Place.Longitude, n.Place.Quality = nil, nil, dispatch.NoPosition
	})
	c = candidates(t, w, w.Service, nowhere)
	if len(c) != 2 || !c[0].Eligible || c[0].Fit.Travel.Source != "unknown" || c[0].Distance != 0 {
		t.Errorf("%+v", c)
	}
	if got, _, err := w.Service.AutoAssign(context.Background(), w.Dispatcher, dispatchtest.Op(), nowhere.ID, 0); err != nil || got.Visit == nil {
		t.Error(err)
	}
}

// A server learns from the others who came on duty and who left, by signals, and without them by reading again.
func TestRosterFollowsOtherServers(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, c := range map[string]struct {
		reread time.Duration
		shared bool
	}{"signals": {time.Hour, true}, "reading again": {5 * time.Millisecond, false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := dispatchtest.New(t)
			here, _ := w.Server(t, dispatchtest.Streams(time.Hour, c.reread))
			if c.shared {
				here = w.ServerOn(w.Bus, dispatchtest.Streams(time.Hour, c.reread))
			}
			dispatchtest.Run(t, here)
			r := w.Open(t)
			sees := func(want func([]dispatch.Candidate) bool) {
				t.Helper()
				for deadline := time.Now().Add(patience); !want(candidates(t, w, here, r)); time.Sleep(time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatalf("sees %+v", candidates(t, w, here, r))
					}
				}
			}
			tech := w.Technician(t, dispatchtest.At(north(700)))
			sees(func(c []dispatch.Candidate) bool { return len(c) == 1 && c[0].Position != nil })
			w.Clock.Forward(time.Minute)
			w.Move(t, tech, north(300))
			sees(func(c []dispatch.Candidate) bool { return geo.Distance(c[0].Position.Point, north(300)) < 1 })
			must(w.Service.SetDuty(ctx, tech.Actor, dispatchtest.Op(), false))(t)
			sees(func(c []dispatch.Candidate) bool { return len(c) == 0 })
			// Back on duty, the old position is not remembered.
			w.Clock.Forward(time.Minute)
			must(w.Service.SetDuty(ctx, tech.Actor, dispatchtest.Op(), true))(t)
			sees(func(c []dispatch.Candidate) bool { return len(c) == 1 && c[0].Position == nil })
		})
	}
}

// Automatic assignment on several servers gives every request that waits to somebody, once.
func TestRunAutoAssign(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t, dispatchtest.Streams(time.Hour, time.Hour))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	second := w.ServerOn(w.Bus, dispatchtest.Streams(time.Hour, time.Hour))
	waiting := w.Open(t) // before anybody runs
	for _, s := range []*dispatch.Service{w.Service, second} {
		dispatchtest.Run(t, s)
		go func() { s.RunAutoAssign(ctx); done <- struct{}{} }()
	}
	t.Cleanup(func() { cancel(); <-done; <-done })
	assigned := func(r *dispatch.Request) {
		t.Helper()
		for deadline := time.Now().Add(patience); must(w.Service.Find(context.Background(), r.Number))(t).State != dispatch.Dispatched; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("nobody was sent")
			}
		}
	}
	for i := range 4 { // who comes on duty takes what waits
		w.Technician(t, dispatchtest.At(north(float64(1000*i))))
	}
	assigned(waiting)
	for range 10 { // what is opened is given at once
		assigned(w.Open(t))
	}
	dispatchtest.CheckInvariants(t, w.DB)
}
