package dispatch

import (
	"context"
	"fmt"
	"strings"
	"time"

	"utsendt/internal/postgres"
)

// positionLock is the advisory lock that keeps two servers from making one partition.
const positionLock = 0x7574736e64_01 // "utsnd", 1

// ensurePartitions makes the partitions of the position history that a fix of today may need: fixes reach back a day
// and two minutes ahead. Known ones cost nothing.
func (s *Service) ensurePartitions(ctx context.Context) error {
	today := s.db.Now().Truncate(24 * time.Hour)
	for day := -2; day <= 1; day++ {
		at := today.AddDate(0, 0, day)
		name := at.Format("2006_01_02")
		if _, known := s.partitions.Load(name); known {
			continue
		}
		err := postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
			if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(?)", positionLock); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, fmt.Sprintf(
				`CREATE TABLE IF NOT EXISTS position_history_%s PARTITION OF position_history FOR VALUES FROM ('%s') TO ('%s')`,
				name, at.Format(time.DateOnly), at.AddDate(0, 0, 1).Format(time.DateOnly)))
			return err
		})
		if err != nil {
			return fmt.Errorf("dispatch: making a partition for positions: %w", err)
		}
		s.partitions.Store(name, true)
	}
	return nil
}

// DropOldPositions drops the days of the position history that are older than the retention time, and makes the
// partitions of the days to come. The two days in which a late fix may still belong stay in any case. It gives the
// names of what was dropped.
func (s *Service) DropOldPositions(ctx context.Context) ([]string, error) {
	if err := s.ensurePartitions(ctx); err != nil {
		return nil, err
	}
	var names []string
	if err := s.db.NewRaw(`SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
		WHERE i.inhparent = 'position_history'::regclass ORDER BY 1`).Scan(ctx, &names); err != nil {
		return nil, fmt.Errorf("dispatch: listing partitions: %w", err)
	}
	oldest := s.db.Now().Add(-max(s.retention, 48*time.Hour))
	var dropped []string
	for _, name := range names {
		day, err := time.Parse("2006_01_02", strings.TrimPrefix(name, "position_history_"))
		if err != nil || day.AddDate(0, 0, 1).After(oldest) {
			continue
		}
		if _, err := s.db.ExecContext(ctx, "DROP TABLE IF EXISTS "+name); err != nil {
			return dropped, fmt.Errorf("dispatch: dropping %s: %w", name, err)
		}
		s.partitions.Delete(strings.TrimPrefix(name, "position_history_"))
		dropped = append(dropped, name)
	}
	return dropped, nil
}
