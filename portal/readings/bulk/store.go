package bulk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
	"utsendt/portal/readings"
)

// store writes the rows of an upload in the place of those it had.
func store(ctx context.Context, tx postgres.Tx, upload uuid.UUID, rows []Row) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM reading_upload_rows WHERE upload_id = ?`, upload); err != nil {
		return fmt.Errorf("bulk: removing rows: %w", err)
	}
	return write(ctx, tx, upload, rows)
}

// write writes rows of an upload, new ones and in the place of those it had.
func write(ctx context.Context, tx postgres.Tx, upload uuid.UUID, rows []Row) error {
	for part := range slices.Chunk(rows, chunk) {
		numbers := make([]int32, len(part))
		serials, reasons, outcomes := make([]string, len(part)), make([]string, len(part)), make([]string, len(part))
		devices, counters, problems := make([]*string, len(part)), make([]*string, len(part)), make([]*string, len(part))
		at, unread := make([]*time.Time, len(part)), make([]bool, len(part))
		for i := range part {
			row := &part[i]
			numbers[i], serials[i], reasons[i], outcomes[i], unread[i] = int32(row.Number), row.Serial, row.Reason, string(row.Outcome), row.Unread
			if row.DeviceID != uuid.Nil {
				devices[i] = new(row.DeviceID.String())
			}
			if !row.TakenAt.IsZero() {
				at[i] = &row.TakenAt
			}
			for _, side := range []struct {
				value any
				has   bool
				into  **string
			}{{row.Counters, row.Counters != nil, &counters[i]}, {row.Problems, len(row.Problems) > 0, &problems[i]}} {
				if !side.has {
					continue
				}
				text, err := json.Marshal(side.value)
				if err != nil {
					return fmt.Errorf("bulk: %w", err)
				}
				*side.into = new(string(text))
			}
		}
		_, err := tx.PgxTx().Exec(ctx, `INSERT INTO reading_upload_rows
				(upload_id, row, serial, device_id, taken_at, counters, reason, outcome, problems, unread)
			SELECT $1::text::uuid, r.row, r.serial, r.device_id::uuid, r.taken_at, r.counters::jsonb, r.reason, r.outcome, r.problems::jsonb, r.unread
			FROM unnest($2::int[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bool[])
				AS r (row, serial, device_id, taken_at, counters, reason, outcome, problems, unread)
			ON CONFLICT (upload_id, row) DO UPDATE SET serial = excluded.serial, device_id = excluded.device_id, taken_at = excluded.taken_at,
				counters = excluded.counters, reason = excluded.reason, outcome = excluded.outcome, problems = excluded.problems, unread = excluded.unread`,
			upload.String(), numbers, serials, devices, at, counters, reasons, outcomes, problems, unread)
		if err != nil {
			return fmt.Errorf("bulk: writing rows: %w", err)
		}
	}
	return nil
}

// storedRow is a Row in the database.
type storedRow struct {
	bun.BaseModel `bun:"table:reading_upload_rows,alias:row"`

	Number   int               `bun:"row"`
	Serial   string            `bun:"serial"`
	DeviceID uuid.NullUUID     `bun:"device_id,type:uuid"`
	TakenAt  *time.Time        `bun:"taken_at"`
	Counters readings.Counters `bun:"counters,type:jsonb"`
	Reason   string            `bun:"reason"`
	Outcome  readings.Outcome  `bun:"outcome"`
	Problems json.RawMessage   `bun:"problems,type:jsonb"`
	Unread   bool              `bun:"unread"`
	Booked   bool              `bun:"booked"`
}

func (r storedRow) row() (Row, error) {
	row := Row{
		Number: r.Number, Serial: r.Serial, DeviceID: r.DeviceID.UUID, Counters: r.Counters, Reason: r.Reason, Outcome: r.Outcome, Unread: r.Unread, booked: r.Booked,
	}
	if r.TakenAt != nil {
		row.TakenAt = r.TakenAt.UTC()
	}
	if len(r.Problems) > 0 {
		if err := json.Unmarshal(r.Problems, &row.Problems); err != nil {
			return row, fmt.Errorf("bulk: reading problems: %w", err)
		}
	}
	return row, nil
}

// stored gives all rows of an upload.
func stored(ctx context.Context, tx postgres.Tx, upload uuid.UUID) ([]Row, error) {
	return query(ctx, tx.NewSelect().Model((*storedRow)(nil)).Where("upload_id = ?", upload).OrderExpr("row"))
}

func query(ctx context.Context, q *bun.SelectQuery) ([]Row, error) {
	var found []storedRow
	if err := q.Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("bulk: reading rows: %w", err)
	}
	rows := make([]Row, len(found))
	for i, r := range found {
		var err error
		if rows[i], err = r.row(); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// Rows gives rows of an upload that was checked, in the order of the file; of the given outcomes only, or all. next is empty
// on the last page. NotFound "upload_not_found"; Invalid for a bad page.
func (s *Service) Rows(ctx context.Context, actor identity.Actor, upload uuid.UUID, outcomes []readings.Outcome, page readings.Page) (rows []Row, next string, err error) {
	var after int32
	size, err := page.Read(&after)
	if err != nil {
		return nil, "", err
	}
	if _, err := find(ctx, s.db, actor, upload, ""); err != nil {
		return nil, "", err
	}
	q := s.db.NewSelect().Model((*storedRow)(nil)).Where("upload_id = ?", upload).Where("row > ?", after).
		OrderExpr("row").Limit(int64(size) + 1)
	if len(outcomes) > 0 {
		q = q.Where("outcome IN (?)", bun.List(outcomes))
	}
	if rows, err = query(ctx, q); err != nil {
		return nil, "", err
	}
	if len(rows) > size {
		rows = rows[:size]
		next, err = portal.PageToken(rows[size-1].Number)
	}
	return rows, next, err
}
