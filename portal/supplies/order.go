package supplies

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
)

// NumberPrefix begins the number of every order; the last digit is a check digit.
const NumberPrefix = "SO-"

// Address is where an order goes.
type Address struct {
	Name       string `bun:"name"`
	Line1      string `bun:"line1"`
	Line2      string `bun:"line2"`
	Line3      string `bun:"line3"`
	PostalCode string `bun:"postal_code"`
	City       string `bun:"city"`
	// Country is ISO 3166-1 alpha-2.
	Country string `bun:"country"`
}

// Contact is whom to ask for at the door.
type Contact struct {
	Name  string `bun:"name"`
	Phone string `bun:"phone"`
	Email string `bun:"email"`
}

// Order is supplies for a device, with a copy of the device and the address as they were.
type Order struct {
	bun.BaseModel `bun:"table:supply_orders,alias:o"`

	ID     uuid.UUID `bun:"id,pk,type:uuid"`
	Number string    `bun:"number"`
	State  State     `bun:"state"`
	// Version rises with each change, from 1.
	Version        int64     `bun:"version"`
	AccountID      uuid.UUID `bun:"account_id,type:uuid"`
	DeviceID       uuid.UUID `bun:"device_id,type:uuid"`
	SerialNumber   string    `bun:"serial_number"`
	Model          string    `bun:"model"`
	FriendlyName   string    `bun:"friendly_name"`
	ContractNumber string    `bun:"contract_number"`
	// OrderedBy is a customer, or somebody of the staff on their behalf.
	OrderedBy uuid.UUID  `bun:"ordered_by,type:uuid"`
	Address   Address    `bun:"embed:"`
	Contact   Contact    `bun:"embed:contact_"`
	PlacedAt  time.Time  `bun:"placed_at"`
	PickedAt  *time.Time `bun:"picked_at"`
	ShippedAt *time.Time `bun:"shipped_at"`
	// DeliveredAt is when staff noted it, not when the parcel came.
	DeliveredAt  *time.Time `bun:"delivered_at"`
	CancelledAt  *time.Time `bun:"cancelled_at"`
	CancelReason string     `bun:"cancel_reason"`
	// Carrier and TrackingNumber are empty before shipping.
	Carrier        string    `bun:"carrier"`
	TrackingNumber string    `bun:"tracking_number"`
	UpdatedAt      time.Time `bun:"updated_at"`

	Lines []Line `bun:"rel:has-many,join:id=order_id"`

	// AccountNumber, AccountName, OrderedByName and OnBehalf are filled in for staff.
	AccountNumber string `bun:"account_number,scanonly"`
	AccountName   string `bun:"account_name,scanonly"`
	OrderedByName string `bun:"ordered_by_name,scanonly"`
	OnBehalf      bool   `bun:"on_behalf,scanonly"`
}

// Line is one supply of an order.
type Line struct {
	bun.BaseModel `bun:"table:supply_order_lines,alias:line"`

	OrderID uuid.UUID `bun:"order_id,pk,type:uuid"`
	// Line counts from 1.
	Line         int       `bun:"line,pk"`
	SupplyID     uuid.UUID `bun:"supply_id,type:uuid"`
	SupplyNumber string    `bun:"supply_number"`
	NameNB       string    `bun:"name_nb"`
	NameEN       string    `bun:"name_en"`
	Quantity     int       `bun:"quantity"`
}

// Name is what the supply was called when it was ordered.
func (l Line) Name(language string) string { return nameIn(language, l.NameNB, l.NameEN) }

// errNoOrder is the answer for an order that does not exist, or is not the caller's to know.
var errNoOrder = fault.New(fault.NotFound, "order_not_found", "There is no such order.", fault.Field("id"))

// summary is what the audit trail keeps of an order: what changes in its life, and no personal data.
func (o *Order) summary() map[string]any {
	lines := make([]map[string]any, len(o.Lines))
	for i, l := range o.Lines {
		lines[i] = map[string]any{"supply": l.SupplyNumber, "quantity": l.Quantity}
	}
	m := map[string]any{"number": o.Number, "version": o.Version, "state": o.State, "lines": lines,
		"line2": o.Address.Line2, "line3": o.Address.Line3}
	if o.Carrier != "" {
		m["carrier"], m["tracking_number"] = o.Carrier, o.TrackingNumber
	}
	if o.CancelReason != "" {
		m["reason"] = o.CancelReason
	}
	return m
}
