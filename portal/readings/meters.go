package readings

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"golang.org/x/text/unicode/norm"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Meter is a device and its counters, in a list.
type Meter struct {
	DeviceID     uuid.UUID `bun:"id,type:uuid"`
	SerialNumber string    `bun:"serial_number"`
	FriendlyName string    `bun:"friendly_name"`
	Model        string    `bun:"model"`
	SiteID       uuid.UUID `bun:"site_id,type:uuid"`
	SiteName     string    `bun:"site_name"`
	// TimeZone is where it stands, by its IANA name.
	TimeZone string `bun:"time_zone"`
	// Counters are to be asked for, in this order.
	Counters []string `bun:"counters,array"`
	// DuePeriod is the last month of the period whose reading is missing, as 2026-03; empty when none is.
	DuePeriod string `bun:"due_period"`
	// Reminders tells whether the customer is reminded of it.
	Reminders bool `bun:"reminders"`
	// Last is the newest valid reading; nil without any.
	Last *Reading `bun:"-"`
}

// MeterQuery asks for a page of meters.
type MeterQuery struct {
	// Text is words that each must occur in serial number, friendly name, model, site or city.
	Text string
	// DueOnly leaves out devices whose reading is not missing.
	DueOnly bool
	Page
}

type meterKey struct {
	FriendlyName string `json:"n"`
	SerialNumber string `json:"s"`
}

// Meters gives the devices that the customer follows with their last readings and what is missing, by friendly name and
// serial number; next is empty on the last page. Forbidden "customers_only"; Invalid for a bad page.
func (s *Service) Meters(ctx context.Context, actor identity.Actor, q MeterQuery) (found []Meter, next string, err error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return nil, "", err
	}
	var after meterKey
	size, err := q.Page.Read(&after)
	if err != nil {
		return nil, "", err
	}
	if !portal.Storable(after.FriendlyName) || !portal.Storable(after.SerialNumber) {
		return nil, "", portal.ErrPageToken
	}
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		found = nil
		query, err := followedMeters(ctx, tx, actor)
		if err != nil {
			return err
		}
		query = query.ColumnExpr("device.id, device.serial_number, device.friendly_name, device.site_id, site.name AS site_name, site.time_zone").
			ColumnExpr("model.name AS model, model.counters, coalesce(due.period, '') AS due_period").
			ColumnExpr(`EXISTS (SELECT FROM registrations r WHERE r.device_id = device.id AND r.person_id = ?
				AND r.state = 'active' AND r.reminders) AS reminders`, actor.PersonID).
			OrderExpr("device.friendly_name, device.serial_number").Limit(int64(size) + 1)
		for _, word := range words(q.Text) {
			query = query.Where(`strpos(lower(concat_ws(' ', device.serial_number, device.friendly_name, model.name, site.name, site.city)),
				lower(?)) > 0`, word)
		}
		if q.DueOnly {
			query = query.Where("due.period IS NOT NULL")
		}
		if q.Page.Token != "" {
			query = query.Where("(device.friendly_name, device.serial_number) > (?, ?)", after.FriendlyName, after.SerialNumber)
		}
		if err := query.Scan(ctx, &found); err != nil {
			return fmt.Errorf("readings: listing meters: %w", err)
		}
		return lastReadings(ctx, tx, found)
	}, postgres.ReadOnly())
	if err != nil {
		return nil, "", err
	}
	if len(found) > size {
		found = found[:size]
		next, err = portal.PageToken(meterKey{found[size-1].FriendlyName, found[size-1].SerialNumber})
	}
	return found, next, err
}

// Due gives the devices that the customer follows and whose reading is missing, at most limit.
func (s *Service) Due(ctx context.Context, actor identity.Actor, limit int) (ids []uuid.UUID, err error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		ids = nil
		query, err := followedMeters(ctx, tx, actor)
		if err != nil {
			return err
		}
		if err := query.ColumnExpr("device.id").Where("due.period IS NOT NULL").
			OrderExpr("device.friendly_name, device.serial_number").Limit(int64(limit)).Scan(ctx, &ids); err != nil {
			return fmt.Errorf("readings: finding what is due: %w", err)
		}
		return nil
	}, postgres.ReadOnly())
	return ids, err
}

// DueOf gives for each of these devices, or of all when none are named, the last month of the period whose reading is missing, as 2026-03; devices that lack
// none, and those that the customer does not follow, are left out.
func DueOf(ctx context.Context, tx postgres.Tx, actor identity.Actor, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	query, err := followedMeters(ctx, tx, actor)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		ID     uuid.UUID `bun:"id,type:uuid"`
		Period string    `bun:"period"`
	}
	query = query.ColumnExpr("device.id, due.period").Where("due.period IS NOT NULL")
	if len(ids) > 0 {
		query = query.Where("device.id IN (?)", bun.List(ids))
	}
	if err := query.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("readings: finding what is due of devices: %w", err)
	}
	found := make(map[uuid.UUID]string, len(rows))
	for _, r := range rows {
		found[r.ID] = r.Period
	}
	return found, nil
}

// followedMeters joins device, model, site, contract and due for the devices of a customer.
func followedMeters(ctx context.Context, tx postgres.Tx, actor identity.Actor) (*bun.SelectQuery, error) {
	var zones []string
	if err := tx.NewSelect().TableExpr("sites").ColumnExpr("DISTINCT time_zone").Where("account_id = ?", actor.AccountID).
		Scan(ctx, &zones); err != nil {
		return nil, fmt.Errorf("readings: reading time zones: %w", err)
	}
	return tx.NewSelect().TableExpr("devices AS device").
		Join("JOIN models AS model ON model.id = device.model_id").Join("JOIN sites AS site ON site.id = device.site_id").
		Join("LEFT JOIN contracts AS contract ON contract.id = device.contract_id").
		Apply(JoinDue(Turns(tx.Now(), zones...))).
		Where("device.account_id = ?", actor.AccountID).Apply(portal.FollowedBy(actor.PersonID)), nil
}

func lastReadings(ctx context.Context, tx postgres.Tx, meters []Meter) error {
	if len(meters) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, len(meters))
	for i := range meters {
		ids[i] = meters[i].DeviceID
	}
	var last []*Reading
	if err := tx.NewSelect().Model(&last).DistinctOn("device_id").Where("device_id IN (?)", bun.List(ids)).
		Where("superseded_by IS NULL").Where(portal.ReadForPresentCompany("reading")).OrderExpr("device_id, taken_at DESC").Scan(ctx); err != nil {
		return fmt.Errorf("readings: reading last readings: %w", err)
	}
	for i := range meters {
		for _, r := range last {
			if r.DeviceID == meters[i].DeviceID {
				meters[i].Last = r
			}
		}
	}
	return nil
}

// words splits a query into words as they are stored.
func words(text string) []string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", " ")
	return strings.Fields(norm.NFC.String(text))
}
