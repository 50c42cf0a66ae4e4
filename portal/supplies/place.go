package supplies

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/checkdigit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Wish is what somebody orders.
type Wish struct {
	// DeviceID is what a customer orders for, SerialNumber what staff order for; the other is empty.
	DeviceID     uuid.UUID
	SerialNumber string
	// AccountID is whom staff order for, to be sure that it is theirs; uuid.Nil does not say.
	AccountID uuid.UUID
	Lines     []Want
	// Edit changes the delivery address, from this order on.
	Edit Edit
	// Contact left empty is filled with the customer who orders.
	Contact Contact
}

// Want is one line of a wish.
type Want struct {
	SupplyID uuid.UUID
	Quantity int
}

// Answer is an order with the other orders for its device that hold the same and are not delivered yet: a hint that
// something may come twice.
type Answer struct {
	Order   Order
	Similar []OpenOrder
	// Country is that of the company, for whom to call.
	Country string
}

// Place orders for a device that the customer follows. NotFound "device_not_found" for any other; WrongState
// "contract_none" without a contract in force; Invalid, naming the line, "supply_unknown", "supply_unfit",
// "supply_not_included", "supply_retired", "supply_twice" or "quantity_invalid"; Invalid "lines_missing".
func (s *Service) Place(ctx context.Context, actor identity.Actor, operation uuid.UUID, w Wish) (Answer, error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return Answer{}, err
	}
	return s.place(ctx, actor, operation, w, MaxQuantity, func(ctx context.Context, tx postgres.Tx) (portal.DeviceDetail, error) {
		return portal.DeviceOfPerson(ctx, tx, actor, w.DeviceID)
	})
}

// PlaceFor orders on behalf of whoever has the device with the serial number, in any spelling. For dispatchers and
// admins; errors as for Place, and WrongState "of_another_company" when it is not the account's that the wish names.
func (s *Service) PlaceFor(ctx context.Context, actor identity.Actor, operation uuid.UUID, w Wish) (Answer, error) {
	if err := portal.StaffOnly(actor); err != nil {
		return Answer{}, err
	}
	return s.place(ctx, actor, operation, w, MaxQuantityStaff, func(ctx context.Context, tx postgres.Tx) (portal.DeviceDetail, error) {
		d, err := portal.DeviceBySerial(ctx, tx, w.SerialNumber)
		if err != nil {
			return d, err
		}
		return d, portal.MeantFor(d.AccountID, w.AccountID)
	})
}

func (s *Service) place(ctx context.Context, actor identity.Actor, operation uuid.UUID, w Wish, most int,
	find func(ctx context.Context, tx postgres.Tx) (portal.DeviceDetail, error),
) (answer Answer, err error) {
	key := once.Key{Person: actor.PersonID, ID: operation, Kind: "supplies.place"}
	answer, err = once.InTx(ctx, s.db, key, w, func(ctx context.Context, tx postgres.Tx) (Answer, error) {
		d, err := find(ctx, tx)
		if err != nil {
			return Answer{}, err
		}
		return s.insert(ctx, tx, actor, d, w, most)
	})
	if postgres.IsCheck(err, "supply_orders_device") { // it was moved or taken out of use in this very moment
		return Answer{}, fault.NewNotFound("device_not_found", "There is no such device.", fault.Cause(err))
	}
	return answer, err
}

