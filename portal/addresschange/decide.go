package addresschange

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Approval is what staff say with their yes.
type Approval struct {
	// SeenAt is the site's UpdatedAt in the Review they looked at.
	SeenAt time.Time
	// Position is where the site will be; nil takes the middle of its postal code.
	Position *Point
	// TimeZone is an IANA name; empty keeps the site's, or takes the country's when that changes.
	TimeZone string
}

// Moved is the answer to Approve.
type Moved struct {
	Change Change
	Site   portal.Site
	// Devices counts those that moved.
	Devices int64
}

// Approve moves the site, with all devices of the account there, and tells those who follow one of them. For staff. Stale
// "site_changed" when the site is not as it was at SeenAt; WrongState "address_change_decided" when somebody was faster.
func (s *Service) Approve(ctx context.Context, actor identity.Actor, op, id uuid.UUID, a Approval) (Moved, error) {
	if err := portal.StaffOnly(actor); err != nil {
		return Moved{}, err
	}
	var m Moved
	err := postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		var err error
		m, err = once.Do(ctx, tx, once.Key{Person: actor.PersonID, ID: op, Kind: "approve_address_change"}, []any{id, a}, func() (Moved, error) {
			return s.approve(ctx, tx, actor, id, a)
		})
		if err == nil && m.Change.Person == nil { // it is not kept with the answer
			m.Change, err = s.forStaff(ctx, tx, id)
		}
		return err
	})
	return m, err
}

func (s *Service) approve(ctx context.Context, tx postgres.Tx, actor identity.Actor, id uuid.UUID, a Approval) (Moved, error) {
	if err := hold(ctx, tx, id); err != nil {
		return Moved{}, err
	}
	c, err := s.forStaff(ctx, tx, id)
	if err != nil {
		return Moved{}, err
	}
	if err := c.stillPending(); err != nil {
		return Moved{}, err
	}
	// The whole row, so that no device comes to the site or leaves it meanwhile.
	var site portal.Site
	if err := tx.NewSelect().Model(&site).Where("site.id = ?", c.SiteID).For("UPDATE").Scan(ctx); err != nil {
		return Moved{}, fmt.Errorf("addresschange: holding the site: %w", err)
	}
	if !site.UpdatedAt.Equal(a.SeenAt) {
		return Moved{}, fault.NewStale("site_changed", "The site changed since you looked at it. Look again before you approve.")
	}
	then, err := moved(ctx, tx, site, c.Address, a.Position, a.TimeZone)
	if err != nil {
		return Moved{}, err
	}
	if err := keepDeliveries(ctx, tx, c); err != nil {
		return Moved{}, err
	}
	then.UpdatedAt = tx.Now()
	if _, err := tx.NewUpdate().Model(&then).WherePK().Exec(ctx); err != nil {
		return Moved{}, fmt.Errorf("addresschange: moving the site: %w", err)
	}
	if err := audit.Write(ctx, tx, actor, "site.move", "site", site.ID, siteAudited(site), siteAudited(then)); err != nil {
		return Moved{}, err
	}
	before := c.audited()
	if err := c.decide(ctx, tx, actor, Approved, ""); err != nil {
		return Moved{}, err
	}
	if err := audit.Write(ctx, tx, actor, "address_change.approve", "address_change", c.ID, before, c.audited()); err != nil {
		return Moved{}, err
	}
	n, err := movers(tx, c.AccountID, c.SiteID).Count(ctx)
	if err != nil {
		return Moved{}, fmt.Errorf("addresschange: counting devices: %w", err)
	}
	c.Site = &then
	return Moved{Change: c, Site: then, Devices: int64(n)}, s.tellApproved(ctx, tx, c, int64(n))
}

// keepDeliveries gives each device at the site that has no delivery address of its own the one it has now, so that its
// supplies go where they went.
func keepDeliveries(ctx context.Context, tx postgres.Tx, c Change) error {
	_, err := tx.NewRaw(`INSERT INTO delivery_addresses (device_id, name, line1, line2, line3, postal_code, city, country, updated_at)
		SELECT device.id, account.name, site.line1, site.line2, site.line3, site.postal_code, site.city, site.country, ?
		FROM devices AS device JOIN sites AS site ON site.id = device.site_id JOIN accounts AS account ON account.id = device.account_id
		WHERE device.site_id = ? ORDER BY device.id
		ON CONFLICT (device_id) DO NOTHING`, tx.Now(), c.SiteID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("addresschange: keeping delivery addresses: %w", err)
	}
	return nil
}

// Refuse refuses a pending change with a reason that the person is told. For staff.
func (s *Service) Refuse(ctx context.Context, actor identity.Actor, op, id uuid.UUID, reason string) (Change, error) {
	if err := portal.StaffOnly(actor); err != nil {
		return Change{}, err
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return Change{}, fault.NewInvalid("reason", "reason_missing", "Say why.")
	}
	var c Change
	err := postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		var err error
		c, err = once.Do(ctx, tx, once.Key{Person: actor.PersonID, ID: op, Kind: "refuse_address_change"}, []any{id, reason}, func() (Change, error) {
			return s.refuse(ctx, tx, actor, id, reason)
		})
		if err == nil && c.Person == nil { // it is not kept with the answer
			c, err = s.forStaff(ctx, tx, id)
		}
		return err
	})
	return c, err
}

func (s *Service) refuse(ctx context.Context, tx postgres.Tx, actor identity.Actor, id uuid.UUID, reason string) (Change, error) {
	if err := hold(ctx, tx, id); err != nil {
		return Change{}, err
	}
	c, err := s.forStaff(ctx, tx, id)
	if err != nil {
		return Change{}, err
	}
	if err := c.stillPending(); err != nil {
		return Change{}, err
	}
	before := c.audited()
	if err := c.decide(ctx, tx, actor, Refused, reason); err != nil {
		return Change{}, err
	}
	if err := audit.Write(ctx, tx, actor, "address_change.refuse", "address_change", c.ID, before, c.audited()); err != nil {
		return Change{}, err
	}
	return c, s.tellRefused(ctx, tx, c)
}

// siteAudited is what the audit trail keeps of a site.
func siteAudited(s portal.Site) map[string]any {
	return map[string]any{
		"address": AddressOf(&s), "latitude": s.Latitude, "longitude": s.Longitude, "quality": s.Quality, "time_zone": s.TimeZone,
	}
}
