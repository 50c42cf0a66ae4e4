package dispatch_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/geo"
	"utsendt/internal/fault"
	"utsendt/internal/notify"
)

// patience bounds every wait; none is ever waited out but by a failing test.
const patience = 60 * time.Second

// must gives the value of a call that has to succeed: must(call())(t).
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// wantReason fails the test unless err is a fault of that reason.
func wantReason(t testing.TB, err error, reason string) {
	t.Helper()
	if fault.ReasonOf(err) != reason {
		t.Fatalf("error is %v, want %q", err, reason)
	}
}

// asJSON makes two answers comparable: pointers and time zones do not matter.
func asJSON(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func north(metres float64) orb.Point { return geo.Move(dispatchtest.Oslo, 0, metres) }

// A request from the customer's click to the repaired device, with all that is written on the way.
func TestLifeOfARequest(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	s := w.Service
	tech := w.Technician(t, dispatchtest.At(north(5000)), dispatchtest.Skilled("a3"), dispatchtest.Carries("FUSER"))
	sub := w.Bus.Subscribe("request.>", "technician.>")
	defer sub.Close()

	n := w.Request(t)
	n.Skills, n.Parts, n.RespondWithin, n.ResolveWithin = []string{"a3"}, []string{"FUSER"}, 4*time.Hour, 8*time.Hour
	n.Window = &dispatch.Span{Start: dispatchtest.Start, End: dispatchtest.Start.Add(6 * time.Hour)}
	op := dispatchtest.Op()
	r := must(s.Open(ctx, w.Customer, op, n, n))(t)
	if r.State != dispatch.ToBeScheduled || r.Version != 1 || r.OpenedBy != w.Customer.PersonID {
		t.Fatalf("opened as %+v", r)
	}
	if again := must(s.Open(ctx, w.Customer, op, n, n))(t); asJSON(t, again) != asJSON(t, r) {
		t.Errorf("opened again: %s\nwas: %s", asJSON(t, again), asJSON(t, r))
	}
	// What is read is what was answered.
	if found := must(s.Find(ctx, r.Number))(t); asJSON(t, found) != asJSON(t, r) {
		t.Errorf("read: %s\nanswered: %s", asJSON(t, found), asJSON(t, r))
	}

	candidates := must(s.Candidates(ctx, w.Dispatcher, r.ID, 10))(t)
	if len(candidates) != 1 || !candidates[0].Eligible || candidates[0].Technician.ID != tech.ID {
		t.Fatalf("candidates: %+v", candidates)
	}

	w.Clock.Forward(time.Minute)
	assigned := w.Clock.Now()
	r = must(s.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: r.ID, Technician: tech.ID, Version: 1}))(t)
	v := r.Visit
	if r.State != dispatch.Dispatched || r.Version != 2 || v == nil || r.VisitID != v.ID || v.State != dispatch.VisitAssigned ||
		!v.During.Start.Equal(assigned) || !r.DispatchedAt.Equal(assigned) {
		t.Fatalf("assigned: %s", asJSON(t, r))
	}
	if !v.PlannedArrival.Equal(assigned.Add(time.Duration(v.TravelSeconds)*time.Second)) ||
		!v.During.End.Equal(v.PlannedArrival.Add(dispatch.PaperJam.Work())) {
		t.Errorf("plan does not add up: %s", asJSON(t, v))
	}
	if d := must(s.Get(ctx, w.Dispatcher, r.Number))(t); asJSON(t, d.Request) != asJSON(t, r) {
		t.Errorf("read: %s\nanswered: %s", asJSON(t, d.Request), asJSON(t, r))
	}

	step := func(want dispatch.State, visit dispatch.VisitState, do func(op dispatch.Operation) (*dispatch.Request, error)) {
		t.Helper()
		at := w.Clock.Forward(10 * time.Minute)
		op, version := dispatchtest.PhoneOp(at, at), r.Version
		r = must(do(op))(t)
		if r.State != want || r.Version != version+1 || r.Visit != nil && r.Visit.State != visit {
			t.Fatalf("want %s, %s: %s", want, visit, asJSON(t, r))
		}
		if again := must(do(op))(t); asJSON(t, again) != asJSON(t, r) {
			t.Errorf("again: %s\nwas: %s", asJSON(t, again), asJSON(t, r))
		}
		if found := must(s.Get(ctx, w.Dispatcher, r.ID.String()))(t); asJSON(t, found.Request) != asJSON(t, r) {
			t.Errorf("read: %s\nanswered: %s", asJSON(t, found.Request), asJSON(t, r))
		}
		dispatchtest.CheckInvariants(t, w.DB)
	}
	step(dispatch.Dispatched, dispatch.VisitAccepted, func(op dispatch.Operation) (*dispatch.Request, error) {
		return s.Accept(ctx, tech.Actor, op, r.ID)
	})
	step(dispatch.EnRoute, dispatch.VisitEnRoute, func(op dispatch.Operation) (*dispatch.Request, error) {
		return s.Depart(ctx, tech.Actor, op, r.ID)
	})
	if left := w.Clock.Now(); !r.Visit.PlannedArrival.Equal(left.Add(time.Duration(r.Visit.TravelSeconds) * time.Second)) {
		t.Errorf("left at %v, planned arrival %v after %d s", left, r.Visit.PlannedArrival, r.Visit.TravelSeconds)
	}
	step(dispatch.OnSite, dispatch.VisitOnSite, func(op dispatch.Operation) (*dispatch.Request, error) {
		return s.Arrive(ctx, tech.Actor, op, r.ID)
	})
	jobs := must(s.Jobs(ctx, tech.Actor))(t)
	if len(jobs) != 1 || jobs[0].Request.ID != r.ID || !slices.Contains(jobs[0].Allowed, dispatch.Complete) {
		t.Errorf("jobs: %+v", jobs)
	}
	done := dispatch.Completion{
		Outcome: dispatch.Solved, Text: "Byttet fikseringsenhet.",
		PartsUsed: []dispatch.PartUsed{{PartNumber: "FUSER", Quantity: 2}}, Readings: []dispatch.Reading{{Counter: "total", Value: 12345}},
	}
	step(dispatch.Completed, "", func(op dispatch.Operation) (*dispatch.Request, error) {
		return s.Finish(ctx, tech.Actor, op, r.ID, done)
	})

	d := must(s.Get(ctx, w.Dispatcher, r.Number))(t)
	var kinds []string
	for _, a := range d.Activities {
		kinds = append(kinds, a.Kind)
	}
	if want := []string{"opened", "assigned", "accepted", "departed", "arrived", "completed"}; !slices.Equal(kinds, want) {
		t.Errorf("history is %v, want %v", kinds, want)
	}
	if len(d.Visits) != 1 || asJSON(t, d.Visits[0].Readings) != asJSON(t, done.Readings) || asJSON(t, d.Visits[0].PartsUsed) != asJSON(t, done.PartsUsed) {
		t.Errorf("visits: %s", asJSON(t, d.Visits))
	}
	if told, want := w.Told.Kinds(), []notify.Kind{notify.RequestOpened, notify.NewJob, notify.Dispatched, notify.EnRoute, notify.OnSite, notify.Completed}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
	var left int
	if err := w.DB.NewRaw("SELECT quantity FROM van_stock WHERE technician_id = ?", tech.ID).Scan(ctx, &left); err != nil || left != 0 {
		t.Errorf("left in the van: %d, %v", left, err)
	}
	versions := map[string]int64{}
	for deadline := time.After(patience); versions["request."+r.ID.String()] < r.Version || versions["technician."+tech.ID.String()] == 0; {
		select {
		case <-sub.C():
			signals, _ := sub.Take()
			for _, sig := range signals {
				versions[sig.Subject] = max(versions[sig.Subject], sig.Version)
			}
		case <-deadline:
			t.Fatalf("signalled: %v", versions)
		}
	}
}
