package dispatch_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

// The queue is paged by what is promised soonest, without holes or doubles, also while requests come in.
func TestQueueIsPagedInTheOrderOfPromises(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t)
	ctx := t.Context()
	// Two with the same promise, some without any: the order is still one.
	for i, hours := range []int{8, 4, 0, 4, 2, 0, 1, 9, 4} {
		w.Open(t, func(n *dispatch.NewRequest) {
			n.RespondWithin, n.ResolveWithin = time.Duration(hours)*time.Hour, 0
			n.Description = fmt.Sprintf("fault %d", i)
		})
		w.Clock.Forward(time.Second)
	}
	whole, err := w.Service.List(ctx, w.Dispatcher, dispatch.Filter{}, dispatch.Page{Size: 100})
	if err != nil || len(whole.Requests) != 9 || whole.Total != 9 || whole.Next != "" {
		t.Fatalf("%d of %d, next %q: %v", len(whole.Requests), whole.Total, whole.Next, err)
	}
	for i, a := range whole.Requests[:8] {
		b := whole.Requests[i+1]
		switch pa, pb := a.Promise(), b.Promise(); {
		case pa == nil && pb != nil, pa != nil && pb != nil && pa.After(*pb):
			t.Errorf("%s stands before %s", a.Description, b.Description)
		}
	}
	var paged []uuid.UUID
	page := dispatch.Page{Size: 2}
	for {
		list, err := w.Service.List(ctx, w.Dispatcher, dispatch.Filter{}, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list.Requests {
			paged = append(paged, r.ID)
		}
		if list.Next == "" {
			break
		}
		page.Token = list.Next
		// One more comes in with the latest promise of all: it may come at the end, but moves nothing.
		w.Open(t, func(n *dispatch.NewRequest) { n.RespondWithin = 1000 * time.Hour })
	}
	for i, r := range whole.Requests {
		at := slices.Index(paged, r.ID)
		if at < 0 || slices.Index(paged[at+1:], r.ID) >= 0 {
			t.Errorf("request %d of the queue was lost or doubled by paging", i)
		}
	}
	_, err = w.Service.List(ctx, w.Dispatcher, dispatch.Filter{}, dispatch.Page{Size: 2, Token: "not ours"})
	wantReason(t, err, "page_token_invalid")
}

func TestQueueFilters(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t)
	ctx := t.Context()
	tech := w.Technician(t, dispatchtest.At(north(3000)))
	plain := w.Open(t)
	percent := w.Open(t, func(n *dispatch.NewRequest) { n.Description = `100 % svart_side \ igjen` })
	urgent := w.Open(t, func(n *dispatch.NewRequest) { n.RespondWithin, n.Description = time.Hour, "Ærlig talt" })
	given, err := w.Service.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{
		Request: plain.ID, Technician: tech.ID, OverrideQualification: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	gone, err := w.Service.Cancel(ctx, w.Dispatcher, dispatchtest.Op(), w.Open(t).ID, 0, "feil nummer")
	if err != nil {
		t.Fatal(err)
	}
	soon := w.Clock.Now().Add(2 * time.Hour)
	for name, c := range map[string]struct {
		filter dispatch.Filter
		want   []*dispatch.Request
	}{
		"open":            {dispatch.Filter{}, []*dispatch.Request{plain, percent, urgent}},
		"a state":         {dispatch.Filter{States: []dispatch.State{dispatch.Dispatched}}, []*dispatch.Request{plain}},
		"ended":           {dispatch.Filter{States: []dispatch.State{dispatch.Cancelled, dispatch.Completed}}, []*dispatch.Request{gone}},
		"technician":      {dispatch.Filter{Technician: tech.ID}, []*dispatch.Request{plain}},
		"nobody's":        {dispatch.Filter{Technician: uuid.New()}, nil},
		"account":         {dispatch.Filter{Account: uuid.New()}, nil},
		"due":             {dispatch.Filter{DueBefore: &soon}, []*dispatch.Request{urgent}},
		"number":          {dispatch.Filter{Query: " sr " + plain.Number[3:]}, []*dispatch.Request{plain}},
		"literal percent": {dispatch.Filter{Query: "100 %"}, []*dispatch.Request{percent}},
		"literal line":    {dispatch.Filter{Query: "svart_side"}, []*dispatch.Request{percent}},
		"no wild card":    {dispatch.Filter{Query: "svart%"}, nil},
		"backslash":       {dispatch.Filter{Query: `\`}, []*dispatch.Request{percent}},
		"any case":        {dispatch.Filter{Query: "ærlig TALT"}, []*dispatch.Request{urgent}},
		"words of two":    {dispatch.Filter{Query: "ærlig svart"}, nil},
		"serial":          {dispatch.Filter{Query: urgent.Device.SerialNumber}, []*dispatch.Request{urgent}},
	} {
		list, err := w.Service.List(ctx, w.Dispatcher, c.filter, dispatch.Page{Size: 50})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got, want []string
		for _, r := range list.Requests {
			got = append(got, r.Number)
			if (r.Visit != nil) != (r.ID == given.ID) {
				t.Errorf("%s: the visit of %s is %v", name, r.Number, r.Visit)
			}
		}
		for _, r := range c.want {
			want = append(want, r.Number)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || list.Total != len(want) {
			t.Errorf("%s: %v of %d, want %v", name, got, list.Total, want)
		}
	}
	_, err = w.Service.List(ctx, w.Dispatcher, dispatch.Filter{Query: plain.Number + "1"}, dispatch.Page{Size: 5})
	wantReason(t, err, "number_mistyped")
	for _, actor := range []identity.Actor{w.Customer, tech.Actor, {}} {
		if _, err := w.Service.List(ctx, actor, dispatch.Filter{}, dispatch.Page{Size: 5}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a %s lists the queue: %v", actor.Role, err)
		}
	}
}
