package portal

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"golang.org/x/text/unicode/norm"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// DeviceQuery asks for a page of devices.
type DeviceQuery struct {
	// Text is words that each must occur in serial number, friendly name, model, site name or city, in any
	// case; empty means all devices.
	Text string
	// PageSize is 1 to 100; 0 means 10.
	PageSize int
	// PageToken is the former page's NextPageToken; empty means the first page.
	PageToken string
}

// DevicePage is one page, by friendly name and serial number.
type DevicePage struct {
	Devices []ListedDevice
	// NextPageToken is empty on the last page.
	NextPageToken string
	// Total counts all devices the query finds, on whatever page.
	Total int64
}

// ListedDevice is a device in a list, with its open request when there is one.
type ListedDevice struct {
	Device `bun:",extend"`

	Model *Model `bun:"rel:belongs-to,join:model_id=id"`
	Site  *Site  `bun:"rel:belongs-to,join:site_id=id"`
	// Open is nil when no request is open for the device.
	Open *OpenRequest `bun:"-"`

	OpenID     uuid.NullUUID `bun:"open_id,scanonly"`
	OpenNumber string        `bun:"open_number,scanonly"`
	OpenState  string        `bun:"open_state,scanonly"`
}

// OpenRequest is the open service request of a device.
type OpenRequest struct {
	ID     uuid.UUID
	Number string
	// State is as the database writes it, for example "en_route".
	State string
}

// deviceSortKey is what a page token holds.
type deviceSortKey struct {
	FriendlyName string `json:"n"`
	SerialNumber string `json:"s"`
}

// ListDevices gives the devices that the actor follows (see FollowedBy). Forbidden ("customers_only") for anybody but
// a customer; Invalid for a bad page size or token.
func (s *Service) ListDevices(ctx context.Context, actor identity.Actor, q DeviceQuery) (DevicePage, error) {
	if err := CustomersOnly(actor); err != nil {
		return DevicePage{}, err
	}
	size, err := PageSize(q.PageSize)
	if err != nil {
		return DevicePage{}, err
	}
	var after deviceSortKey
	if q.PageToken != "" {
		if err := ReadPageToken(q.PageToken, &after); err != nil {
			return DevicePage{}, err
		}
		if !Storable(after.FriendlyName) || !Storable(after.SerialNumber) {
			return DevicePage{}, ErrPageToken
		}
	}
	words := SearchWords(q.Text)
	found := func(query *bun.SelectQuery) *bun.SelectQuery {
		query = query.Relation("Model").Relation("Site").Where("device.account_id = ?", actor.AccountID).Apply(FollowedBy(actor.PersonID))
		for _, word := range words {
			// strpos takes every letter literally, which LIKE does not.
			query = query.Where(`strpos(lower(concat_ws(' ', device.serial_number, device.friendly_name,
				"model"."name", "site"."name", "site"."city")), lower(?)) > 0`, word)
		}
		return query
	}

	var page DevicePage
	// One snapshot, so that the total fits the rows.
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		page = DevicePage{}
		total, err := found(tx.NewSelect().Model((*ListedDevice)(nil))).Count(ctx)
		if err != nil {
			return fmt.Errorf("portal: counting devices: %w", err)
		}
		page.Total = int64(total)
		query := found(tx.NewSelect().Model(&page.Devices)).ColumnExpr("device.*").
			ColumnExpr("open.id AS open_id, coalesce(open.number, '') AS open_number, coalesce(open.state, '') AS open_state").
			Join(`LEFT JOIN service_requests AS open ON open.device_id = device.id AND open.account_id = device.account_id
				AND open.state NOT IN ('completed', 'cancelled')`).
			OrderExpr("device.friendly_name, device.serial_number").
			Limit(int64(size) + 1)
		if q.PageToken != "" {
			query = query.Where("(device.friendly_name, device.serial_number) > (?, ?)", after.FriendlyName, after.SerialNumber)
		}
		if err := query.Scan(ctx); err != nil {
			return fmt.Errorf("portal: listing devices: %w", err)
		}
		return nil
	}, postgres.ReadOnly(), postgres.Isolation(sql.LevelRepeatableRead))
	if err != nil {
		return DevicePage{}, err
	}

	if len(page.Devices) > size {
		page.Devices = page.Devices[:size]
		last := page.Devices[size-1]
		if page.NextPageToken, err = PageToken(deviceSortKey{last.FriendlyName, last.SerialNumber}); err != nil {
			return DevicePage{}, fmt.Errorf("portal: making a page token: %w", err)
		}
	}
	for i := range page.Devices {
		d := &page.Devices[i]
		if d.OpenID.Valid {
			d.Open = &OpenRequest{ID: d.OpenID.UUID, Number: d.OpenNumber, State: d.OpenState}
		}
	}
	return page, nil
}

// SearchWords splits a query into words as they are stored (composed, valid UTF-8, no NUL), each once.
func SearchWords(text string) []string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", " ")
	words := strings.Fields(norm.NFC.String(text))
	slices.Sort(words)
	return slices.Compact(words)
}
