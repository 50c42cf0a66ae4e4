package dispatch

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"utsendt/geo"
	"utsendt/internal/postgres"
)

// history collects the fixes to keep, column by column.
type history struct {
	index              []int
	recorded, phone    []time.Time
	lat, lon, accuracy []float64
	speed, heading     []*float64
}

func (h *history) add(i int, f geo.Fix, phoneAt time.Time) {
	h.index = append(h.index, i)
	h.recorded, h.phone = append(h.recorded, f.At), append(h.phone, phoneAt)
	h.lat, h.lon = append(h.lat, f.Point.Lat()), append(h.lon, f.Point.Lon())
	h.accuracy = append(h.accuracy, f.Accuracy)
	h.speed, h.heading = append(h.speed, f.Speed), append(h.heading, f.Heading)
}

// insert writes them in one statement and makes those that were known already duplicates.
func (h *history) insert(ctx context.Context, tx postgres.Tx, technician, visit uuid.UUID, now time.Time, verdicts []Verdict) error {
	if len(h.index) == 0 {
		return nil
	}
	var visitID *uuid.UUID
	if visit != uuid.Nil {
		visitID = &visit
	}
	rows, err := tx.PgxTx().Query(ctx, `INSERT INTO position_history
			(technician_id, visit_id, received_at, recorded_at, phone_at, latitude, longitude, accuracy, speed, heading)
		SELECT $1::uuid, $2::uuid, $3::timestamptz, * FROM unnest($4::timestamptz[], $5::timestamptz[], $6::float8[], $7::float8[],
			$8::float8[], $9::float8[], $10::float8[])
		ON CONFLICT DO NOTHING RETURNING recorded_at`,
		technician, visitID, now, h.recorded, h.phone, h.lat, h.lon, h.accuracy, h.speed, h.heading)
	if err != nil {
		return fmt.Errorf("dispatch: writing the history: %w", err)
	}
	fresh, err := pgx.CollectRows(rows, pgx.RowTo[time.Time])
	if err != nil {
		return fmt.Errorf("dispatch: writing the history: %w", err)
	}
	inserted := make(map[int64]bool, len(fresh))
	for _, at := range fresh {
		inserted[at.UnixMicro()] = true
	}
	for n, i := range h.index { // of the same instant twice in one batch, the second is the duplicate
		at := h.recorded[n].UnixMicro()
		switch {
		case verdicts[i] == FixLive:
			inserted[at] = false
		case inserted[at]:
			verdicts[i] = FixHistory
			inserted[at] = false
		default:
			verdicts[i] = FixDuplicate
		}
	}
	return nil
}
