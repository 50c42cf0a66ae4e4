package photos

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/blob"
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
		// Killed here, the contents are orphans, which Sweep finds.
		var contents []uuid.UUID
		for _, r := range rows {
			contents = append(contents, r.ContentID, r.ThumbnailID)
		}
		if err := s.store.Delete(ctx, contents...); err != nil {
			return removed, err
		}
		if len(rows) < tidied {
			return removed, nil
		}
	}
}

// grace is how old a content without a row must be to count as an orphan: longer than any upload takes.
const grace = time.Hour

// Sweep compares the store with the table: contents that no photo names are removed, photos without contents are told in the
// log and in what it gives, for an operator with a backup.
func (s *Service) Sweep(ctx context.Context) (blob.Swept, error) {
	swept, err := blob.Sweep(ctx, s.store, s.names, s.db.Now().Add(-grace))
	if swept.Orphans > 0 {
		s.log.InfoContext(ctx, "stored contents that no photo names were removed", "count", swept.Orphans)
	}
	if swept.MissingCount > 0 {
		s.log.ErrorContext(ctx, "contents of photos are missing from the store", "count", swept.MissingCount, "first", swept.Missing)
	}
	return swept, err
}

func (s *Service) names(ctx context.Context, after uuid.UUID, limit int) (ids []uuid.UUID, err error) {
	err = s.db.NewRaw(`(SELECT content_id AS id FROM photos WHERE content_id > ?0 ORDER BY 1 LIMIT ?1)
		UNION ALL (SELECT thumbnail_id FROM photos WHERE thumbnail_id > ?0 ORDER BY 1 LIMIT ?1) ORDER BY id LIMIT ?1`,
		after, limit).Scan(ctx, &ids)
	return ids, err
}
