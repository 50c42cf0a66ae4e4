package supplies

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Step says which order somebody changes, and what they saw of it.
type Step struct {
	// Operation is made by the client, one for each press of a button.
	Operation uuid.UUID
	Order     uuid.UUID
	// Version is the one that was looked at; 0 does not check.
	Version int64
}

// All of these are for dispatchers and admins. Errors: NotFound "order_not_found"; Stale "version_stale" when somebody
// changed the order meanwhile; WrongState "order_wrong_state" when its state does not allow the step.

// Pick notes that the supplies are taken from the shelf.
func (s *Service) Pick(ctx context.Context, actor identity.Actor, step Step) (Order, error) {
	return s.do(ctx, actor, step, Pick, nil, "", func(_ context.Context, c *change) error {
		c.o.PickedAt = &c.now
		return nil
	})
}

// Ship notes that the parcel left, with whom and under what number. The carrier is one of Carriers, for a link, or any
// other name; the number may be empty. Invalid "carrier_missing".
func (s *Service) Ship(ctx context.Context, actor identity.Actor, step Step, carrier, number string) (Order, error) {
	return s.do(ctx, actor, step, Ship, []string{carrier, number}, orderShipped, func(_ context.Context, c *change) error {
		c.o.ShippedAt = &c.now
		return c.track(carrier, number)
	})
}

// CorrectTracking mends carrier and number of a parcel under way; as for Ship.
func (s *Service) CorrectTracking(ctx context.Context, actor identity.Actor, step Step, carrier, number string) (Order, error) {
	return s.do(ctx, actor, step, CorrectTracking, []string{carrier, number}, orderShipped, func(_ context.Context, c *change) error {
		return c.track(carrier, number)
	})
}

// Deliver notes that the parcel arrived.
func (s *Service) Deliver(ctx context.Context, actor identity.Actor, step Step) (Order, error) {
	return s.do(ctx, actor, step, Deliver, nil, orderDelivered, func(_ context.Context, c *change) error {
		c.o.DeliveredAt = &c.now
		return nil
	})
}

// Cancel ends an order that is not picked yet; the customer reads the reason. Invalid "reason_missing".
func (s *Service) Cancel(ctx context.Context, actor identity.Actor, step Step, reason string) (Order, error) {
	return s.do(ctx, actor, step, Cancel, reason, orderCancelled, func(_ context.Context, c *change) error {
		if c.o.CancelReason = strings.TrimSpace(reason); c.o.CancelReason == "" {
			return fault.NewInvalid("reason", "reason_missing", "Say why.")
		}
		c.o.CancelledAt = &c.now
		return nil
	})
}

// Alteration is what staff change of an order that is not picked yet.
type Alteration struct {
	// Lines are all of them as they shall be; empty leaves them.
	Lines []Want
	// Edit changes the delivery address, of the device too.
	Edit Edit
}

// Change alters lines and delivery address. Errors of lines as for Place.
func (s *Service) Change(ctx context.Context, actor identity.Actor, step Step, a Alteration) (Order, error) {
	return s.do(ctx, actor, step, Change, a, orderChanged, func(ctx context.Context, c *change) error {
		d, err := portal.DeviceOfAccount(ctx, c.tx, c.o.AccountID, c.o.DeviceID)
		if err != nil {
			return err
		}
		if address, edited := a.Edit.apply(c.o.Address); edited {
			c.o.Address = address
			if err := c.keepEdit(ctx, d, a.Edit); err != nil {
				return err
			}
		}
		if len(a.Lines) == 0 {
			return nil
		}
		contract := contractInForce(d, c.now)
		if contract == nil {
			return s.noContract()
		}
		if c.o.Lines, err = s.lines(ctx, c.tx, d, *contract, a.Lines, MaxQuantityStaff); err != nil {
			return err
		}
		if _, err := c.tx.NewDelete().Model((*Line)(nil)).Where("order_id = ?", c.o.ID).Exec(ctx); err != nil {
			return fmt.Errorf("supplies: changing lines: %w", err)
		}
		return insertLines(ctx, c.tx, c.o)
	})
}

// change is one transaction on one order: the row is locked, a step is decided, and the order with its next version, the
// audit line and the messages are written together.
type change struct {
	tx    postgres.Tx
	actor identity.Actor
	o     *Order // locked, changed in place
	// now is the transaction's time, but not before the last change of the order.
	now time.Time
}

func (c *change) track(carrier, number string) error {
	c.o.Carrier, c.o.TrackingNumber = oneLine(carrier), oneLine(number)
	if c.o.Carrier == "" {
		return fault.NewInvalid("carrier", "carrier_missing", "Say who carries the parcel.")
	}
	return nil
}

// keepEdit makes the same edit to the device's delivery address.
func (c *change) keepEdit(ctx context.Context, d portal.DeviceDetail, edit Edit) error {
	before, err := DeliveryAddress(ctx, c.tx, d)
	if err != nil {
		return err
	}
	if after, edited := edit.apply(before); edited {
		return keepAddress(ctx, c.tx, c.actor, d, before, after)
	}
	return nil
}

func (s *Service) do(ctx context.Context, actor identity.Actor, step Step, event Event, asked any, kind notify.Kind,
	fn func(ctx context.Context, c *change) error,
) (o Order, err error) {
	if err := portal.StaffOnly(actor); err != nil {
		return Order{}, err
	}
	key := once.Key{Person: actor.PersonID, ID: step.Operation, Kind: "supplies." + string(event)}
	return once.InTx(ctx, s.db, key, []any{step.Order, step.Version, asked}, func(ctx context.Context, tx postgres.Tx) (Order, error) {
		return s.once(ctx, tx, actor, step, event, kind, fn)
	})
}

func (s *Service) once(ctx context.Context, tx postgres.Tx, actor identity.Actor, step Step, event Event, kind notify.Kind,
	fn func(ctx context.Context, c *change) error,
) (Order, error) {
	o := new(Order)
	err := tx.NewSelect().Model(o).Apply(withNames).Apply(withLines).Where("o.id = ?", step.Order).For("UPDATE OF o").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Order{}, errNoOrder.With(fault.Field("order_id"))
	}
	if err != nil {
		return Order{}, fmt.Errorf("supplies: locking an order: %w", err)
	}
	if step.Version != 0 && step.Version != o.Version {
		return Order{}, fault.New(fault.Stale, "version_stale", "Somebody changed this order meanwhile. Look at it again.",
			fault.Param("version", fmt.Sprint(o.Version)), fault.Param("state", string(o.State)))
	}
	before := o.summary()
	to, err := Decide(o.State, event)
	if err != nil {
		return Order{}, err
	}
	c := &change{tx: tx, actor: actor, o: o, now: tx.Now()}
	if c.now.Before(o.UpdatedAt) {
		c.now = o.UpdatedAt // it waited for a change that began after it
	}
	// Before the state: lines change only while the order is placed.
	if err := fn(ctx, c); err != nil {
		return Order{}, err
	}
	o.State, o.UpdatedAt = to, c.now
	o.Version++
	if _, err := tx.NewUpdate().Model(o).ExcludeColumn("id", "number", "account_id", "device_id", "ordered_by", "placed_at").
		WherePK().Exec(ctx); err != nil {
		return Order{}, fmt.Errorf("supplies: writing an order: %w", err)
	}
	if err := audit.Write(ctx, tx, actor, "order."+string(event), "order", o.ID, before, o.summary()); err != nil {
		return Order{}, err
	}
	if kind != "" {
		if err := s.tell(ctx, tx, kind, o); err != nil {
			return Order{}, err
		}
	}
	return *o, nil
}
