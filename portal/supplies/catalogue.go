package supplies

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Why a catalogue is empty.
const (
	// ContractNone: no contract is in force for the device.
	ContractNone = "contract_none"
	// NothingIncluded: the contract includes none of what fits.
	NothingIncluded = "nothing_included"
	// NothingFits: there is nothing for the model.
	NothingFits = "nothing_fits"
)

// Catalogue is what can be ordered for a device.
type Catalogue struct {
	Offers []Offer
	// Reason is why there are no offers; empty when there are some.
	Reason string
	// ContractNumber is that of the contract in force; empty without one.
	ContractNumber string
	// Address is where an order would go.
	Address Address
	// Country is the company's, for whom to call.
	Country string
}

// Offer is a supply that can be ordered, with what there is of orders for it.
type Offer struct {
	Supply
	// Last is nil when it was never ordered for the device.
	Last *OpenOrder
	// Open are the orders for the device that hold it and are not delivered yet.
	Open []OpenOrder
}

// OpenOrder is an order that holds a supply.
type OpenOrder struct {
	OrderID  uuid.UUID `bun:"order_id,type:uuid"`
	Number   string    `bun:"number"`
	State    State     `bun:"state"`
	PlacedAt time.Time `bun:"placed_at"`
	SupplyID uuid.UUID `bun:"supply_id,type:uuid"`
	Quantity int       `bun:"quantity"`
}

// Catalogue gives what the customer can order for a device that they follow; NotFound "device_not_found" for any other.
func (s *Service) Catalogue(ctx context.Context, actor identity.Actor, deviceID uuid.UUID) (c Catalogue, err error) {
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		d, err := portal.DeviceOfPerson(ctx, tx, actor, deviceID)
		if err != nil {
			return err
		}
		c, err = catalogue(ctx, tx, d, tx.Now())
		return err
	}, postgres.ReadOnly(), postgres.Isolation(sql.LevelRepeatableRead))
	return c, err
}

// CatalogueFor gives what can be ordered for any device, for staff; NotFound "device_not_found" when there is none.
func (s *Service) CatalogueFor(ctx context.Context, actor identity.Actor, serial string) (c Catalogue, err error) {
	if err := portal.StaffOnly(actor); err != nil {
		return c, err
	}
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		d, err := portal.DeviceBySerial(ctx, tx, serial)
		if err != nil {
			return err
		}
		c, err = catalogue(ctx, tx, d, tx.Now())
		return err
	}, postgres.ReadOnly(), postgres.Isolation(sql.LevelRepeatableRead))
	return c, err
}

func catalogue(ctx context.Context, idb bun.IDB, d portal.DeviceDetail, now time.Time) (c Catalogue, err error) {
	c.Country = d.Account.Country
	if c.Address, err = DeliveryAddress(ctx, idb, d); err != nil {
		return c, err
	}
	contract := contractInForce(d, now)
	if contract == nil {
		c.Reason = ContractNone
		return c, nil
	}
	c.ContractNumber = contract.Number
	found, err := fitting(ctx, idb, d.ModelID, contract.ID, nil)
	if err != nil {
		return c, err
	}
	c.Reason = NothingFits
	for _, f := range found {
		if f.Fits && c.Reason == NothingFits {
			c.Reason = NothingIncluded
		}
		if f.Fits && f.Included {
			c.Offers = append(c.Offers, Offer{Supply: f.Supply})
		}
	}
	if len(c.Offers) == 0 {
		return c, nil
	}
	c.Reason = ""
	return c, addOrders(ctx, idb, d, c.Offers)
}

// candidate is a supply with what decides whether it can be ordered for a device.
type candidate struct {
	Supply   `bun:",extend"`
	Fits     bool `bun:"fits,scanonly"`
	Included bool `bun:"included,scanonly"`
}

// fitting reads supplies with whether they fit the model and whether the contract includes their kind: those named, or
// with no ids all that are not retired and fit.
func fitting(ctx context.Context, idb bun.IDB, model, contract uuid.UUID, ids []uuid.UUID) ([]candidate, error) {
	var found []candidate
	fits := `EXISTS (SELECT FROM supply_models AS fit WHERE fit.supply_id = supply.id AND fit.model_id = ?)`
	q := idb.NewSelect().Model(&found).ColumnExpr("supply.*").ColumnExpr(fits+" AS fits", model).
		ColumnExpr(`EXISTS (SELECT FROM contracts AS c WHERE c.id = ? AND supply.kind = ANY (c.supply_kinds)) AS included`, contract).
		OrderExpr("array_position('{toner,waste_toner,drum,fuser,staples,other}', supply.kind), supply.colour, supply.number")
	if ids == nil {
		q = q.Where("NOT supply.retired").Where(fits, model)
	} else {
		q = q.Where("supply.id IN (?)", bun.List(ids))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("supplies: reading what fits: %w", err)
	}
	return found, nil
}

// addOrders tells of each offer when it was last ordered for the device, and what is open.
func addOrders(ctx context.Context, idb bun.IDB, d portal.DeviceDetail, offers []Offer) error {
	ids := make([]uuid.UUID, len(offers))
	for i, o := range offers {
		ids[i] = o.ID
	}
	var last []OpenOrder
	if err := ordersHolding(idb, d.AccountID, d.ID, ids).DistinctOn("line.supply_id").Where("o.state <> ?", Cancelled).
		OrderExpr("line.supply_id, o.placed_at DESC, o.id DESC").Scan(ctx, &last); err != nil {
		return fmt.Errorf("supplies: reading the last orders: %w", err)
	}
	open, err := similar(ctx, idb, d.AccountID, d.ID, ids, uuid.Nil)
	if err != nil {
		return err
	}
	for i := range offers {
		o := &offers[i]
		for _, l := range last {
			if l.SupplyID == o.ID {
				o.Last = &l
			}
		}
		for _, other := range open {
			if other.SupplyID == o.ID {
				o.Open = append(o.Open, other)
			}
		}
	}
	return nil
}

// similar lists the orders for a device, but one, that are not delivered yet and hold one of the supplies: the oldest
// first, one row for each supply.
func similar(ctx context.Context, idb bun.IDB, account, device uuid.UUID, supplies []uuid.UUID, but uuid.UUID) ([]OpenOrder, error) {
	if len(supplies) == 0 {
		return nil, nil
	}
	var found []OpenOrder
	if err := ordersHolding(idb, account, device, supplies).Where("o.state IN (?, ?, ?)", Placed, Picked, Shipped).
		Where("o.id <> ?", but).OrderExpr("o.placed_at, o.id, line.line").Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("supplies: reading open orders: %w", err)
	}
	return found, nil
}

func ordersHolding(idb bun.IDB, account, device uuid.UUID, supplies []uuid.UUID) *bun.SelectQuery {
	return idb.NewSelect().TableExpr("supply_orders AS o").Join("JOIN supply_order_lines AS line ON line.order_id = o.id").
		ColumnExpr("o.id AS order_id, o.number, o.state, o.placed_at, line.supply_id, line.quantity").
		Where("o.account_id = ? AND o.device_id = ?", account, device).Where("line.supply_id IN (?)", bun.List(supplies))
}
