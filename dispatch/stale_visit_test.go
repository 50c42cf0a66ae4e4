package dispatch_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/fault"
)

// Without cover a technician goes through a whole visit. Meanwhile the office takes the job back, for whatever reason, and
// then gives it to the same technician again. What was pressed for the first visit never moves the second.
func TestOldStepsNeverMoveANewVisit(t *testing.T) {
	t.Parallel()
	for _, ended := range []dispatch.VisitState{dispatch.VisitRecalled, dispatch.VisitDeclined, dispatch.VisitUnsolved} {
		t.Run(string(ended), func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			w := dispatchtest.New(t)
			s, tech := w.Service, w.Technician(t, dispatchtest.At(north(2000)))
			id := w.Open(t).ID
			first := must(s.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: id, Technician: tech.ID}))(t).Visit.ID
			for _, step := range map[dispatch.VisitState][]func(){
				dispatch.VisitRecalled: {func() {
					must(s.Recall(ctx, w.Dispatcher, dispatchtest.Op(), id, 0, "kunden ringte"))(t)
				}},
				// From their other phone.
				dispatch.VisitDeclined: {func() { must(s.Decline(ctx, tech.Actor, dispatchtest.Op(), id, "bilen står"))(t) }},
				dispatch.VisitUnsolved: {
					func() { must(s.Depart(ctx, tech.Actor, dispatchtest.Op(), id))(t) },
					func() { must(s.Arrive(ctx, tech.Actor, dispatchtest.Op(), id))(t) },
					func() {
						must(s.Finish(ctx, tech.Actor, dispatchtest.Op(), id, dispatch.Completion{Outcome: dispatch.NoAccess, Text: "Stengt"}))(t)
					},
				},
			}[ended] {
				w.Clock.Forward(time.Minute)
				step()
			}
			w.Clock.Forward(time.Hour)
			second := must(s.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: id, Technician: tech.ID}))(t)

			old := func() dispatch.Operation {
				op := dispatchtest.PhoneOp(dispatchtest.Start.Add(time.Minute), w.DB.Now())
				op.Visit = first
				return op
			}
			var ops []dispatch.Operation
			for what, do := range map[string]func(dispatch.Operation) (*dispatch.Request, error){
				"accept": func(op dispatch.Operation) (*dispatch.Request, error) { return s.Accept(ctx, tech.Actor, op, id) },
				"depart": func(op dispatch.Operation) (*dispatch.Request, error) { return s.Depart(ctx, tech.Actor, op, id) },
				"arrive": func(op dispatch.Operation) (*dispatch.Request, error) { return s.Arrive(ctx, tech.Actor, op, id) },
				"decline": func(op dispatch.Operation) (*dispatch.Request, error) {
					return s.Decline(ctx, tech.Actor, op, id, "syk")
				},
				"complete": func(op dispatch.Operation) (*dispatch.Request, error) {
					return s.Finish(ctx, tech.Actor, op, id, dispatch.Completion{Outcome: dispatch.Solved})
				},
			} {
				op := old()
				ops = append(ops, op)
				for range 2 {
					_, err := do(op)
					f := fault.From(err)
					if f.Reason != "overtaken" || f.Params["visit_state"] != string(ended) || f.Params["step"] != what || f.Params["state"] != "dispatched" {
						t.Errorf("%s: %v %v", what, err, f.Params)
					}
				}
				// The same id for the visit that is live is another question.
				op.Visit = second.Visit.ID
				_, err := do(op)
				wantReason(t, err, "operation_id_reused")
			}
			d := must(s.Get(ctx, w.Dispatcher, id.String()))(t)
			if d.Request.State != dispatch.Dispatched || d.Request.VisitID != second.Visit.ID || d.Request.Visit.State != dispatch.VisitAssigned {
				t.Errorf("the new visit moved: %+v", d.Request.Visit)
			}
			kept := 0
			for _, a := range d.Activities {
				if a.Kind == "overtaken" && a.VisitID == first && !a.CustomerVisible {
					kept++
				}
			}
			if kept != len(ops) {
				t.Errorf("%d of %d steps are in the history", kept, len(ops))
			}
			// What is meant for the new one moves it, and a visit that never was is no visit.
			stranger := dispatchtest.Op()
			stranger.Visit = uuid.New()
			_, err := s.Accept(ctx, tech.Actor, stranger, id)
			wantReason(t, err, "request_not_found")
			now := dispatchtest.Op()
			now.Visit = second.Visit.ID
			if r := must(s.Accept(ctx, tech.Actor, now, id))(t); r.Visit.State != dispatch.VisitAccepted {
				t.Errorf("%+v", r.Visit)
			}
			dispatchtest.CheckInvariants(t, w.DB)
		})
	}
}
