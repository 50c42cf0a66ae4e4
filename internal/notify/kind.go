package notify

import (
	"time"

	"utsendt/internal/notify/webpush"
)

// Kind says what a message is about; title, text, urgency and life time follow from it.
type Kind string

// The kinds of messages. The first seven go to the customer, the next three to the technician.
const (
	ToBeScheduled Kind = "to_be_scheduled"
	Dispatched    Kind = "dispatched"
	EnRoute       Kind = "en_route"
	NearlyThere   Kind = "nearly_there"
	OnSite        Kind = "on_site"
	Completed     Kind = "completed"
	Cancelled     Kind = "cancelled"

	NewJob       Kind = "new_job"
	JobWithdrawn Kind = "job_withdrawn"

	Test Kind = "test"
)

// policy is how one kind is treated.
type policy struct {
	// life is how long after it was written the message is still worth having. A push service is asked to
	// keep it for what is left of that, and nothing is tried after it.
	life time.Duration
	// urgency high wakes a phone that saves power.
	urgency webpush.Urgency
	// email tells whether e-mail steps in where push does not get through: for customers. Technicians have
	// their job list, and a mail about a job comes too late.
	email bool
}

var policies = map[Kind]policy{
	ToBeScheduled: {24 * time.Hour, webpush.UrgencyNormal, true},
	Dispatched:    {24 * time.Hour, webpush.UrgencyNormal, true},
	EnRoute:       {2 * time.Hour, webpush.UrgencyHigh, true},
	NearlyThere:   {30 * time.Minute, webpush.UrgencyHigh, true},
	OnSite:        {4 * time.Hour, webpush.UrgencyHigh, true},
	Completed:     {3 * 24 * time.Hour, webpush.UrgencyNormal, true},
	Cancelled:     {24 * time.Hour, webpush.UrgencyHigh, true},
	NewJob:        {12 * time.Hour, webpush.UrgencyHigh, false},
	JobWithdrawn:  {12 * time.Hour, webpush.UrgencyHigh, false},
	Test:          {10 * time.Minute, webpush.UrgencyHigh, false},
}
