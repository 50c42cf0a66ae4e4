package dispatch_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

// A day without cover, recorded by a phone whose clock is seven minutes ahead, comes in at once. Meanwhile the office
// took one of the two jobs back and gave it to somebody else.
func TestOfflineDay(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	s := w.Service
	at := func(minutes int) time.Time { return dispatchtest.Start.Add(time.Duration(minutes) * time.Minute) }
	tech, other := w.Technician(t, dispatchtest.At(north(2000))), w.Technician(t, dispatchtest.At(north(4000)))
	one, two := w.Open(t).ID, w.Open(t).ID
	for _, r := range []dispatch.Assignment{{Request: one, Technician: tech.ID}, {Request: two, Technician: tech.ID}} {
		must(s.Assign(ctx, w.Dispatcher, dispatchtest.Op(), r))(t)
	}
	w.Clock.Set(at(90))
	must(s.Reassign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: two, Technician: other.ID, Reason: "haster"}))(t)

	const ahead = 7 * time.Minute
	w.Clock.Set(at(140))
	type step struct {
		pressed int
		what    string
		do      func(op dispatch.Operation) (*dispatch.Request, error)
	}
	solved := dispatch.Completion{Outcome: dispatch.Solved, Text: "Renset."}
	var steps []step
	for i, r := range []struct{ accept, depart, arrive, finish int }{{15, 20, 40, 70}, {72, 75, 100, 130}} {
		id := one
		if i == 1 {
			id = two
		}
		steps = append(steps,
			step{r.accept, "accept", func(op dispatch.Operation) (*dispatch.Request, error) { return s.Accept(ctx, tech.Actor, op, id) }},
			step{r.depart, "depart", func(op dispatch.Operation) (*dispatch.Request, error) { return s.Depart(ctx, tech.Actor, op, id) }},
			step{r.arrive, "arrive", func(op dispatch.Operation) (*dispatch.Request, error) { return s.Arrive(ctx, tech.Actor, op, id) }},
			step{r.finish, "complete", func(op dispatch.Operation) (*dispatch.Request, error) {
				return s.Finish(ctx, tech.Actor, op, id, solved)
			}},
		)
	}
	ops := make([]dispatch.Operation, len(steps))
	answers := make([]string, len(steps))
	for i, st := range steps {
		ops[i] = dispatchtest.PhoneOp(at(st.pressed).Add(ahead), at(140).Add(ahead))
		r, err := st.do(ops[i])
		if i < 4 {
			answers[i] = asJSON(t, must(r, err)(t))
			continue
		}
		wantReason(t, err, "overtaken")
		f := fault.From(err)
		if f.Kind != fault.WrongState || f.Params["state"] != "dispatched" || f.Params["visit_state"] != "recalled" || f.Params["step"] != st.what {
			t.Errorf("%s: %+v", st.what, f)
		}
		answers[i] = asJSON(t, f)
	}

	d := must(s.Get(ctx, w.Dispatcher, one.String()))(t)
	v := d.Visits[0]
	for name, got := range map[string]struct {
		at   *time.Time
		want int
	}{
		"accepted": {v.AcceptedAt, 15}, "departed": {v.EnRouteAt, 20}, "arrived": {v.OnSiteAt, 40}, "ended": {v.EndedAt, 70},
		"request departed": {d.Request.EnRouteAt, 20}, "request arrived": {d.Request.OnSiteAt, 40}, "request ended": {d.Request.EndedAt, 70},
	} {
		if got.at == nil || !got.at.Equal(at(got.want)) {
			t.Errorf("%s at %v, want %v", name, got.at, at(got.want))
		}
	}
	if d.Request.State != dispatch.Completed || !v.During.Start.Equal(at(20)) || !v.During.End.Equal(at(70)) {
		t.Errorf("%s, during %v", d.Request.State, v.During)
	}
	for i, a := range d.Activities[2:] {
		if !a.PhoneClockWrong() || a.PhoneSkew != ahead.Seconds() || !a.At.Equal(at(140)) || !a.HappenedAt().Equal(at(steps[i].pressed)) ||
			!a.PhoneAt.Equal(at(steps[i].pressed).Add(ahead)) {
			t.Errorf("%s: %+v, happened %v", steps[i].what, a, a.HappenedAt())
		}
	}

	d = must(s.Get(ctx, w.Dispatcher, two.String()))(t)
	if d.Request.State != dispatch.Dispatched || d.Request.TechnicianID != other.ID {
		t.Errorf("the office's decision was overwritten: %+v", d.Request)
	}
	var kept []string
	for _, a := range d.Activities {
		if a.Kind != "overtaken" {
			continue
		}
		kept = append(kept, a.Text)
		if a.CustomerVisible || a.TechnicianID != tech.ID || !a.PhoneClockWrong() {
			t.Errorf("%+v", a)
		}
	}
	if !slices.Equal(kept, []string{"accept", "depart", "arrive", "complete: Renset."}) {
		t.Errorf("kept: %v", kept)
	}
	dispatchtest.CheckInvariants(t, w.DB)

	// All of it again, as after an answer that was lost: nothing changes, and each gets its answer.
	before := traces(t, w)
	w.Clock.Forward(time.Minute)
	for i, st := range steps {
		r, err := st.do(ops[i])
		got := asJSON(t, r)
		if err != nil {
			got = asJSON(t, fault.From(err))
		}
		if got != answers[i] {
			t.Errorf("%s again: %s\nfirst: %s", st.what, got, answers[i])
		}
	}
	if now := traces(t, w); now != before {
		t.Errorf("the repetition left traces: %v, before %v", now, before)
	}
}

