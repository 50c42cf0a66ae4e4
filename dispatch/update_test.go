package dispatch_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/postgres"
)

func TestCustomerUpdates(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	r := w.Open(t)
	op := dispatchtest.Op()
	add := dispatch.Addition{Request: r.ID, Text: "Nå lukter det svidd."}
	updated := must(w.Service.Update(ctx, w.Customer, op, add, add))(t)
	if updated.Version != r.Version+1 || updated.State != dispatch.ToBeScheduled {
		t.Errorf("version %d, %s", updated.Version, updated.State)
	}
	again := must(w.Service.Update(ctx, w.Customer, op, add, add))(t)
	if again.Version != updated.Version || w.Told.Count(notify.RequestUpdated) != 1 {
		t.Errorf("again: version %d, told %d times", again.Version, w.Told.Count(notify.RequestUpdated))
	}
	_, activities, err := w.Service.WithHistory(ctx, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	last := activities[len(activities)-1]
	if len(activities) != 2 || last.Kind != "customer_update" || !last.CustomerVisible || last.CustomerText() != add.Text || last.ActorID != w.Customer.PersonID {
		t.Errorf("%+v", activities)
	}

	// Not for others, nor empty, nor what undoes itself.
	stranger := w.Customer
	stranger.PersonID, stranger.AccountID = uuid.New(), uuid.New()
	_, err = w.Service.Update(ctx, stranger, dispatchtest.Op(), add, add)
	wantReason(t, err, "request_not_found")
	staff := w.Dispatcher
	staff.AccountID = w.Account
	_, err = w.Service.Update(ctx, staff, dispatchtest.Op(), add, add)
	wantReason(t, err, "step_forbidden")
	_, err = w.Service.Update(ctx, w.Customer, dispatchtest.Op(), add, dispatch.Addition{Request: r.ID, Text: " "})
	wantReason(t, err, "text_missing")
	bad := errors.New("no")
	_, err = w.Service.Update(ctx, w.Customer, dispatchtest.Op(), add, dispatch.Addition{Request: r.ID, Also: func(context.Context, postgres.Tx, *dispatch.Request) error { return bad }})
	if !errors.Is(err, bad) {
		t.Error(err)
	}

	// Once a technician is dispatched it is too late, and it says why.
	tech := w.Technician(t)
	must(w.Service.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: r.ID, Technician: tech.ID}))(t)
	late := func(state dispatch.State) {
		t.Helper()
		_, err := w.Service.Update(ctx, w.Customer, dispatchtest.Op(), add, add)
		if f := fault.From(err); f.Reason != "update_too_late" || f.Params["state"] != string(state) || f.Kind != fault.WrongState {
			t.Errorf("%s: %+v", state, f)
		}
	}
	late(dispatch.Dispatched)
	for _, step := range []struct {
		take func(context.Context, identity.Actor, dispatch.Operation, uuid.UUID) (*dispatch.Request, error)
		to   dispatch.State
	}{{w.Service.Depart, dispatch.EnRoute}, {w.Service.Arrive, dispatch.OnSite}} {
		must(step.take(ctx, tech.Actor, dispatchtest.Op(), r.ID))(t)
		late(step.to)
	}
	must(w.Service.Recall(ctx, w.Dispatcher, dispatchtest.Op(), r.ID, 0, "x"))(t)
	must(w.Service.Update(ctx, w.Customer, dispatchtest.Op(), add, add))(t)
	must(w.Service.Cancel(ctx, w.Dispatcher, dispatchtest.Op(), r.ID, 0, "x"))(t)
	late(dispatch.Cancelled)
	dispatchtest.CheckInvariants(t, w.DB)
}

// An update and an assignment at once: one comes after the other. An update that came first is in the history before the
// assignment; one that came after was refused.
func TestUpdateAgainstAssign(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	for range 20 {
		r, tech := w.Open(t), w.Technician(t)
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Go(func() {
				add := dispatch.Addition{Request: r.ID, Text: "Mer."}
				_, errs[i] = w.Service.Update(ctx, w.Customer, dispatchtest.Op(), add, add)
			})
		}
		wg.Go(func() {
			if _, err := w.Service.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: r.ID, Technician: tech.ID}); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else if fault.ReasonOf(err) != "update_too_late" {
				t.Error(err)
			}
		}
		_, activities, err := w.Service.WithHistory(ctx, r.ID)
		if err != nil || len(activities) != 2+done || activities[len(activities)-1].Kind != "assigned" {
			t.Fatalf("%d updates went through, the history is %+v (%v)", done, activities, err)
		}
	}
	dispatchtest.CheckInvariants(t, w.DB)
}

// An update is seen at once on the board and by whoever follows the request.
func TestUpdateIsLive(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t, onlySignals)
	r := w.Open(t)
	f := followRequest(t, w.Service, r.ID)
	board := follow(t, func(ctx context.Context, send func(dispatch.BoardChange) error) error {
		return w.Service.FollowBoard(ctx, w.Dispatcher, send)
	})
	f.until("the request is shown", func(s dispatch.Sight) bool { return s.Changed })
	board.until("the board is shown", func(c dispatch.BoardChange) bool { return c.Complete != nil })
	add := dispatch.Addition{Request: r.ID, Text: "Mer."}
	must(w.Service.Update(context.Background(), w.Customer, dispatchtest.Op(), add, add))(t)
	f.until("the update is shown", func(s dispatch.Sight) bool {
		return s.Changed && s.Request.Version == r.Version+1 && s.Activities[len(s.Activities)-1].Text == "Mer."
	})
	board.until("the board shows the new version", func(c dispatch.BoardChange) bool {
		return shows(c, r.ID, r.Version+1)
	})
}

// What a technician reads off the counters is told once, in the completion's transaction.
func TestReadingsHook(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var told []dispatch.VisitReadings
	var refuse error
	w := dispatchtest.New(t, func(c *dispatch.Config) {
		c.Readings = func(_ context.Context, tx postgres.Tx, read dispatch.VisitReadings) error {
			tx.AfterCommit(func() { told = append(told, read) })
			return refuse
		}
	})
	r, tech := w.Open(t), w.Technician(t)
	must(w.Service.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: r.ID, Technician: tech.ID}))(t)
	must(w.Service.Depart(ctx, tech.Actor, dispatchtest.Op(), r.ID))(t)
	visit := must(w.Service.Arrive(ctx, tech.Actor, dispatchtest.Op(), r.ID))(t).VisitID
	done := dispatch.Completion{Outcome: dispatch.Solved, Readings: []dispatch.Reading{{Counter: "black", Value: 4711}}}
	refuse = errors.New("the database is gone")
	if _, err := w.Service.Finish(ctx, tech.Actor, dispatchtest.Op(), r.ID, done); !errors.Is(err, refuse) {
		t.Fatal(err)
	}
	refuse = nil
	op := dispatchtest.Op()
	for range 2 {
		must(w.Service.Finish(ctx, tech.Actor, op, r.ID, done))(t)
	}
	if len(told) != 1 || told[0].Device != r.Device.ID || told[0].Visit != visit || told[0].Request != r.ID || told[0].Actor.PersonID != tech.Actor.PersonID ||
		told[0].At.IsZero() || len(told[0].Counters) != 1 || told[0].Counters[0] != done.Readings[0] {
		t.Errorf("%+v", told)
	}
}
