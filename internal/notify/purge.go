package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
)

// purgeBatch bounds one statement, so that none holds its locks for long.
const purgeBatch = 5000

// Purge removes messages older than the retention time with their deliveries, and tells how many.
func (s *Service) Purge(ctx context.Context) (int64, error) {
	before := s.db.Now().Add(-s.retention)
	var total int64
	for {
		result, err := s.db.NewRaw(`DELETE FROM notifications WHERE id IN
			(SELECT id FROM notifications WHERE created_at < ? ORDER BY created_at LIMIT ?)`,
			before, purgeBatch).Exec(ctx)
		if err != nil {
			return total, fmt.Errorf("notify: clearing the ledger: %w", err)
		}
		n, err := result.RowsAffected()
		if err != nil {
			return total, fmt.Errorf("notify: clearing the ledger: %w", err)
		}
		total += n
		if n < purgeBatch {
			return total, nil
		}
	}
}

type purgeWorker struct {
	river.WorkerDefaults[purgeArgs]
	service *Service
}

// Timeout allows for the first run on a ledger that was never cleared.
func (w *purgeWorker) Timeout(*river.Job[purgeArgs]) time.Duration { return 10 * time.Minute }

func (w *purgeWorker) Work(ctx context.Context, _ *river.Job[purgeArgs]) error {
	removed, err := w.service.Purge(ctx)
	if removed > 0 {
		w.service.log.InfoContext(ctx, "cleared old messages from the ledger", "removed", removed)
	}
	return err
}
