package portal

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/identity"
)

// followed is the one condition on whether a customer sees a device: they follow it (an active registration, see package
// registration) and it belongs to their company. A device that went to another company or out of use is out of sight at once.
// Its arguments are the device and the person; its aliases are its own, so that no column from outside is taken for one of its.
const followed = `EXISTS (SELECT FROM registrations AS fol_r JOIN people AS fol_p ON fol_p.id = fol_r.person_id
		JOIN devices AS fol_d ON fol_d.id = fol_r.device_id AND fol_d.account_id = fol_p.account_id
			AND fol_d.retired_at IS NULL
	WHERE fol_r.device_id = ? AND fol_r.person_id = ? AND fol_r.state = 'active')`

// FollowedBy keeps the rows whose device the person follows. The query must have a table with the alias "device" (as
// Device and what extends it have):
//
//	tx.NewSelect().Model(&devices).Apply(portal.FollowedBy(actor.PersonID))
func FollowedBy(personID uuid.UUID) func(*bun.SelectQuery) *bun.SelectQuery {
	return FollowedThrough("device.id", personID)
}

// FollowedThrough is FollowedBy for rows that name the device in a column of their own: "request.device_id". The column
// comes from the program, never from outside.
func FollowedThrough(column string, personID uuid.UUID) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where(followed, bun.Safe(column), personID)
	}
}

// ReadForPresentCompany is the SQL condition on whether a meter reading may be shown to the company that has its device: one
// that was entered while the device was another company's tells how they worked, and may carry their words. The alias is that of meter_readings.
func ReadForPresentCompany(alias string) string {
	return fmt.Sprintf("coalesce(%[1]s.entered_at > (SELECT own_d.account_since FROM devices AS own_d WHERE own_d.id = %[1]s.device_id), true)", alias)
}

// DeviceOfPerson gives a device that the customer follows; NotFound ("device_not_found") when there is none, it is
// another company's or they do not follow it. Forbidden ("customers_only") for anybody but a customer.
func DeviceOfPerson(ctx context.Context, idb bun.IDB, actor identity.Actor, deviceID uuid.UUID) (DeviceDetail, error) {
	if err := CustomersOnly(actor); err != nil {
		return DeviceDetail{}, err
	}
	return oneDevice(ctx, idb, "device.id = ? AND device.account_id = ? AND "+followed,
		deviceID, actor.AccountID, bun.Safe("device.id"), actor.PersonID)
}

// Follows reports whether the customer follows the device; see DeviceOfPerson.
func Follows(ctx context.Context, idb bun.IDB, actor identity.Actor, deviceID uuid.UUID) (bool, error) {
	if err := CustomersOnly(actor); err != nil {
		return false, err
	}
	var follows bool
	err := idb.NewSelect().ColumnExpr(followed, deviceID, actor.PersonID).Scan(ctx, &follows)
	if err != nil {
		return false, fmt.Errorf("portal: asking whether a device is followed: %w", err)
	}
	return follows, nil
}
