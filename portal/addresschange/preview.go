package addresschange

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// maxShown is how many devices and open requests are shown one by one.
const maxShown = 500

// Preview is what a change of a device's address would move.
type Preview struct {
	Site portal.Site
	// Total counts the devices of the account there, Devices are those that the customer follows, by serial number, at
	// most 500.
	Total   int64
	Devices []portal.DeviceDetail
	// OpenRequests counts the open service requests there; they keep their address.
	OpenRequests int64
	// PendingID is the pending change of the site; uuid.Nil when there is none.
	PendingID uuid.UUID
}

// Preview tells a customer what would move with a device that they follow; NotFound "device_not_found" for any other.
func (s *Service) Preview(ctx context.Context, actor identity.Actor, deviceID uuid.UUID) (Preview, error) {
	var p Preview
	err := postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		d, err := portal.DeviceOfPerson(ctx, tx, actor, deviceID)
		if err != nil {
			return err
		}
		p = Preview{Site: *d.Site}
		total, err := movers(tx, d.AccountID, d.SiteID).Count(ctx)
		if err != nil {
			return fmt.Errorf("addresschange: counting devices: %w", err)
		}
		open, err := openRequests(tx, d.AccountID, d.SiteID).Count(ctx)
		if err != nil {
			return fmt.Errorf("addresschange: counting requests: %w", err)
		}
		p.Total, p.OpenRequests = int64(total), int64(open)
		if p.Devices, err = shown(ctx, tx, d.AccountID, d.SiteID, portal.FollowedBy(actor.PersonID)); err != nil {
			return err
		}
		p.PendingID, err = pendingOf(ctx, tx, d.SiteID)
		return err
	}, postgres.ReadOnly(), postgres.Isolation(sql.LevelRepeatableRead))
	return p, err
}

// shown gives devices that move, by serial number.
func shown(ctx context.Context, idb bun.IDB, accountID, siteID uuid.UUID, narrow ...func(*bun.SelectQuery) *bun.SelectQuery) ([]portal.DeviceDetail, error) {
	var rows []portal.DeviceDetail
	err := idb.NewSelect().Model(&rows).Relation("Model").Apply(narrow...).
		Where("device.id IN (?)", movers(idb, accountID, siteID).Column("device.id")).
		OrderExpr("device.serial_number").Limit(maxShown).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("addresschange: listing devices: %w", err)
	}
	return rows, nil
}

// pendingOf gives the pending change of a site; uuid.Nil when there is none.
func pendingOf(ctx context.Context, idb bun.IDB, siteID uuid.UUID) (uuid.UUID, error) {
	var id uuid.UUID
	err := idb.NewSelect().TableExpr("address_changes").Column("id").Where("site_id = ? AND state = ?", siteID, Pending).Scan(ctx, &id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return uuid.Nil, fmt.Errorf("addresschange: looking for a pending change: %w", err)
	}
	return id, nil
}
