package dispatch_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
)

// What the server knows of a technician's operations is theirs from whatever phone: whole, in pages, the newest first, also where
// two were taken at the same moment. A refused step stands there with its reason, and a colleague sees none of it.
func TestAllFatesOfATechnician(t *testing.T) {
	t.Parallel()
	ctx, w := t.Context(), dispatchtest.New(t)
	tech, other := w.Technician(t, dispatchtest.OffDuty()), w.Technician(t, dispatchtest.OffDuty())
	var ops []uuid.UUID
	op := func() dispatch.Operation {
		o := dispatchtest.Op()
		ops = append(ops, o.ID)
		return o
	}
	must(w.Service.SetDuty(ctx, tech.Actor, op(), true))(t)
	r := w.Open(t)
	must(w.Service.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: r.ID, Technician: tech.ID}))(t)
	w.Clock.Forward(time.Minute)
	must(w.Service.Accept(ctx, tech.Actor, op(), r.ID))(t)
	must(w.Service.Depart(ctx, tech.Actor, op(), r.ID))(t)
	w.Clock.Forward(time.Minute)
	must(w.Service.Recall(ctx, w.Dispatcher, dispatchtest.Op(), r.ID, 0, "kunden ringte"))(t)
	late := op()
	late.Visit = visitOf(t, w, r.ID)
	_, err := w.Service.Arrive(ctx, tech.Actor, late, r.ID)
	wantReason(t, err, "overtaken")
	w.Clock.Forward(time.Minute)
	must(w.Service.SetDuty(ctx, tech.Actor, op(), false))(t)

	var got []dispatch.Fate
	token := ""
	for range 10 {
		page, next, err := w.Service.AllFates(ctx, tech.Actor, dispatch.Page{Size: 2, Token: token})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, page...)
		if token = next; next == "" {
			break
		}
	}
	if len(got) != len(ops) {
		t.Fatalf("%d of %d operations: %+v", len(got), len(ops), got)
	}
	if !slices.IsSortedFunc(got, func(a, b dispatch.Fate) int { return b.At.Compare(a.At) }) {
		t.Errorf("not the newest first: %+v", got)
	}
	byID := map[uuid.UUID]dispatch.Fate{}
	for _, f := range got {
		byID[f.ID] = f
	}
	if f := byID[ops[0]]; f.Kind != "duty" || f.OnDuty == nil || !*f.OnDuty || f.Request != uuid.Nil {
		t.Errorf("going on duty: %+v", f)
	}
	if f := byID[ops[2]]; f.Kind != "depart" || f.Request != r.ID || f.Number != r.Number || f.AccountName != r.AccountName || f.State != dispatch.EnRoute || f.Refusal != nil {
		t.Errorf("departing: %+v", f)
	}
	if f := byID[late.ID]; f.Kind != "arrive" || f.Refusal == nil || f.Refusal.Reason != "overtaken" {
		t.Errorf("arriving too late: %+v", f)
	}
	if f := byID[ops[4]]; f.OnDuty == nil || *f.OnDuty {
		t.Errorf("going off duty: %+v", f)
	}
	if theirs, next, err := w.Service.AllFates(ctx, other.Actor, dispatch.Page{Size: 10}); err != nil || len(theirs) != 0 || next != "" {
		t.Errorf("a colleague sees %+v %q %v", theirs, next, err)
	}
	_, _, err = w.Service.AllFates(ctx, tech.Actor, dispatch.Page{Size: 10, Token: "no token"})
	wantReason(t, err, "page_token_invalid")
}

// visitOf gives the last visit of a request.
func visitOf(t *testing.T, w *dispatchtest.World, request uuid.UUID) (id uuid.UUID) {
	t.Helper()
	if err := w.DB.NewRaw("SELECT id FROM visits WHERE request_id = ? ORDER BY assigned_at DESC LIMIT 1", request).Scan(t.Context(), &id); err != nil {
		t.Fatal(err)
	}
	return id
}
