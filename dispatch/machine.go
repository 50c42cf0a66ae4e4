package dispatch

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/looplab/fsm"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

// State is where a service request stands.
type State string

// The states of a service request.
const (
	ToBeScheduled State = "to_be_scheduled"
	Dispatched    State = "dispatched"
	EnRoute       State = "en_route"
	OnSite        State = "on_site"
	Completed     State = "completed"
	Cancelled     State = "cancelled"
)

// States lists all states in the order of a request's life.
var States = []State{ToBeScheduled, Dispatched, EnRoute, OnSite, Completed, Cancelled}

// Open reports whether the request still waits for something to happen.
func (s State) Open() bool { return s != Completed && s != Cancelled }

// Assigned reports whether the request has a live visit.
func (s State) Assigned() bool { return s == Dispatched || s == EnRoute || s == OnSite }

// Event is a step that someone takes.
type Event string

// The events of the machine.
const (
	// Update: the customer adds to what they said.
	Update      Event = "update"
	Schedule    Event = "schedule"
	Assign      Event = "assign"
	Reassign    Event = "reassign"
	Accept      Event = "accept"
	Decline     Event = "decline"
	Depart      Event = "depart"
	Arrive      Event = "arrive"
	Complete    Event = "complete"
	SecondVisit Event = "second_visit"
	Recall      Event = "recall"
	Cancel      Event = "cancel"
)

// Transition is one row of the machine: by Event, a request in any state of From goes to To, when one of Roles
// takes the step. To equal to a From means that the state stays and something else changes.
type Transition struct {
	Event Event
	From  []State
	To    State
	Roles []identity.Role
}

var (
	office = []identity.Role{identity.RoleDispatcher, identity.RoleAdmin}
	// The system assigns too: automatic assignment without a dispatcher's click.
	assigners = []identity.Role{identity.RoleDispatcher, identity.RoleAdmin, identity.RoleSystem}
	field     = []identity.Role{identity.RoleTechnician}
	customers = []identity.Role{identity.RoleCustomer}
)

// Transitions is the whole machine. The diagram in docs/state-machine.md, the golden matrix of the tests and the
// trigger in migrations/0003 are compared with it.
var Transitions = []Transition{
	{Update, []State{ToBeScheduled}, ToBeScheduled, customers},
	{Schedule, []State{ToBeScheduled}, ToBeScheduled, office},
	{Assign, []State{ToBeScheduled}, Dispatched, assigners},
	{Reassign, []State{Dispatched, EnRoute}, Dispatched, office},
	{Accept, []State{Dispatched}, Dispatched, field},
	{Decline, []State{Dispatched, EnRoute}, ToBeScheduled, field},
	{Depart, []State{Dispatched}, EnRoute, field},
	{Arrive, []State{EnRoute}, OnSite, field},
	{Complete, []State{OnSite}, Completed, field},
	{SecondVisit, []State{OnSite}, ToBeScheduled, field},
	{Recall, []State{Dispatched, EnRoute, OnSite}, ToBeScheduled, office},
	{Cancel, []State{ToBeScheduled, Dispatched, EnRoute, OnSite}, Cancelled, office},
}

// descriptions is Transitions in the form of looplab/fsm, made once.
var descriptions = func() []fsm.EventDesc {
	descs := make([]fsm.EventDesc, 0, len(Transitions))
	for _, t := range Transitions {
		from := make([]string, len(t.From))
		for i, s := range t.From {
			from[i] = string(s)
		}
		descs = append(descs, fsm.EventDesc{Name: string(t.Event), Src: from, Dst: string(t.To)})
	}
	return descs
}()

// Decide gives the state that a request in state from is in after role took the step, and changes nothing.
//
// Errors: fault.Forbidden "step_forbidden" when the role may never take this step; fault.WrongState "wrong_state",
// with the present state and the steps it allows to this role, when the state does not allow it.
func Decide(from State, event Event, role identity.Role) (State, error) {
	if !slices.ContainsFunc(Transitions, func(t Transition) bool {
		return t.Event == event && slices.Contains(t.Roles, role)
	}) {
		return from, fault.NewForbidden("step_forbidden", "You may not take this step.")
	}
	// A fresh machine for each decision, without callbacks, and not under the caller's context: a cancelled one
	// wedges a machine for good.
	machine := fsm.NewFSM(string(from), descriptions, nil)
	err := machine.Event(context.Background(), string(event))
	var same fsm.NoTransitionError
	if err != nil && !errors.As(err, &same) {
		return from, wrongState(from, role)
	}
	return State(machine.Current()), nil
}

// Allowed lists the steps that role may take from a state, in the order of Transitions.
func Allowed(from State, role identity.Role) []Event {
	var events []Event
	for _, t := range Transitions {
		if slices.Contains(t.From, from) && slices.Contains(t.Roles, role) {
			events = append(events, t.Event)
		}
	}
	return events
}

func wrongState(state State, role identity.Role) error { return refuse(state, Allowed(state, role)) }

// notYours refuses a technician's step on a request that they had and gave back or ended: nothing is left to do for them.
func notYours(state State) error { return refuse(state, nil) }

func refuse(state State, events []Event) error {
	allowed := "none"
	if len(events) > 0 {
		names := make([]string, len(events))
		for i, e := range events {
			names[i] = string(e)
		}
		allowed = strings.Join(names, ",")
	}
	return fault.New(fault.WrongState, "wrong_state",
		"The request is "+state.Words()+". Steps possible now: "+strings.ReplaceAll(allowed, "_", " ")+".",
		fault.Param("state", string(state)), fault.Param("allowed", allowed))
}

// Words is the state as people say it in English.
func (s State) Words() string {
	switch s {
	case ToBeScheduled:
		return "To be scheduled"
	case Dispatched:
		return "Dispatched"
	case EnRoute:
		return "En route"
	case OnSite:
		return "On site"
	case Completed:
		return "Completed"
	case Cancelled:
		return "Cancelled"
	}
	return string(s)
}
