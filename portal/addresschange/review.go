package addresschange

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Review is a change with what it does to the site as it is now.
type Review struct {
	Change Change
	// Now is the site as it is, Then as approving would make it. Of a decided change both are as it is.
	Now, Then portal.Site
	// Changed: the site's address is not what it was when the change was asked for.
	Changed bool
	// Devices move, by serial number, at most 500; Total counts them all.
	Devices []portal.DeviceDetail
	Total   int64
	// OpenRequests are the numbers of service requests that keep their address, at most 500.
	OpenRequests []string
	// Kept counts the devices that get the old address as their own delivery address.
	Kept int64
}

// Review shows one change to staff; NotFound "address_change_not_found" when there is none.
func (s *Service) Review(ctx context.Context, actor identity.Actor, id uuid.UUID) (Review, error) {
	if err := portal.StaffOnly(actor); err != nil {
		return Review{}, err
	}
	var r Review
	err := postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		c, err := s.forStaff(ctx, tx, id)
		if err != nil {
			return err
		}
		r = Review{Change: c, Now: *c.Site, Then: *c.Site, Changed: AddressOf(c.Site) != c.Was}
		if c.State == Pending {
			zone := c.Site.TimeZone // also where the country tells none: staff give it when they approve
			if c.Address.Country != c.Site.Country {
				zone = cmp.Or(zones[c.Address.Country], zone)
			}
			if r.Then, err = moved(ctx, tx, *c.Site, c.Address, nil, zone); err != nil {
				return err
			}
		} else {
			r.Changed = false
		}
		if r.Devices, err = shown(ctx, tx, c.AccountID, c.SiteID); err != nil {
			return err
		}
		total, err := movers(tx, c.AccountID, c.SiteID).Count(ctx)
		if err != nil {
			return fmt.Errorf("addresschange: counting devices: %w", err)
		}
		kept, err := movers(tx, c.AccountID, c.SiteID).
			Where("NOT EXISTS (SELECT FROM delivery_addresses AS own WHERE own.device_id = device.id)").Count(ctx)
		if err != nil {
			return fmt.Errorf("addresschange: counting delivery addresses: %w", err)
		}
		r.Total, r.Kept = int64(total), int64(kept)
		if err := openRequests(tx, c.AccountID, c.SiteID).Column("request.number").OrderExpr("request.number").Limit(maxShown).
			Scan(ctx, &r.OpenRequests); err != nil {
			return fmt.Errorf("addresschange: listing requests: %w", err)
		}
		return nil
	}, postgres.ReadOnly(), postgres.Isolation(sql.LevelRepeatableRead))
	if err != nil {
		return Review{}, err
	}
	return r, audit.Read(ctx, s.db, actor, "address_change.get", "person", r.Change.RequestedBy)
}

// forStaff reads a change with whoever asked for it.
func (s *Service) forStaff(ctx context.Context, tx postgres.Tx, id uuid.UUID) (Change, error) {
	c, err := one(ctx, tx, id)
	if err != nil {
		return Change{}, err
	}
	person, err := identity.ByID(ctx, tx, c.RequestedBy)
	c.Person = &person
	return c, err
}
