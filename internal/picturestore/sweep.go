package picturestore

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/blob"
)

// grace is how old a content without a row must be to count as an orphan: longer than any upload takes.
const grace = time.Hour

// Sweep compares the store with the tables: contents that none of them names are removed, pictures without contents are told
// in the log and in what it gives, for an operator with a backup. tables must be all that there are.
func (s *Store) Sweep(ctx context.Context, now time.Time, tables ...blob.Names) (blob.Swept, error) {
	swept, err := blob.Sweep(ctx, s.blobs, merged(tables), now.Add(-grace))
	if swept.Orphans > 0 {
		s.log.InfoContext(ctx, "stored contents that no picture names were removed", "count", swept.Orphans)
	}
	if swept.MissingCount > 0 {
		s.log.ErrorContext(ctx, "contents of pictures are missing from the store", "count", swept.MissingCount, "first", swept.Missing)
	}
	return swept, err
}

// merged gives what any table names, in one order.
func merged(tables []blob.Names) blob.Names {
	return func(ctx context.Context, after uuid.UUID, limit int) ([]uuid.UUID, error) {
		var all []uuid.UUID
		for _, names := range tables {
			page, err := names(ctx, after, limit)
			if err != nil {
				return nil, err
			}
			all = append(all, page...)
		}
		slices.SortFunc(all, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
		all = slices.Compact(all)
		return all[:min(limit, len(all))], nil
	}
}
