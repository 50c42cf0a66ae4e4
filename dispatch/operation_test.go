package dispatch_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/fault"
)

// traces counts everything that any change leaves behind.
func traces(t testing.TB, w *dispatchtest.World) [5]int {
	t.Helper()
	var n [5]int
	if err := w.DB.NewRaw(`SELECT (SELECT count(*) FROM activities), (SELECT count(*) FROM audit_trail), (SELECT count(*) FROM visits),
		(SELECT count(*) FROM operations), (SELECT coalesce(sum(version), 0) FROM service_requests)::int`).
		Scan(context.Background(), &n[0], &n[1], &n[2], &n[3], &n[4]); err != nil {
		t.Fatal(err)
	}
	return n
}

// Each mutation made twice, and twenty times at once, takes effect once and is always answered the same.
func TestEachOperationOnce(t *testing.T) {
	t.Parallel()
	for name, ready := range mutations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := dispatchtest.New(t)
			dispatchtest.Run(t, w.Service)

			m, op := ready(t, w), dispatchtest.Op()
			first := asJSON(t, must(m.do(op))(t))
			after := traces(t, w)
			w.Clock.Forward(time.Hour)
			if name != "schedule" { // whose question names the hour
				if again := asJSON(t, must(m.do(op))(t)); again != first {
					t.Errorf("again: %s\nfirst: %s", again, first)
				}
			}
			if now := traces(t, w); now != after {
				t.Errorf("again left traces: %v, before %v", now, after)
			}
			_, err := m.other(op)
			wantReason(t, err, "operation_id_reused")
			if now := traces(t, w); now != after {
				t.Errorf("the misused id left traces: %v, before %v", now, after)
			}

			m, op = ready(t, w), dispatchtest.Op()
			before, told := traces(t, w), len(w.Told.Kinds())
			answers := [20]string{}
			var wg sync.WaitGroup
			for i := range answers {
				wg.Go(func() {
					if answer, err := m.do(op); err != nil {
						answers[i] = err.Error()
					} else {
						answers[i] = asJSON(t, answer)
					}
				})
			}
			wg.Wait()
			for i, a := range answers {
				if a != answers[0] {
					t.Errorf("call %d: %s\ncall 0: %s", i, a, answers[0])
				}
			}
			now := traces(t, w)
			if now[0] != before[0]+1 || now[1] != before[1]+1 || now[2] > before[2]+1 || now[3] != before[3]+1 || now[4] != before[4]+1 {
				t.Errorf("twenty at once left %v, before %v", now, before)
			}
			if len(w.Told.Kinds()) > told+3 {
				t.Errorf("told: %v", w.Told.Kinds()[told:])
			}
			dispatchtest.CheckInvariants(t, w.DB)
		})
	}
}

// The number of parts in the van goes down once.
func TestPartsAreUsedOnce(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t)
	r, tech := walk(t, w, dispatch.OnSite)
	if _, err := w.DB.ExecContext(t.Context(), "UPDATE van_stock SET quantity = 5 WHERE technician_id = ?", tech.ID); err != nil {
		t.Fatal(err)
	}
	op := dispatchtest.Op()
	for range 3 {
		must(w.Service.Finish(t.Context(), tech.Actor, op, r, dispatch.Completion{
			Outcome: dispatch.Solved, PartsUsed: []dispatch.PartUsed{{PartNumber: "ROLLER", Quantity: 2}},
		}))(t)
	}
	var left int
	if err := w.DB.NewRaw("SELECT quantity FROM van_stock WHERE technician_id = ?", tech.ID).Scan(t.Context(), &left); err != nil || left != 3 {
		t.Errorf("left: %d, %v", left, err)
	}
}

func TestDutyOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	tech := w.Technician(t, dispatchtest.OffDuty())
	on, off := dispatchtest.Op(), dispatchtest.Op()
	first := must(w.Service.SetDuty(ctx, tech.Actor, on, true))(t)
	must(w.Service.SetDuty(ctx, tech.Actor, off, false))(t)
	w.Clock.Forward(time.Minute)
	// The first sent again does not put them on duty again.
	again := must(w.Service.SetDuty(ctx, tech.Actor, on, true))(t)
	if asJSON(t, again) != asJSON(t, first) {
		t.Errorf("again: %s\nfirst: %s", asJSON(t, again), asJSON(t, first))
	}
	if now := must(w.Service.Technician(ctx, tech.Actor))(t); now.OnDuty {
		t.Error("on duty again")
	}
	_, err := w.Service.SetDuty(ctx, tech.Actor, on, false)
	wantReason(t, err, "operation_id_reused")
}

