package bulk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal/readings"
)

// Correction is what a row shall say instead: all of it.
type Correction struct {
	Row int
	// Serial may be in any spelling.
	Serial string
	// TakenAt is zero where no time is given, which refuses the row.
	TakenAt  time.Time
	Counters readings.Counters
	Reason   string
}

// Corrected is an upload after rows of it were corrected, with these rows in the order of the file.
type Corrected struct {
	Upload Upload
	Rows   []Row
}

// Correct puts corrections in the place of what rows of the file say and finds out what would become of them; nothing is kept.
// Rows of the same devices that are not kept yet are judged anew beside them, since one may stand in the way of another; all
// others stay as they are. A row that cannot be right is stored with its problems, like one of the file. An upload that was applied
// is Checked again, with what it kept as Unchanged.
//
// NotFound "upload_not_found"; Forbidden "bulk_readings_off"; Invalid "row_unknown"; WrongState "upload_unchecked", and
// "row_kept" for a row whose reading is kept already.
func (s *Service) Correct(ctx context.Context, actor identity.Actor, op, upload uuid.UUID, corrections []Correction) (Corrected, error) {
	return inOnce(ctx, s, actor, op, "correct", []any{upload, corrections}, func(ctx context.Context, tx postgres.Tx) (Corrected, error) {
		u, err := s.ready(ctx, tx, actor, upload)
		if err != nil {
			return Corrected{}, err
		}
		if u.State == Receiving {
			return Corrected{}, errUnchecked
		}
		rows, err := corrected(ctx, tx, actor, u, corrections)
		if err != nil {
			return Corrected{}, err
		}
		if u.State == Applied {
			// There is something to apply again: what was kept is there already.
			if _, err := tx.ExecContext(ctx, `UPDATE reading_upload_rows SET outcome = ? WHERE upload_id = ? AND outcome = ?`,
				readings.Unchanged, u.ID, readings.Kept); err != nil {
				return Corrected{}, fmt.Errorf("bulk: opening an upload again: %w", err)
			}
		}
		refuseTwice(rows)
		if err := judge(ctx, tx, actor, rows, "", true); err != nil {
			return Corrected{}, err
		}
		if err := write(ctx, tx, u.ID, rows); err != nil {
			return Corrected{}, err
		}
		sum, err := counted(ctx, tx, u)
		if err != nil {
			return Corrected{}, err
		}
		before := u
		if err := u.changed(ctx, tx, actor, Checked, sum); err != nil {
			return Corrected{}, err
		}
		if err := audit.Write(ctx, tx, actor, "reading_upload.correct", "reading_upload", u.ID, before, map[string]any{"upload": u, "rows": corrections}); err != nil {
			return Corrected{}, err
		}
		asked := slices.DeleteFunc(rows, func(r Row) bool {
			return !slices.ContainsFunc(corrections, func(c Correction) bool { return c.Row == r.Number })
		})
		return Corrected{Upload: u, Rows: asked}, nil
	})
}

