package backoffice

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// Move says where a device goes.
type Move struct {
	ID uuid.UUID
	// Revision is what was seen.
	Revision string
	// SiteID decides the account. ContractID is uuid.Nil without a contract.
	SiteID, ContractID uuid.UUID
}

// Moved is what a move brought about.
type Moved struct {
	Device Device
	// RegistrationsEnded of people of the former account.
	RegistrationsEnded int64
}

// MoveDevice puts a device at another site or under another contract. When the site is another account's, the device
// becomes that account's: registrations of people of the former account end, and the name they gave it goes. At another
// site the delivery address that was edited for the former one goes. A request that is open within the same account
// goes on at the address it was opened for.
//
// Errors: NotFound; Stale; Invalid contract_of_other_account; WrongState device_retired, request_open (with number) or
// order_open (with number).
func (s *Service) MoveDevice(ctx context.Context, actor identity.Actor, op uuid.UUID, m Move) (Moved, error) {
	if err := staff(actor); err != nil {
		return Moved{}, err
	}
	return do(ctx, s, actor, op, "device.move", m, func(ctx context.Context, tx postgres.Tx) (Moved, error) {
		row := new(Device)
		if err := lock(ctx, tx, "device", m.ID, row); err != nil {
			return Moved{}, err
		}
		before, from := row.fields(), *row
		if err := before.Check(m.Revision); err != nil {
			return Moved{}, err
		}
		if row.RetiredAt != nil {
			return Moved{}, fault.NewWrongState("device_retired", "The device is out of use. Take it back into use first.")
		}
		if err := row.put(ctx, tx, m.SiteID, m.ContractID); err != nil {
			return Moved{}, err
		}
		var moved Moved
		if row.AccountID != from.AccountID {
			if err := nothingOpen(ctx, tx, row.ID); err != nil {
				return Moved{}, err
			}
			row.FriendlyName = ""
		}
		// Before the registrations: they belong to what the move brought about.
		if err := store(ctx, tx, actor, "device.move", "device", row.ID, before, row); err != nil {
			return Moved{}, err
		}
		var err error
		if row.AccountID != from.AccountID {
			if moved.RegistrationsEnded, err = endRegistrations(ctx, tx, actor, row.ID, row.AccountID); err != nil {
				return Moved{}, err
			}
		}
		if row.SiteID != from.SiteID {
			if _, err := tx.ExecContext(ctx, "DELETE FROM delivery_addresses WHERE device_id = ?", row.ID); err != nil {
				return Moved{}, fmt.Errorf("backoffice: dropping a delivery address: %w", err)
			}
		}
		moved.Device, err = device(ctx, tx, row.ID)
		return moved, err
	})
}

// RetireDevice takes a device out of use or back into it. For staff. NotFound; Stale; WrongState request_open or
// order_open.
func (s *Service) RetireDevice(ctx context.Context, actor identity.Actor, op, id uuid.UUID, seen string, retired bool) (Device, error) {
	if err := staff(actor); err != nil {
		return Device{}, err
	}
	return do(ctx, s, actor, op, "device.retire", []any{id, seen, retired}, func(ctx context.Context, tx postgres.Tx) (Device, error) {
		row := new(Device)
		if err := lock(ctx, tx, "device", id, row); err != nil {
			return Device{}, err
		}
		before := row.fields()
		if err := before.Check(seen); err != nil {
			return Device{}, err
		}
		if retired && row.RetiredAt == nil {
			if err := nothingOpen(ctx, tx, id); err != nil {
				return Device{}, err
			}
			row.RetiredAt = new(tx.Now())
		} else if !retired {
			row.RetiredAt = nil
		}
		if err := store(ctx, tx, actor, "device.retire", "device", id, before, row); err != nil {
			return Device{}, err
		}
		return device(ctx, tx, id)
	})
}

