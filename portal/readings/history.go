package readings

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// historyKey is where a page of a history ends.
type historyKey struct {
	TakenAt time.Time `json:"t"`
	ID      uuid.UUID `json:"i"`
}

// History gives the readings of a device, the newest first, those that were superseded beside those that took their place.
// next is empty on the last page. A customer sees none of the time when the device was another company's.
// NotFound "device_not_found".
func (s *Service) History(ctx context.Context, actor identity.Actor, device uuid.UUID, page Page) (found []Reading, next string, err error) {
	var after historyKey
	size, err := page.Read(&after)
	if err != nil {
		return nil, "", err
	}
	if year := after.TakenAt.UTC().Year(); page.Token != "" && (year < 1 || year > 9999) {
		return nil, "", portal.ErrPageToken
	}
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		found = nil
		meters, err := metersFor(ctx, tx, actor, []uuid.UUID{device})
		if err != nil {
			return err
		}
		if meters[device] == nil {
			return errDeviceNotFound
		}
		q := tx.NewSelect().Model(&found).Where("device_id = ?", device).OrderExpr("taken_at DESC, id DESC").Limit(int64(size) + 1)
		if actor.Is(identity.RoleCustomer) {
			q = q.Where(portal.ReadForPresentCompany("reading"))
		}
		if page.Token != "" {
			q = q.Where("(taken_at, id) < (?, ?)", after.TakenAt, after.ID)
		}
		if err := q.Scan(ctx); err != nil {
			return fmt.Errorf("readings: reading a history: %w", err)
		}
		return nil
	}, postgres.ReadOnly())
	if err != nil {
		return nil, "", err
	}
	if len(found) > size {
		found = found[:size]
		last := found[size-1]
		next, err = portal.PageToken(historyKey{last.TakenAt, last.ID})
	}
	return found, next, err
}
