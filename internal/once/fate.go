package once

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Fate is an operation that took effect, or whose refusal was worth remembering: the result says which.
type Fate struct {
	Kind string
	// At is when it was taken, by the server's clock.
	At time.Time
	// Result is the stored result, as JSON.
	Result json.RawMessage
}

// Fates gives what became of a person's operations. Those that are not in the answer never arrived, failed without a trace,
// or are older than what is kept.
func Fates(ctx context.Context, db bun.IDB, person uuid.UUID, ids []uuid.UUID) (map[uuid.UUID]Fate, error) {
	fates := make(map[uuid.UUID]Fate, len(ids))
	if len(ids) == 0 {
		return fates, nil
	}
	var rows []struct {
		ID        uuid.UUID `bun:"id,type:uuid"`
		Kind      string
		CreatedAt time.Time
		Result    []byte
	}
	if err := db.NewRaw(`SELECT id, kind, created_at, result FROM operations WHERE person_id = ? AND id IN (?) AND result IS NOT NULL`,
		person, bun.List(ids)).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("once: reading fates: %w", err)
	}
	for _, r := range rows {
		fates[r.ID] = Fate{Kind: r.Kind, At: r.CreatedAt, Result: r.Result}
	}
	return fates, nil
}