// What failed leaves nothing behind, and the same operation works once it can.
func TestFailedOperationCanBeSentAgain(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	tech, r := w.Technician(t, dispatchtest.OffDuty()), w.Open(t)
	before, op := traces(t, w), dispatchtest.Op()
	assign := func() (*dispatch.Request, error) {
		return w.Service.Assign(ctx, w.Dispatcher, op, dispatch.Assignment{Request: r.ID, Technician: tech.ID})
	}
	_, err := assign()
	wantReason(t, err, "technician_off_duty")
	if f := fault.From(err); f.Kind != fault.WrongState || f.Field != "technician_id" {
		t.Errorf("%+v", f)
	}
	if now := traces(t, w); now != before {
		t.Errorf("left traces: %v, before %v", now, before)
	}
	must(w.Service.SetDuty(ctx, tech.Actor, dispatchtest.Op(), true))(t)
	if got := must(assign())(t); got.TechnicianID != tech.ID {
		t.Errorf("assigned to %v", got.TechnicianID)
	}
	dispatchtest.CheckInvariants(t, w.DB)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	s, op := w.Service, dispatchtest.Op
	r, tech := walk(t, w, dispatch.EnRoute)
	stranger := w.Technician(t, dispatchtest.Skilled("laser"))
	skilled := w.Open(t, func(n *dispatch.NewRequest) { n.Skills = []string{"a3", "laser"} }).ID
	before := traces(t, w)
	for reason, try := range map[string]func() error{
		"wrong_state": func() error { _, err := s.Accept(ctx, tech.Actor, op(), r); return err },
		"version_stale": func() error {
			_, err := s.Recall(ctx, w.Dispatcher, op(), r, 1, "x")
			return err
		},
		"reason_missing":    func() error { _, err := s.Cancel(ctx, w.Dispatcher, op(), r, 0, "  "); return err },
		"request_not_found": func() error { _, err := s.Arrive(ctx, stranger.Actor, op(), r); return err },
		"role_forbidden":    func() error { _, err := s.Cancel(ctx, w.Customer, op(), r, 0, "x"); return err },
		"operation_id_missing": func() error {
			_, err := s.Arrive(ctx, tech.Actor, dispatch.Operation{}, r)
			return err
		},
		"technician_not_found": func() error {
			_, err := s.Reassign(ctx, w.Dispatcher, op(), dispatch.Assignment{Request: r, Technician: uuid.New()})
			return err
		},
		"technician_unqualified": func() error {
			_, err := s.Assign(ctx, w.Dispatcher, op(), dispatch.Assignment{Request: skilled, Technician: stranger.ID})
			return err
		},
		"same_technician": func() error {
			_, err := s.Reassign(ctx, w.Dispatcher, op(), dispatch.Assignment{Request: r, Technician: tech.ID})
			return err
		},
		"job_in_progress": func() error { _, err := s.SetDuty(ctx, tech.Actor, op(), false); return err },
		"no_technician":   func() error { _, _, err := s.AutoAssign(ctx, w.Dispatcher, op(), skilled, 0); return err },
		"window_past": func() error {
			past := w.Clock.Now().Add(-time.Hour)
			_, err := s.AgreeWindow(ctx, w.Dispatcher, op(), skilled, 0, &dispatch.Span{Start: past.Add(-time.Hour), End: past})
			return err
		},
		"text_missing": func() error {
			_, err := s.Finish(ctx, tech.Actor, op(), r, dispatch.Completion{Outcome: dispatch.NoAccess})
			return err
		},
	} {
		if err := try(); fault.ReasonOf(err) != reason {
			t.Errorf("%v, want %s", err, reason)
		}
	}
	if now := traces(t, w); now != before {
		t.Errorf("left traces: %v, before %v", now, before)
	}
	// An override lets somebody go who lacks a skill.
	must(s.Assign(ctx, w.Dispatcher, op(), dispatch.Assignment{Request: skilled, Technician: stranger.ID, OverrideQualification: true}))(t)
}

func TestOpenRefusesBadRequests(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	nan, far := 0.0, 91.0
	nan /= nan
	for reason, change := range map[string]func(n *dispatch.NewRequest){
		"description_missing": func(n *dispatch.NewRequest) { n.Description = " \n" },
		"category_unknown":    func(n *dispatch.NewRequest) { n.Category = "haunted" },
		"priority_unknown":    func(n *dispatch.NewRequest) { n.Priority = "now" },
		"window_empty": func(n *dispatch.NewRequest) {
			n.Window = &dispatch.Span{Start: dispatchtest.Start, End: dispatchtest.Start.Add(100)} // less than a microsecond
		},
		"window_long": func(n *dispatch.NewRequest) {
			n.Window = &dispatch.Span{Start: dispatchtest.Start, End: dispatchtest.Start.AddDate(0, 0, 15)}
		},
		"role_forbidden": func(n *dispatch.NewRequest) { n.AccountID = uuid.New() },
	} {
		n := w.Request(t)
		change(&n)
		_, err := w.Service.Open(ctx, w.Customer, dispatchtest.Op(), n, n)
		wantReason(t, err, reason)
	}
	for _, change := range []func(p *dispatch.Place){
		func(p *dispatch.Place) { p.Latitude = &nan }, func(p *dispatch.Place) { p.Latitude = &far }, func(p *dispatch.Place) { p.Longitude = nil },
		func(p *dispatch.Place) { p.Latitude, p.Longitude = nil, nil }, func(p *dispatch.Place) { p.Quality = dispatch.NoPosition },
		func(p *dispatch.Place) { p.Quality = "" },
	} {
		n := w.Request(t)
		change(&n.Place)
		_, err := w.Service.Open(ctx, w.Customer, dispatchtest.Op(), "asked", n)
		wantReason(t, err, "position_invalid")
	}
	r := w.Open(t)
	n := w.Request(t)
	n.Device = r.Device
	_, err := w.Service.Open(ctx, w.Customer, dispatchtest.Op(), n, n)
	wantReason(t, err, "request_open")
	if f := fault.From(err); f.Params["number"] != r.Number || f.Params["id"] != r.ID.String() {
		t.Errorf("%+v", f)
	}
}
