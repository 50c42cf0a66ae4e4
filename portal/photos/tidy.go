package photos

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"utsendt/internal/picturestore"
	"utsendt/internal/postgres"
)

// tidied is how many photos one transaction removes.
const tidied = 100

// Tidy removes photos that nobody attached within Config.Keep, and gives how many. Two servers may do it at once.
func (s *Service) Tidy(ctx context.Context) (removed int, err error) {
	for {
		var rows []row
		err := postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
			rows = nil
			return tx.NewRaw(`DELETE FROM photos WHERE id IN (SELECT id FROM photos WHERE request_id IS NULL AND created_at < ?
				ORDER BY created_at LIMIT ? FOR UPDATE SKIP LOCKED) RETURNING id, content_id, thumbnail_id`,
				tx.Now().Add(-s.cfg.Keep), tidied).Scan(ctx, &rows)
		})
		if err != nil {
			return removed, fmt.Errorf("photos: removing what was never attached: %w", err)
		}
		removed += len(rows)
		// Killed here, the contents are orphans, which picturestore.Store.Sweep finds.
		contents := make([]picturestore.Kept, len(rows))
		for i, r := range rows {
			contents[i] = r.Kept
		}
		if err := s.pictures.Delete(ctx, contents...); err != nil {
			return removed, err
		}
		if len(rows) < tidied {
			return removed, nil
		}
	}
}

// Names gives what the photos name in the store, for picturestore.Store.Sweep.
func (s *Service) Names(ctx context.Context, after uuid.UUID, limit int) (ids []uuid.UUID, err error) {
	err = s.db.NewRaw(`(SELECT content_id AS id FROM photos WHERE content_id > ?0 ORDER BY 1 LIMIT ?1)
		UNION ALL (SELECT thumbnail_id FROM photos WHERE thumbnail_id > ?0 ORDER BY 1 LIMIT ?1) ORDER BY id LIMIT ?1`,
		after, limit).Scan(ctx, &ids)
	return ids, err
}
