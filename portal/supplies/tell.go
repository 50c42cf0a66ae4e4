package supplies

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"utsendt/internal/notify"
	"utsendt/internal/postgres"
)

// The messages about an order; picking is the warehouse's own affair.
const (
	orderPlaced    = notify.OrderPlaced
	orderChanged   = notify.OrderChanged
	orderShipped   = notify.OrderShipped
	orderDelivered = notify.OrderDelivered
	orderCancelled = notify.OrderCancelled
)

// maxLink in octets: a mail's line is cut at this, and half a link leads nowhere. The page of the order has it whole.
const maxLink = 200

// reader is somebody to tell.
type reader struct {
	ID       uuid.UUID `bun:"id,type:uuid"`
	Language string    `bun:"language"`
}

// tell writes a message about an order to the customer who ordered, or, where staff did on their behalf, to everybody who
// follows the device. Whoever does not follow it any more is not told.
func (s *Service) tell(ctx context.Context, tx postgres.Tx, kind notify.Kind, o *Order) error {
	var readers []reader
	if err := tx.NewRaw(`SELECT p.id, p.language FROM registrations AS r
		JOIN people AS p ON p.id = r.person_id AND p.account_id = ?
		JOIN devices AS d ON d.id = r.device_id AND d.account_id = p.account_id AND d.retired_at IS NULL
		WHERE r.device_id = ? AND r.state = 'active'
			AND (p.id = ? OR NOT EXISTS (SELECT FROM people AS who WHERE who.id = ? AND who.role = 'customer'))
		ORDER BY p.id`, o.AccountID, o.DeviceID, o.OrderedBy, o.OrderedBy).Scan(ctx, &readers); err != nil {
		return fmt.Errorf("supplies: finding whom to tell: %w", err)
	}
	messages := make([]notify.Message, len(readers))
	for i, r := range readers {
		messages[i] = s.message(kind, o, r)
	}
	return s.notifier.Notify(ctx, tx, messages...)
}

func (s *Service) message(kind notify.Kind, o *Order, to reader) notify.Message {
	device := o.SerialNumber
	if o.FriendlyName != "" {
		device = o.FriendlyName + " (" + o.SerialNumber + ")"
	}
	m := notify.Message{
		To: notify.Audience{Person: to.ID}, Kind: kind, SubjectKind: "order", SubjectID: o.ID, URL: "/orders/" + o.Number,
		Params: map[string]string{"number": o.Number, "device": device},
		Lines: []notify.Line{
			{Key: "order_number", Value: o.Number},
			{Key: "order_device", Value: device},
		},
	}
	for _, l := range o.Lines {
		m.Lines = append(m.Lines, notify.Line{Label: l.SupplyNumber, Value: strconv.Itoa(l.Quantity) + " × " + l.Name(to.Language)})
	}
	m.Lines = append(m.Lines, notify.Line{Key: "delivery_address", Value: o.Address.String()})
	switch kind {
	case orderShipped:
		m.Params["carrier"] = o.Carrier
		m.Lines = append(m.Lines, notify.Line{Key: "carrier", Value: o.Carrier})
		if o.TrackingNumber != "" {
			m.Lines = append(m.Lines, notify.Line{Key: "tracking_number", Value: o.TrackingNumber})
		}
		if link := s.carriers.Link(o.Carrier, o.TrackingNumber); link != "" && len(link) <= maxLink {
			m.Lines = append(m.Lines, notify.Line{Key: "tracking_link", Value: link})
		}
	case orderCancelled:
		m.Params["reason"] = o.CancelReason
	}
	return m
}

// String is the address on one line.
func (a Address) String() string {
	var parts []string
	for _, p := range []string{a.Name, a.Line1, a.Line2, a.Line3, strings.TrimSpace(a.PostalCode + " " + a.City), a.Country} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", ")
}
