package supplies

import (
	"slices"
	"strings"

	"utsendt/internal/fault"
)

// State is where an order stands.
type State string

// The states of an order.
const (
	Placed    State = "placed"
	Picked    State = "picked"
	Shipped   State = "shipped"
	Delivered State = "delivered"
	Cancelled State = "cancelled"
)

// States lists all states in the order of an order's life.
var States = []State{Placed, Picked, Shipped, Delivered, Cancelled}

// Open reports whether the order is still to arrive.
func (s State) Open() bool { return s == Placed || s == Picked || s == Shipped }

// Event is a step that staff take. Customers take none: once placed, an order is out of their hands.
type Event string

// The events of the machine.
const (
	Pick            Event = "pick"
	Ship            Event = "ship"
	CorrectTracking Event = "correct_tracking"
	Deliver         Event = "deliver"
	Cancel          Event = "cancel"
	Change          Event = "change"
)

// Transition is one row of the machine: Event takes an order from From to To. Equal ones mean that the state stays and
// something else changes.
type Transition struct {
	Event    Event
	From, To State
}

// Transitions is the whole machine; the trigger in migrations/0010 is compared with it.
var Transitions = []Transition{
	{Pick, Placed, Picked},
	{Cancel, Placed, Cancelled},
	{Change, Placed, Placed},
	{Ship, Picked, Shipped},
	{CorrectTracking, Shipped, Shipped},
	{Deliver, Shipped, Delivered},
}

// Decide gives the state that an order in state from is in after the event; fault.WrongState "order_wrong_state", with the
// present state and the steps it allows, when the state does not allow it.
func Decide(from State, event Event) (State, error) {
	i := slices.IndexFunc(Transitions, func(t Transition) bool { return t.Event == event && t.From == from })
	if i < 0 {
		return from, wrongState(from)
	}
	return Transitions[i].To, nil
}

// Allowed lists the steps that a state allows, in the order of Transitions.
func Allowed(from State) []Event {
	var events []Event
	for _, t := range Transitions {
		if t.From == from {
			events = append(events, t.Event)
		}
	}
	return events
}

func wrongState(state State) error {
	names := make([]string, 0, len(Transitions))
	for _, e := range Allowed(state) {
		names = append(names, string(e))
	}
	allowed := "none"
	if len(names) > 0 {
		allowed = strings.Join(names, ",")
	}
	return fault.New(fault.WrongState, "order_wrong_state",
		"The order is "+string(state)+". Steps possible now: "+strings.ReplaceAll(allowed, "_", " ")+".",
		fault.Param("state", string(state)), fault.Param("allowed", allowed))
}
