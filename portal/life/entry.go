package life

import (
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/portal/readings"
	"utsendt/portal/supplies"
)

// Topic is what a line is about.
type Topic string

// The topics.
const (
	Readings      Topic = "readings"
	Toner         Topic = "toner"
	Orders        Topic = "orders"
	Requests      Topic = "requests"
	Visits        Topic = "visits"
	Registrations Topic = "registrations"
	Addresses     Topic = "addresses"
	// Device is about the device itself: when it came, its contract, whether it is in use.
	Device Topic = "device"
)

// Topics are all of them.
var Topics = []Topic{Readings, Toner, Orders, Requests, Visits, Registrations, Addresses, Device}

// Event is what happened.
type Event string

// The events.
const (
	Read             Event = "read"
	ForecastChanged  Event = "forecast_changed"
	OrderPlaced      Event = "order_placed"
	OrderShipped     Event = "order_shipped"
	OrderDelivered   Event = "order_delivered"
	OrderCancelled   Event = "order_cancelled"
	RequestOpened    Event = "request_opened"
	RequestCompleted Event = "request_completed"
	RequestCancelled Event = "request_cancelled"
	VisitArrived     Event = "visit_arrived"
	VisitDone        Event = "visit_done"
	VisitUnsolved    Event = "visit_unsolved"
	Registered       Event = "registered"
	Deregistered     Event = "deregistered"
	AddressAsked     Event = "address_asked"
	AddressApproved  Event = "address_approved"
	AddressRefused   Event = "address_refused"
	AddressWithdrawn Event = "address_withdrawn"
	// CounterRestarted is a reading in which a counter shows less than before: it was replaced.
	CounterRestarted Event = "counter_restarted"
	// Moved: to another site. AddressCorrected: the site's address was changed without anybody asking for it in the portal.
	Moved            Event = "moved"
	AddressCorrected Event = "address_corrected"
	Added            Event = "added"
	ContractChanged  Event = "contract_changed"
	Retired          Event = "retired"
	Returned         Event = "returned"
)

// Entry is a line of the thread. Of the details those of its topic are there.
type Entry struct {
	Topic Topic
	Event Event
	At    time.Time
	// ID is the reading's, order's, request's or visit's own; of a registration it is the line's in the audit trail, and of a
	// change of forecast it is uuid.Nil: there is one at a time.
	ID uuid.UUID

	Reading *Reading
	Order   *Order
	// Request is also there for visits.
	Request  *Request
	Address  *Address
	Contract *Contract
	Toner    *supplies.TonerChange

	rank int
}

// Reading is what a meter reading says.
type Reading struct {
	Counters   readings.Counters `json:"counters"`
	Source     readings.Source   `json:"source"`
	Superseded bool              `json:"superseded"`
}

// Order is an order of supplies. Carrier is empty before shipping.
type Order struct {
	Number  string      `json:"number"`
	Carrier string      `json:"carrier"`
	Lines   []OrderLine `json:"lines"`
}

// OrderLine is a supply with its names in both languages.
type OrderLine struct {
	NameNB   string `json:"nb"`
	NameEN   string `json:"en"`
	Quantity int    `json:"quantity"`
}

// Name is the supply's in "nb", else in English.
func (l OrderLine) Name(language string) string {
	if language == "nb" {
		return l.NameNB
	}
	return l.NameEN
}

// Request is a service request. Outcome is what the customer reads of its end; Technician is a visit's, by first name.
type Request struct {
	ID         uuid.UUID         `json:"id"`
	Number     string            `json:"number"`
	Category   dispatch.Category `json:"category"`
	Outcome    string            `json:"outcome"`
	Technician string            `json:"technician"`
}

// Contract is a change of contract, by their numbers; empty for none, and Was for another company's.
type Contract struct {
	Was  string `json:"was"`
	Then string `json:"then"`
}

// Address is a change of address, in a line each. Was is empty when the device came from another company. Reason is why it was
// refused.
type Address struct {
	Was    string `json:"was"`
	Then   string `json:"then"`
	Reason string `json:"reason"`
}