func (s *Service) insert(ctx context.Context, tx postgres.Tx, actor identity.Actor, d portal.DeviceDetail, w Wish, most int) (Answer, error) {
	// One order at a time for a device, so that the later one sees the earlier.
	if _, err := tx.ExecContext(ctx, `SELECT FROM devices WHERE id = ? FOR NO KEY UPDATE`, d.ID); err != nil {
		return Answer{}, fmt.Errorf("supplies: locking a device: %w", err)
	}
	now := tx.Now()
	contract := contractInForce(d, now)
	if contract == nil {
		return Answer{}, s.noContract()
	}
	lines, err := s.lines(ctx, tx, d, *contract, w.Lines, most)
	if err != nil {
		return Answer{}, err
	}
	before, err := DeliveryAddress(ctx, tx, d)
	if err != nil {
		return Answer{}, err
	}
	address, edited := w.Edit.apply(before)
	if edited {
		if err := keepAddress(ctx, tx, actor, d, before, address); err != nil {
			return Answer{}, err
		}
	}
	contact, err := contactOf(ctx, tx, actor, w.Contact)
	if err != nil {
		return Answer{}, err
	}
	var serial int64
	if err := tx.NewSelect().ColumnExpr("nextval('supply_order_number')").Scan(ctx, &serial); err != nil {
		return Answer{}, fmt.Errorf("supplies: next number: %w", err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Answer{}, err
	}
	o := Order{
		ID: id, Number: checkdigit.Number(NumberPrefix, serial), State: Placed, Version: 1, AccountID: d.AccountID,
		DeviceID: d.ID, SerialNumber: d.SerialNumber, Model: d.Model.Name, FriendlyName: d.FriendlyName,
		ContractNumber: contract.Number, OrderedBy: actor.PersonID, Address: address, Contact: contact,
		PlacedAt: now, UpdatedAt: now, Lines: lines,
		AccountNumber: d.Account.Number, AccountName: d.Account.Name, OrderedByName: actor.Name(),
		OnBehalf: !actor.Is(identity.RoleCustomer),
	}
	if _, err := tx.NewInsert().Model(&o).Exec(ctx); err != nil {
		return Answer{}, fmt.Errorf("supplies: placing an order: %w", err)
	}
	if err := insertLines(ctx, tx, &o); err != nil {
		return Answer{}, err
	}
	if err := audit.Write(ctx, tx, actor, "order.placed", "order", o.ID, nil, o.summary()); err != nil {
		return Answer{}, err
	}
	if err := s.tell(ctx, tx, orderPlaced, &o); err != nil {
		return Answer{}, err
	}
	others, err := similar(ctx, tx, o.AccountID, o.DeviceID, o.supplies(), o.ID)
	return Answer{Order: o, Similar: others, Country: d.Account.Country}, err
}

func insertLines(ctx context.Context, tx postgres.Tx, o *Order) error {
	for i := range o.Lines {
		o.Lines[i].OrderID, o.Lines[i].Line = o.ID, i+1
	}
	if _, err := tx.NewInsert().Model(&o.Lines).Exec(ctx); err != nil {
		return fmt.Errorf("supplies: writing the lines of an order: %w", err)
	}
	return nil
}

func (o *Order) supplies() []uuid.UUID {
	ids := make([]uuid.UUID, len(o.Lines))
	for i, l := range o.Lines {
		ids[i] = l.SupplyID
	}
	return ids
}

func contactOf(ctx context.Context, tx postgres.Tx, actor identity.Actor, given Contact) (Contact, error) {
	given = Contact{oneLine(given.Name), oneLine(given.Phone), strings.TrimSpace(given.Email)}
	if given != (Contact{}) || !actor.Is(identity.RoleCustomer) {
		return given, nil
	}
	person, err := identity.ByID(ctx, tx, actor.PersonID)
	if err != nil {
		return Contact{}, err
	}
	return Contact{Name: person.Name(), Phone: person.Phone, Email: person.Email}, nil
}

// lines makes the lines of an order of what is wanted, and refuses what the device does not take or the contract does
// not pay.
func (s *Service) lines(ctx context.Context, tx postgres.Tx, d portal.DeviceDetail, contract portal.Contract, wants []Want, most int) ([]Line, error) {
	if len(wants) == 0 || len(wants) > MaxLines {
		return nil, fault.New(fault.Invalid, "lines_missing", fmt.Sprintf("An order has 1 to %d lines.", MaxLines),
			fault.Field("lines"), fault.Param("max", fmt.Sprint(MaxLines)))
	}
	ids := make([]uuid.UUID, len(wants))
	for i, w := range wants {
		ids[i] = w.SupplyID
	}
	found, err := fitting(ctx, tx, d.ModelID, contract.ID, ids)
	if err != nil {
		return nil, err
	}
	known := make(map[uuid.UUID]candidate, len(found))
	for _, f := range found {
		known[f.ID] = f
	}
	lines, taken := make([]Line, len(wants)), make(map[uuid.UUID]bool, len(wants))
	for i, w := range wants {
		c, ok := known[w.SupplyID]
		refuse := func(reason, message string) error {
			return fault.New(fault.Invalid, reason, message, fault.Field(fmt.Sprintf("lines[%d].supply_id", i)),
				fault.Param("supply", c.Number), fault.Param("shop_url", s.shop))
		}
		switch {
		case !ok:
			return nil, refuse("supply_unknown", "There is no such supply.")
		case taken[w.SupplyID]:
			return nil, refuse("supply_twice", c.Number+" is on two lines.")
		case c.Retired:
			return nil, refuse("supply_retired", c.Number+" cannot be ordered any more.")
		case !c.Fits:
			return nil, refuse("supply_unfit", c.Number+" does not fit this printer.")
		case !c.Included:
			return nil, refuse("supply_not_included", "The contract does not include "+c.Number+". It can be bought in the shop.")
		case w.Quantity < 1 || w.Quantity > most:
			return nil, fault.New(fault.Invalid, "quantity_invalid", fmt.Sprintf("Order 1 to %d of one supply.", most),
				fault.Field(fmt.Sprintf("lines[%d].quantity", i)), fault.Param("max", fmt.Sprint(most)))
		}
		taken[w.SupplyID] = true
		lines[i] = Line{SupplyID: c.ID, SupplyNumber: c.Number, NameNB: c.NameNB, NameEN: c.NameEN, Quantity: w.Quantity}
	}
	return lines, nil
}

func (s *Service) noContract() error {
	return fault.New(fault.WrongState, ContractNone, "No contract covers this printer now, so nothing can be ordered within one. The shop has everything.",
		fault.Param("shop_url", s.shop))
}
