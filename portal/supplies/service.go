package supplies

import (
	"context"
	"time"

	"utsendt/internal/notify"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Limits of an order.
const (
	// MaxQuantity is the most of one supply that a customer may order at once, MaxQuantityStaff the most for staff.
	MaxQuantity      = 10
	MaxQuantityStaff = 100
	// MaxLines is how many supplies one order may have.
	MaxLines = 30
	// maxCarrier is the longest name of a carrier, in octets.
	maxCarrier = 60
)

// Notifier tells people what happened; *notify.Service is one.
type Notifier interface {
	Notify(ctx context.Context, tx postgres.Tx, messages ...notify.Message) error
}

// Config is what a Service needs.
type Config struct {
	DB       *postgres.DB
	Notifier Notifier
	Carriers Carriers
	// ShopURL is where everything outside the contract is bought; empty without a shop.
	ShopURL string
	// LeadDays is how many working days an order takes to arrive; 0 means DefaultLeadDays.
	LeadDays int
}

// DefaultLeadDays is how long an order takes to arrive unless told otherwise, in working days.
const DefaultLeadDays = 5

// Service is orders of supplies. It is safe for any number of goroutines.
type Service struct {
	db       *postgres.DB
	notifier Notifier
	carriers Carriers
	shop     string
	leadDays int
}

// New makes a Service on a migrated database.
func New(cfg Config) *Service {
	s := &Service{
		db: cfg.DB, notifier: cfg.Notifier, carriers: cfg.Carriers, shop: cfg.ShopURL,
		leadDays: cfg.LeadDays,
	}
	if s.leadDays == 0 {
		s.leadDays = DefaultLeadDays
	}
	return s
}

// Carriers are those whose pages can be linked to.
func (s *Service) Carriers() Carriers { return s.carriers }

// ShopURL is where everything outside the contract is bought; empty without a shop.
func (s *Service) ShopURL() string { return s.shop }

// contractInForce gives the contract that covers the device on the day that at is where it stands; nil without one.
func contractInForce(d portal.DeviceDetail, at time.Time) *portal.Contract {
	if d.Contract == nil || !d.Contract.InForce(at, placeOf(d)) {
		return nil
	}
	return d.Contract
}

// placeOf is the time zone of the device's site; one that the server does not know counts as UTC, which moves the first
// and last day of a contract by hours only.
func placeOf(d portal.DeviceDetail) *time.Location {
	place, err := time.LoadLocation(d.Site.TimeZone)
	if err != nil {
		return time.UTC
	}
	return place
}