// A step that was pressed before the job was given, or after now, is kept within what can be.
func TestPhoneTimesStayInOrder(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	r, tech := walk(t, w, dispatch.Dispatched)
	given := w.Clock.Now()
	now := w.Clock.Forward(time.Hour)
	departed := must(w.Service.Depart(ctx, tech.Actor, dispatchtest.PhoneOp(given.Add(-time.Hour), now), r))(t)
	if !departed.EnRouteAt.Equal(given) {
		t.Errorf("departed at %v, was given the job at %v", departed.EnRouteAt, given)
	}
	arrived := must(w.Service.Arrive(ctx, tech.Actor, dispatchtest.PhoneOp(now.Add(time.Hour), now), r))(t)
	if !arrived.OnSiteAt.Equal(now) {
		t.Errorf("arrived at %v, now is %v", arrived.OnSiteAt, now)
	}
	dispatchtest.CheckInvariants(t, w.DB)
}

// Two visits of one technician never overlap, even in the past, when the messages that ended the one and began the
// other were delayed differently.
func TestDepartureFollowsTheLastVisit(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	s := w.Service
	tech := w.Technician(t, dispatchtest.At(north(2000)))
	step := func(take func(context.Context, identity.Actor, dispatch.Operation, uuid.UUID) (*dispatch.Request, error), id uuid.UUID, pressed, sent time.Time) {
		t.Helper()
		if _, err := take(ctx, tech.Actor, dispatchtest.PhoneOp(pressed, sent), id); err != nil {
			t.Fatal(err)
		}
	}
	var ids []uuid.UUID
	for range 2 {
		r := w.Open(t)
		if _, err := s.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: r.ID, Technician: tech.ID, OverrideQualification: true}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	at := w.Clock.Forward(time.Hour)
	step(s.Depart, ids[0], at, at)
	at = w.Clock.Forward(20 * time.Minute)
	step(s.Arrive, ids[0], at, at)
	at = w.Clock.Forward(30 * time.Minute)
	// The end was on its way for ten seconds, so its phone seems ten seconds slow and the end later than it was.
	finish := dispatchtest.PhoneOp(at.Add(-10*time.Second), at.Add(-10*time.Second))
	if _, err := s.Finish(ctx, tech.Actor, finish, ids[0], dispatch.Completion{Outcome: dispatch.Solved}); err != nil {
		t.Fatal(err)
	}
	at = w.Clock.Forward(time.Second)
	step(s.Depart, ids[1], at.Add(-9*time.Second), at)
	var overlaps int
	if err := w.DB.NewRaw(`SELECT count(*) FROM visits a JOIN visits b ON a.technician_id = b.technician_id AND a.id < b.id
		AND a.during && b.during`).Scan(ctx, &overlaps); err != nil {
		t.Fatal(err)
	}
	if overlaps != 0 {
		t.Fatal("the second visit began before the first had ended")
	}
}
