package addresschange

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Behalf is what a customer asks the office for.
type Behalf struct {
	// AccountID is the customer's, SiteID what moves: a site of theirs.
	AccountID, SiteID uuid.UUID
	Reason            string
	Address           Address
}

// File asks for a change on behalf of a customer who wrote or called. It is pending as any other, with the member of staff as the person who asked:
// approving it moves the site, keeps deliveries and tells who follows its devices. For staff. NotFound "site_not_found"
// for a site that is not the account's; WrongState "site_without_devices" where nothing would move; otherwise as Request.
func (s *Service) File(ctx context.Context, actor identity.Actor, op uuid.UUID, b Behalf) (Change, error) {
	if err := portal.StaffOnly(actor); err != nil {
		return Change{}, err
	}
	var c Change
	err := postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		filed, err := once.Do(ctx, tx, once.Key{Person: actor.PersonID, ID: op, Kind: "file_address_change"}, b, func() (Change, error) {
			var first uuid.NullUUID
			err := tx.NewRaw(`SELECT device.id FROM sites LEFT JOIN devices AS device ON device.site_id = sites.id AND device.account_id = sites.account_id
					AND device.retired_at IS NULL WHERE sites.id = ? AND sites.account_id = ? ORDER BY device.serial_number LIMIT 1`, b.SiteID, b.AccountID).Scan(ctx, &first)
			switch {
			case errors.Is(err, sql.ErrNoRows):
				return Change{}, fault.NewNotFound("site_not_found", "There is no such site.", fault.Field("site_id"))
			case err != nil:
				return Change{}, fmt.Errorf("addresschange: reading a site: %w", err)
			case !first.Valid:
				return Change{}, fault.NewWrongState("site_without_devices", "No device in use stands here. Change the site itself.", fault.Field("site_id"))
			}
			d, err := portal.AnyDevice(ctx, tx, first.UUID)
			if err != nil {
				return Change{}, err
			}
			return s.ask(ctx, tx, actor, d, Wish{DeviceID: d.ID, Reason: b.Reason, Address: b.Address})
		})
		if err != nil {
			return err
		}
		c, err = s.forStaff(ctx, tx, filed.ID) // whoever asked is not kept with the answer
		return err
	})
	return c, err
}