// put places a device at a site and under a contract, which must be of the same account.
func (d *Device) put(ctx context.Context, tx postgres.Tx, siteID, contractID uuid.UUID) error {
	accountID, err := accountOf(ctx, tx, "site", "sites", siteID)
	if err != nil {
		return err
	}
	d.AccountID, d.SiteID, d.ContractID = accountID, siteID, nil
	if contractID == uuid.Nil {
		return nil
	}
	under, err := accountOf(ctx, tx, "contract", "contracts", contractID)
	if err != nil {
		return err
	}
	if under != accountID {
		return fault.NewInvalid("contract_id", "contract_of_other_account", "The contract is another account's than the site.")
	}
	d.ContractID = &contractID
	return nil
}

// accountOf locks a site or contract against removal and gives its account.
func accountOf(ctx context.Context, tx postgres.Tx, kind, table string, id uuid.UUID) (account uuid.UUID, err error) {
	err = tx.NewSelect().TableExpr("?", bun.Ident(table)).Column("account_id").Where("id = ?", id).For("KEY SHARE").Scan(ctx, &account)
	if errors.Is(err, sql.ErrNoRows) {
		return account, notThere(kind)
	}
	if err != nil {
		return account, fmt.Errorf("backoffice: reading a %s: %w", kind, err)
	}
	return account, nil
}

// exists locks a row against removal; NotFound when it is not there.
func exists(ctx context.Context, tx postgres.Tx, kind, table string, id uuid.UUID) error {
	var found uuid.UUID
	err := tx.NewSelect().TableExpr("?", bun.Ident(table)).Column("id").Where("id = ?", id).For("KEY SHARE").Scan(ctx, &found)
	if errors.Is(err, sql.ErrNoRows) {
		return notThere(kind)
	}
	if err != nil {
		return fmt.Errorf("backoffice: reading a %s: %w", kind, err)
	}
	return nil
}

// nothingOpen refuses while a request or an order is open for a device whose row is locked.
func nothingOpen(ctx context.Context, tx postgres.Tx, id uuid.UUID) error {
	for _, open := range []struct{ reason, message, query string }{
		{"request_open", "A service request is open for the device: ", `SELECT number FROM service_requests WHERE device_id = ?
			AND state NOT IN ('completed', 'cancelled')`},
		{"order_open", "An order is on its way for the device: ", `SELECT number FROM supply_orders WHERE device_id = ?
			AND state IN ('placed', 'picked', 'shipped') ORDER BY placed_at LIMIT 1`},
	} {
		var numbers []string
		if err := tx.NewRaw(open.query, id).Scan(ctx, &numbers); err != nil {
			return fmt.Errorf("backoffice: looking for what is open: %w", err)
		}
		if len(numbers) > 0 {
			return fault.NewWrongState(open.reason, open.message+numbers[0]+". End it first.", fault.Param("number", numbers[0]))
		}
	}
	return nil
}

// endRegistrations ends those of people who are not of the device's account, with a line for each.
func endRegistrations(ctx context.Context, tx postgres.Tx, actor identity.Actor, deviceID, accountID uuid.UUID) (int64, error) {
	var ended []struct {
		ID       uuid.UUID
		PersonID uuid.UUID
		State    string
	}
	if err := tx.NewRaw(`WITH former AS (SELECT r.id, r.state FROM registrations r JOIN people p ON p.id = r.person_id
			WHERE r.device_id = ? AND r.state IN ('pending', 'active') AND p.account_id IS DISTINCT FROM ?::uuid FOR UPDATE OF r)
		UPDATE registrations r SET state = 'removed', updated_at = ? FROM former WHERE former.id = r.id
		RETURNING r.id, r.person_id, former.state`, deviceID, accountID, tx.Now()).Scan(ctx, &ended); err != nil {
		return 0, fmt.Errorf("backoffice: ending registrations: %w", err)
	}
	for _, r := range ended {
		if err := audit.Write(ctx, tx, actor, "registration.end", "registration", r.ID,
			map[string]any{"state": r.State, "device_id": deviceID, "person_id": r.PersonID},
			map[string]any{"state": "removed", "device_id": deviceID, "person_id": r.PersonID}); err != nil {
			return 0, err
		}
	}
	return int64(len(ended)), nil
}
