package supplies

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// DeliveryAddress is where supplies for a device go: its own delivery address, or without one the address of its site
// with the company's name.
func DeliveryAddress(ctx context.Context, idb bun.IDB, d portal.DeviceDetail) (Address, error) {
	var a Address
	err := idb.NewSelect().ColumnExpr("name, line1, line2, line3, postal_code, city, country").
		TableExpr("delivery_addresses").Where("device_id = ?", d.ID).Scan(ctx, &a)
	if errors.Is(err, sql.ErrNoRows) {
		return Address{
			Name: d.Account.Name, Line1: d.Site.Line1, Line2: d.Site.Line2, Line3: d.Site.Line3,
			PostalCode: d.Site.PostalCode, City: d.Site.City, Country: d.Site.Country,
		}, nil
	}
	if err != nil {
		return Address{}, fmt.Errorf("supplies: reading a delivery address: %w", err)
	}
	return a, nil
}

// Edit is what may be changed of an address: nil leaves a line as it is.
type Edit struct {
	Line2, Line3 *string
}

// apply gives the edited address, and whether it is another one.
func (e Edit) apply(a Address) (Address, bool) {
	edited := a
	if e.Line2 != nil {
		edited.Line2 = oneLine(*e.Line2)
	}
	if e.Line3 != nil {
		edited.Line3 = oneLine(*e.Line3)
	}
	return edited, edited != a
}

// oneLine makes whatever white space there is single blanks: a line of an address is one line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// keepAddress makes an edited address the device's delivery address. Of one that it has already only lines 2 and 3
// change.
func keepAddress(ctx context.Context, tx postgres.Tx, actor identity.Actor, d portal.DeviceDetail, before, after Address) error {
	if _, err := tx.NewRaw(`INSERT INTO delivery_addresses (device_id, name, line1, line2, line3, postal_code, city, country, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (device_id) DO UPDATE SET line2 = excluded.line2, line3 = excluded.line3, updated_at = excluded.updated_at`,
		d.ID, after.Name, after.Line1, after.Line2, after.Line3, after.PostalCode, after.City, after.Country, tx.Now()).Exec(ctx); err != nil {
		return fmt.Errorf("supplies: keeping a delivery address: %w", err)
	}
	return audit.Write(ctx, tx, actor, "device.delivery_address", "device", d.ID, before, after)
}
