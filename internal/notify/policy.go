package notify

import (
	"slices"
	"time"

	"utsendt/internal/notify/webpush"
)

// Class is what a person can turn mail off for, all its kinds at once; of NewRequests, push.
type Class string

// The classes.
const (
	Requests Class = "requests"
	Orders   Class = "orders"
	// Readings are reminders to read counters, and what concerns readings.
	Readings      Class = "readings"
	Registrations Class = "registrations"
	// Security is about signing in and the account itself. Nobody can turn it off.
	Security Class = "security"
	// Work is for technicians and staff.
	Work Class = "work"
	// NewRequests is for staff, and goes by push alone.
	NewRequests Class = "new_requests"
)

// mailMode says when a kind goes out by mail.
type mailMode int

const (
	// mailNever: push and the list only.
	mailNever mailMode = iota
	// mailStepsIn where the person has no browser, or push failed in all of them.
	mailStepsIn
	// mailAlways, beside push.
	mailAlways
)

// policy is how one kind is treated.
type policy struct {
	class Class
	// life is how long after it was written the message is still worth having. A push service is asked to
	// keep it for what is left of that, and nothing is tried after it.
	life time.Duration
	// urgency high wakes a phone that saves power.
	urgency webpush.Urgency
	mail    mailMode
	// pushAlone: only who turned push on, and not the class off, is told at all; nobody else finds it in their list.
	pushAlone bool
	// params are all that the kind's texts may use, and all that a message of the kind may bring: the keys of
	// Params, Dates and Numbers together. Each is always there in the text, if only empty. "recipient", where
	// named, is filled in with the name of whoever gets it.
	params []string
	// labels are the Line.Key that its lines may have; catalogue text "label.<key>".
	labels []string
	// secrets are what only the mail's own text, "<kind>.mail", may use: a function registered by
	// RegisterSecret makes them at the moment of sending.
	secrets []string
}

func (p policy) uses(param string) bool { return slices.Contains(p.params, param) }

// Class is the class of a kind; empty for one that there is no more.
func (k Kind) Class() Class { return policies[k].class }

// canTurnOff tells whether people decide about mail of a class.
func (c Class) canTurnOff() bool { return c != Security }

// classes in the order in which people see them.
var classes = []Class{Requests, Orders, Readings, Registrations, Work, NewRequests, Security}
