package dispatch_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
)

// What ended today is listed page by page in the order it ended: what was done, what needs a second visit, what was
// cancelled; not what was declined or taken back, not yesterday's, and to nobody but dispatchers.
func TestEndedVisits(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := dispatchtest.New(t)
	s := w.Service
	tech, other := w.Technician(t, dispatchtest.At(north(5000))), w.Technician(t, dispatchtest.At(north(6000)))
	give := func(to dispatchtest.Technician) *dispatch.Request {
		t.Helper()
		return must(s.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: w.Open(t).ID, Technician: to.ID}))(t)
	}
	finish := func(to dispatchtest.Technician, outcome dispatch.Outcome) string {
		t.Helper()
		r := give(to)
		w.Clock.Forward(10 * time.Minute)
		must(s.Depart(ctx, to.Actor, dispatchtest.Op(), r.ID))(t)
		w.Clock.Forward(10 * time.Minute)
		must(s.Arrive(ctx, to.Actor, dispatchtest.Op(), r.ID))(t)
		w.Clock.Forward(10 * time.Minute)
		must(s.Finish(ctx, to.Actor, dispatchtest.Op(), r.ID, dispatch.Completion{Outcome: outcome, Text: "Ferdig for i dag."}))(t)
		return r.Number
	}
	finish(tech, dispatch.Solved)
	since := w.Clock.Forward(12 * time.Hour)
	done := finish(tech, dispatch.Solved)
	again := finish(tech, dispatch.NoAccess)
	w.Clock.Forward(time.Minute)
	theirs := finish(other, dispatch.Solved)
	gone := give(tech)
	w.Clock.Forward(time.Minute)
	must(s.Cancel(ctx, w.Dispatcher, dispatchtest.Op(), gone.ID, 0, "Kunden ordnet det selv."))(t)
	back := give(tech)
	must(s.Recall(ctx, w.Dispatcher, dispatchtest.Op(), back.ID, 0, "Haster et annet sted."))(t)
	declined := give(tech)
	must(s.Decline(ctx, tech.Actor, dispatchtest.Op(), declined.ID, "Syk."))(t)
	give(tech)

	read := func(of uuid.UUID, size int) (numbers []string, states []dispatch.VisitState) {
		t.Helper()
		page := dispatch.Page{Size: size}
		for {
			list, next, err := s.EndedVisits(ctx, w.Dispatcher, since, of, page)
			if err != nil || len(list) > size {
				t.Fatalf("%d visits: %v", len(list), err)
			}
			for _, v := range list {
				numbers, states = append(numbers, v.RequestNumber), append(states, v.State)
				if v.EndedAt == nil || v.TechnicianName == "" || v.AccountName == "" || v.City == "" || v.TimeZone == "" || v.RequestState == "" {
					t.Errorf("not whole: %s", asJSON(t, v))
				}
			}
			if next == "" {
				return numbers, states
			}
			page.Token = next
		}
	}
	for _, size := range []int{1, 2, 100} {
		numbers, states := read(uuid.Nil, size)
		if want := []string{done, again, theirs, gone.Number}; !slices.Equal(numbers, want) {
			t.Errorf("pages of %d: %v, want %v", size, numbers, want)
		}
		if want := []dispatch.VisitState{dispatch.VisitDone, dispatch.VisitUnsolved, dispatch.VisitDone, dispatch.VisitCancelled}; !slices.Equal(states, want) {
			t.Errorf("pages of %d: %v, want %v", size, states, want)
		}
	}
	if numbers, _ := read(other.ID, 1); !slices.Equal(numbers, []string{theirs}) {
		t.Errorf("of one technician: %v, want %s", numbers, theirs)
	}
	if numbers, _ := read(uuid.New(), 1); len(numbers) != 0 {
		t.Errorf("of nobody: %v", numbers)
	}
	_, _, err := s.EndedVisits(ctx, w.Dispatcher, since, uuid.Nil, dispatch.Page{Size: 1, Token: "x"})
	wantReason(t, err, "page_token_invalid")
	for _, actor := range []struct{ name string }{{"technician"}, {"customer"}} {
		who := tech.Actor
		if actor.name == "customer" {
			who = w.Customer
		}
		if list, _, err := s.EndedVisits(ctx, who, since, uuid.Nil, dispatch.Page{Size: 1}); err == nil || list != nil {
			t.Errorf("a %s reads %d", actor.name, len(list))
		}
	}
}
