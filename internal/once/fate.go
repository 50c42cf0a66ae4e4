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
	ID   uuid.UUID `bun:"id,type:uuid"`
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
		fates[r.ID] = Fate{ID: r.ID, Kind: r.Kind, At: r.CreatedAt, Result: r.Result}
	}
	return fates, nil
}

// Place is where a page of Latest ended: the time and the id of its last operation.
type Place struct {
	At time.Time
	ID uuid.UUID
}

// Latest gives a person's operations of some kinds that were taken before a place, the newest first, at most limit; the zero
// Place begins with the newest.
func Latest(ctx context.Context, db bun.IDB, person uuid.UUID, kinds []string, before Place, limit int) ([]Fate, error) {
	q := db.NewSelect().TableExpr("operations").ColumnExpr("id, kind, created_at AS at, result").
		Where("person_id = ? AND kind IN (?) AND result IS NOT NULL", person, bun.List(kinds)).
		OrderExpr("created_at DESC, id DESC").Limit(int64(limit))
	if before != (Place{}) {
		q = q.Where("(created_at, id) < (?, ?)", before.At, before.ID)
	}
	var fates []Fate
	if err := q.Scan(ctx, &fates); err != nil {
		return nil, fmt.Errorf("once: reading the latest: %w", err)
	}
	return fates, nil
}
