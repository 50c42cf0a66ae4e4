package dispatch_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/identity"
)

// mutation is one operation of the Service, ready to be made: do asks for the same each time, other for something else.
type mutation struct {
	request uuid.UUID
	do      func(op dispatch.Operation) (any, error)
	other   func(op dispatch.Operation) (any, error)
}

// walk brings a new request with a technician of its own to a state.
func walk(t testing.TB, w *dispatchtest.World, to dispatch.State) (uuid.UUID, dispatchtest.Technician) {
	t.Helper()
	ctx, s := context.Background(), w.Service
	tech, r := w.Technician(t, dispatchtest.At(north(3000)), dispatchtest.Carries("ROLLER")), w.Open(t).ID
	steps := []struct {
		to dispatch.State
		do func() (*dispatch.Request, error)
	}{
		{dispatch.Dispatched, func() (*dispatch.Request, error) {
			return s.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: r, Technician: tech.ID})
		}},
		{dispatch.EnRoute, func() (*dispatch.Request, error) { return s.Depart(ctx, tech.Actor, dispatchtest.Op(), r) }},
		{dispatch.OnSite, func() (*dispatch.Request, error) { return s.Arrive(ctx, tech.Actor, dispatchtest.Op(), r) }},
		{dispatch.Completed, func() (*dispatch.Request, error) {
			return s.Finish(ctx, tech.Actor, dispatchtest.Op(), r, dispatch.Completion{Outcome: dispatch.Solved})
		}},
	}
	for _, step := range steps {
		if to == dispatch.ToBeScheduled {
			break
		}
		if must(step.do())(t).State == to {
			break
		}
	}
	return r, tech
}

var mutations = map[string]func(t *testing.T, w *dispatchtest.World) mutation{
	"open": func(t *testing.T, w *dispatchtest.World) mutation {
		n, m := w.Request(t), w.Request(t)
		open := func(n dispatch.NewRequest) func(op dispatch.Operation) (any, error) {
			return func(op dispatch.Operation) (any, error) {
				return w.Service.Open(context.Background(), w.Customer, op, n, n)
			}
		}
		return mutation{do: open(n), other: open(m)}
	},
	"schedule": func(t *testing.T, w *dispatchtest.World) mutation {
		r, _ := walk(t, w, dispatch.ToBeScheduled)
		at := func(hours int) func(op dispatch.Operation) (any, error) {
			return func(op dispatch.Operation) (any, error) {
				now := w.Clock.Now()
				return w.Service.AgreeWindow(context.Background(), w.Dispatcher, op, r, 0, &dispatch.Span{Start: now, End: now.Add(time.Duration(hours) * time.Hour)})
			}
		}
		return mutation{r, at(2), at(3)}
	},
	"assign": func(t *testing.T, w *dispatchtest.World) mutation {
		r, tech := walk(t, w, dispatch.ToBeScheduled)
		to := func(id uuid.UUID) func(op dispatch.Operation) (any, error) {
			return func(op dispatch.Operation) (any, error) {
				return w.Service.Assign(context.Background(), w.Dispatcher, op, dispatch.Assignment{Request: r, Technician: id})
			}
		}
		return mutation{r, to(tech.ID), to(w.Technician(t).ID)}
	},
	"auto_assign": func(t *testing.T, w *dispatchtest.World) mutation {
		r, _ := walk(t, w, dispatch.ToBeScheduled)
		second := w.Open(t).ID
		auto := func(id uuid.UUID) func(op dispatch.Operation) (any, error) {
			return func(op dispatch.Operation) (any, error) {
				r, c, err := w.Service.AutoAssign(context.Background(), w.Dispatcher, op, id, 0)
				return []any{r, c}, err
			}
		}
		return mutation{r, auto(r), auto(second)}
	},
	"reassign": func(t *testing.T, w *dispatchtest.World) mutation {
		r, _ := walk(t, w, dispatch.EnRoute)
		to := func(id uuid.UUID) func(op dispatch.Operation) (any, error) {
			return func(op dispatch.Operation) (any, error) {
				return w.Service.Reassign(context.Background(), w.Dispatcher, op, dispatch.Assignment{Request: r, Technician: id})
			}
		}
		return mutation{r, to(w.Technician(t).ID), to(w.Technician(t).ID)}
	},
	"accept": fieldMutation(dispatch.Dispatched, func(s *dispatch.Service) fieldStep { return s.Accept }),
	"depart": fieldMutation(dispatch.Dispatched, func(s *dispatch.Service) fieldStep { return s.Depart }),
	"arrive": fieldMutation(dispatch.EnRoute, func(s *dispatch.Service) fieldStep { return s.Arrive }),
	"decline": func(t *testing.T, w *dispatchtest.World) mutation {
		r, tech := walk(t, w, dispatch.Dispatched)
		because := func(reason string) func(op dispatch.Operation) (any, error) {
			return func(op dispatch.Operation) (any, error) {
				return w.Service.Decline(context.Background(), tech.Actor, op, r, reason)
			}
		}
		return mutation{r, because("no time"), because("no van")}
	},
	"complete": finishMutation(dispatch.Completion{Outcome: dispatch.Solved, Text: "Byttet rulle.",
		PartsUsed: []dispatch.PartUsed{{PartNumber: "ROLLER", Quantity: 1}}, Readings: []dispatch.Reading{{Counter: "total", Value: 7}}}),
	"second_visit": finishMutation(dispatch.Completion{Outcome: dispatch.PartMissing, Text: "Mangler del.", PartsMissing: []string{"FUSER"}}),
	"recall":       withdrawMutation(func(s *dispatch.Service) withdraw { return s.Recall }),
	"cancel":       withdrawMutation(func(s *dispatch.Service) withdraw { return s.Cancel }),
	"note": func(t *testing.T, w *dispatchtest.World) mutation {
		r, _ := walk(t, w, dispatch.Completed)
		note := func(text string) func(op dispatch.Operation) (any, error) {
			return func(op dispatch.Operation) (any, error) {
				return w.Service.AddNote(context.Background(), w.Dispatcher, op, r, text)
			}
		}
		return mutation{r, note("one"), note("two")}
	},
}