// corrected gives the rows to be judged: those that are corrected, and the others of their devices, in the order of the file.
func corrected(ctx context.Context, tx postgres.Tx, actor identity.Actor, u Upload, corrections []Correction) ([]Row, error) {
	var numbers []int
	for _, c := range corrections {
		numbers = append(numbers, c.Row)
	}
	rows, err := query(ctx, tx.NewSelect().Model((*storedRow)(nil)).Where("upload_id = ? AND row IN (?)", u.ID, bun.List(numbers)))
	if err != nil {
		return nil, err
	}
	var devices []uuid.UUID
	note := func(id uuid.UUID) {
		if id != uuid.Nil {
			devices = append(devices, id)
		}
	}
	for _, c := range corrections {
		i := slices.IndexFunc(rows, func(r Row) bool { return r.Number == c.Row })
		if i < 0 {
			return nil, errRowUnknown(c.Row)
		}
		if rows[i].Booked(u) {
			return nil, fault.NewWrongState("row_kept", fmt.Sprintf("The reading of row %d is kept already; correct that reading instead.", c.Row),
				fault.Param("row", fmt.Sprint(c.Row)))
		}
		note(rows[i].DeviceID)
		rows[i] = c.row()
	}
	if err := locate(ctx, tx, actor, rows); err != nil {
		return nil, err
	}
	for _, r := range rows {
		note(r.DeviceID)
	}
	if len(devices) > 0 {
		q := tx.NewSelect().Model((*storedRow)(nil)).Where("upload_id = ? AND device_id IN (?) AND row NOT IN (?)", u.ID, bun.List(devices), bun.List(numbers))
		beside, err := query(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range beside {
			if r.Booked(u) {
				continue // the ledger knows its reading
			}
			if r.readable() {
				r.Outcome, r.Problems = "", nil
			}
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, b Row) int { return a.Number - b.Number })
	return rows, nil
}

// row is what a correction says, as if it had stood in the file.
func (c Correction) row() Row {
	row := Row{Number: c.Row, Serial: serial(c.Serial), TakenAt: c.TakenAt.UTC(), Counters: readings.Counters{}, Reason: oneLine(c.Reason)}
	if row.Serial == "" {
		row.misread(errNoSerial)
	}
	if c.TakenAt.IsZero() {
		row.TakenAt = time.Time{}
		row.misread(errNoDate)
	}
	for counter, value := range c.Counters {
		row.Counters[counter] = value
	}
	return row
}

// Booked reports that the row's reading is kept: it was applied, or was there before.
func (r Row) Booked(u Upload) bool {
	return r.booked || u.State == Applied && (r.Outcome == readings.Kept || r.Outcome == readings.Unchanged)
}

// counted is the upload's summary with its rows counted anew.
func counted(ctx context.Context, tx postgres.Tx, u Upload) (Summary, error) {
	sum := *u.Summary
	err := tx.QueryRowContext(ctx, `SELECT count(*), count(*) FILTER (WHERE outcome = 'kept'), count(*) FILTER (WHERE outcome = 'unchanged'),
			count(*) FILTER (WHERE outcome = 'unconfirmed'), count(*) FILTER (WHERE outcome = 'refused')
		FROM reading_upload_rows WHERE upload_id = ?`, u.ID).Scan(&sum.Rows, &sum.Kept, &sum.Unchanged, &sum.Unconfirmed, &sum.Refused)
	if err != nil {
		return sum, fmt.Errorf("bulk: counting rows: %w", err)
	}
	return sum, nil
}

// Asked is what the device of a row counts, and where it stands.
type Asked struct {
	// Counters are in the order in which people are asked.
	Counters []string
	// TimeZone is an IANA name.
	TimeZone string
}

// Asked tells of the devices of rows what is to be asked for when a row is corrected; rows without a known device are not in it.
func (s *Service) Asked(ctx context.Context, rows []Row) (map[uuid.UUID]Asked, error) {
	var ids []uuid.UUID
	for _, r := range rows {
		if r.DeviceID != uuid.Nil {
			ids = append(ids, r.DeviceID)
		}
	}
	found := map[uuid.UUID]Asked{}
	if len(ids) == 0 {
		return found, nil
	}
	var devices []struct {
		ID       uuid.UUID `bun:"id,type:uuid"`
		TimeZone string    `bun:"time_zone"`
		Counters []string  `bun:"counters,array"`
	}
	if err := s.db.NewSelect().TableExpr("devices AS device").Join("JOIN sites AS site ON site.id = device.site_id").
		Join("JOIN models AS model ON model.id = device.model_id").ColumnExpr("device.id, site.time_zone, model.counters").
		Where("device.id IN (?)", bun.List(ids)).Scan(ctx, &devices); err != nil {
		return nil, fmt.Errorf("bulk: reading devices: %w", err)
	}
	for _, d := range devices {
		asked := Asked{TimeZone: d.TimeZone}
		for _, counter := range readings.AllCounters() {
			if slices.Contains(d.Counters, counter) {
				asked.Counters = append(asked.Counters, counter)
			}
		}
		found[d.ID] = asked
	}
	return found, nil
}
