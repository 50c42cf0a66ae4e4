package notify

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Notification is one message to one person, as it was written, and what became of it.
type Notification struct {
	bun.BaseModel `bun:"table:notifications,alias:notification"`

	ID uuid.UUID `bun:"id,pk,type:uuid"`
	// Sequence is the order in which messages were written; the database gives it.
	Sequence int64 `bun:"sequence,scanonly"`
	// PersonID is uuid.Nil for a mail to an address that is no person's.
	PersonID      uuid.UUID `bun:"person_id,type:uuid,nullzero"`
	Kind          Kind      `bun:"kind"`
	SubjectKind   string    `bun:"subject_kind"`
	SubjectID     uuid.UUID `bun:"subject_id,type:uuid,nullzero"`
	RequestNumber string    `bun:"request_number"`
	Language      string    `bun:"language"`
	Title         string    `bun:"title"`
	Body          string    `bun:"body"`
	// URL is a path.
	URL       string    `bun:"url"`
	CreatedAt time.Time `bun:"created_at"`
	// Mail is what the mail says beside; nil for nothing.
	Mail *mailPart `bun:"mail,type:jsonb,nullzero"`

	// PersonName is filled in by ListMessages and OfSubject alone.
	PersonName string `bun:"person_name,scanonly"`
	// Deliveries are in the order in which they were begun.
	Deliveries []Delivery `bun:"-"`
}

// expired tells whether it is too old to be sent at a time.
func (n Notification) expired(now time.Time) bool { return !now.Before(n.expires()) }

func (n Notification) expires() time.Time { return n.CreatedAt.Add(policies[n.Kind].life) }

// Channel is a way to reach a person.
type Channel string

// The channels.
const (
	Push  Channel = "push"
	Email Channel = "email"
)

// State is what became of a delivery.
type State string

// The states. Queued and Retrying are open, the others final.
const (
	Queued State = "queued"
	// Sent: the push service or mail server took it. Whether anybody saw it, none of them says.
	Sent State = "sent"
	// Retrying: waiting for the next attempt.
	Retrying State = "retrying"
	// Failed: given up.
	Failed State = "failed"
	// Gone: the subscription no longer exists.
	Gone State = "gone"
	// Superseded: a newer message about the same thing made it pointless.
	Superseded State = "superseded"
	// Withheld: not to be sent, such as mail that the person turned off, or to an address that was refused too
	// often.
	Withheld State = "withheld"
)

func (s State) open() bool { return s == Queued || s == Retrying }

// Delivery is one message on one channel.
type Delivery struct {
	bun.BaseModel `bun:"table:deliveries,alias:delivery"`

	ID             uuid.UUID `bun:"id,pk,type:uuid"`
	NotificationID uuid.UUID `bun:"notification_id,type:uuid"`
	Channel        Channel   `bun:"channel"`
	// SubscriptionID is zero for e-mail; the subscription may be gone.
	SubscriptionID uuid.UUID `bun:"subscription_id,type:uuid,nullzero"`
	// Recipient is the subscription's label, or its push service where it has none, or the masked address.
	Recipient string `bun:"recipient"`
	// Address is where a mail to no person goes, until it was sent or given up.
	Address string `bun:"address,nullzero"`
	State   State  `bun:"state"`
	// Attempts is how often it was sent or tried to send.
	Attempts int `bun:"attempts"`
	// LastStatus is the HTTP or SMTP status of the last answer; 0 before any.
	LastStatus int `bun:"last_status"`
	// LastError is why it did not get through, in English, for support.
	LastError string    `bun:"last_error"`
	UpdatedAt time.Time `bun:"updated_at"`
}