type (
	fieldStep = func(context.Context, identity.Actor, dispatch.Operation, uuid.UUID) (*dispatch.Request, error)
	withdraw  = func(context.Context, identity.Actor, dispatch.Operation, uuid.UUID, int64, string) (*dispatch.Request, error)
)

func fieldMutation(from dispatch.State, step func(*dispatch.Service) fieldStep) func(*testing.T, *dispatchtest.World) mutation {
	return func(t *testing.T, w *dispatchtest.World) mutation {
		r, tech := walk(t, w, from)
		second := w.Open(t).ID
		do := func(r uuid.UUID) func(op dispatch.Operation) (any, error) {
			return func(op dispatch.Operation) (any, error) {
				return step(w.Service)(context.Background(), tech.Actor, op, r)
			}
		}
		return mutation{r, do(r), do(second)}
	}
}

func finishMutation(d dispatch.Completion) func(*testing.T, *dispatchtest.World) mutation {
	return func(t *testing.T, w *dispatchtest.World) mutation {
		r, tech := walk(t, w, dispatch.OnSite)
		do := func(d dispatch.Completion) func(op dispatch.Operation) (any, error) {
			return func(op dispatch.Operation) (any, error) {
				return w.Service.Finish(context.Background(), tech.Actor, op, r, d)
			}
		}
		other := d
		other.Text += " Og mer."
		return mutation{r, do(d), do(other)}
	}
}

func withdrawMutation(step func(*dispatch.Service) withdraw) func(*testing.T, *dispatchtest.World) mutation {
	return func(t *testing.T, w *dispatchtest.World) mutation {
		r, _ := walk(t, w, dispatch.OnSite)
		do := func(reason string) func(op dispatch.Operation) (any, error) {
			return func(op dispatch.Operation) (any, error) {
				return step(w.Service)(context.Background(), w.Dispatcher, op, r, 0, reason)
			}
		}
		return mutation{r, do("one reason"), do("another")}
	}
}
