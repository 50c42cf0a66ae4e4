package portal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/dispatch"
)

// SiteNotes gives what staff have written about the site where a device stands; it is a dispatch.SiteNotesHook. Empty where
// the technician is to go to another address, and for a device that left the books.
func SiteNotes(db *bun.DB) dispatch.SiteNotesHook {
	return func(ctx context.Context, device uuid.UUID, place dispatch.Place) (notes string, err error) {
		err = db.NewRaw(`SELECT site.notes FROM devices AS device JOIN sites AS site ON site.id = device.site_id
			WHERE device.id = ? AND lower(site.line1) = lower(?) AND site.postal_code = ? AND site.country = ?`,
			device, place.Line1, place.PostalCode, place.Country).Scan(ctx, &notes)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return "", fmt.Errorf("portal: reading a site's notes: %w", err)
		}
		return notes, nil
	}
}
