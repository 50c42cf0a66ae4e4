package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// write completes the drafts of one chunk and stores those that differ. Imports of one kind take turns,
// chunk by chunk, so that each can say truly what it created.
func write(ctx context.Context, tx pgx.Tx, l *layout, drafts []*draft, now time.Time) error {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtext('utsendt transfer'), hashtext($1))`,
		string(l.table.kind)); err != nil {
		return fmt.Errorf("transfer: waiting for another import: %w", err)
	}
	if len(drafts) == 0 {
		return nil
	}
	if err := meetStored(ctx, tx, l, accepted(drafts)); err != nil {
		return fmt.Errorf("transfer: reading what is stored: %w", err)
	}
	if check := l.table.check; check != nil {
		if err := check(ctx, tx, l.table, accepted(drafts)); err != nil {
			return fmt.Errorf("transfer: checking references: %w", err)
		}
	}
	var changed []*draft
	for _, d := range accepted(drafts) {
		if l.table.fixed && d.stored != nil && d.changed() {
			d.refuse("row_fixed", "", "This is there already and says something else; what was is not changed by a file.")
			continue
		}
		if d.changed() {
			changed = append(changed, d)
		}
	}
	if first := l.table.first; first != nil {
		slices.SortStableFunc(changed, func(a, b *draft) int {
			switch sooner := first(l.table, a); {
			case sooner == first(l.table, b):
				return 0
			case sooner:
				return -1
			}
			return 1
		})
	}
	return store(ctx, tx, l.table, changed, now)
}

func accepted(drafts []*draft) []*draft {
	var kept []*draft
	for _, d := range drafts {
		if d.refusal == nil {
			kept = append(kept, d)
		}
	}
	return kept
}

// meetStored finds the stored row of each draft.
func meetStored(ctx context.Context, tx pgx.Tx, l *layout, drafts []*draft) error {
	if len(drafts) == 0 {
		return nil
	}
	t := l.table
	var args []any
	for _, k := range t.keys() {
		args = append(args, cellsOf(drafts, k))
	}
	rows, err := tx.Query(ctx, t.storedSQL(), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	type storedRow struct {
		id    string
		cells []string
	}
	found := make(map[string]storedRow, len(drafts))
	keyOf := func(cells []string) string {
		var parts []string
		for _, k := range t.keys() {
			parts = append(parts, cells[k])
		}
		return strings.Join(parts, "\n")
	}
	for rows.Next() {
		id, cells, err := t.scanRow(rows)
		if err != nil {
			return err
		}
		found[keyOf(cells)] = storedRow{id, cells}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, d := range drafts {
		row := found[keyOf(d.cells)]
		d.meet(l, row.id, row.cells)
	}
	return nil
}

// store writes drafts together; when the database refuses them, it writes them one by one, and those it
// still refuses become refusals.
func store(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft, now time.Time) error {
	if len(drafts) == 0 {
		return nil
	}
	why, err := tryStore(ctx, tx, t, drafts, now)
	if err != nil || why == nil {
		return err
	}
	if len(drafts) == 1 {
		drafts[0].refusal = why
		return nil
	}
	// Halving finds a few bad rows among many good ones in few steps.
	middle := len(drafts) / 2
	if err := store(ctx, tx, t, drafts[:middle], now); err != nil {
		return err
	}
	return store(ctx, tx, t, drafts[middle:], now)
}

// tryStore writes drafts within a savepoint. The refusal says what the rows did wrong; the error is about
// anything else.
func tryStore(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft, now time.Time) (*refusal, error) {
	savepoint, err := tx.Begin(ctx)
	if err != nil {
		return nil, err
	}
	why, err := upsert(ctx, savepoint, t, drafts, now)
	if err != nil {
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || !dataError(pg.Code) {
			return nil, fmt.Errorf("transfer: storing rows: %w", err)
		}
		why = explain(pg)
	}
	if why != nil {
		return why, savepoint.Rollback(ctx)
	}
	return nil, savepoint.Commit(ctx)
}

func upsert(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft, now time.Time) (*refusal, error) {
	ids := make([]string, len(drafts))
	for i, d := range drafts {
		ids[i] = d.id
	}
	args := []any{ids}
	for i := range t.columns {
		args = append(args, cellsOf(drafts, i))
	}
	tag, err := tx.Exec(ctx, t.upsertSQL(), append(args, now)...)
	if err != nil {
		return nil, err
	}
	if tag.RowsAffected() != int64(len(drafts)) {
		return refuse("reference_gone", "", "Something the row refers to was removed just now."), nil
	}
	if t.after == nil {
		return nil, nil
	}
	return nil, t.after(ctx, tx, t, drafts)
}

// dataError reports whether a SQLSTATE blames the row: class 22 (data exception) or 23 (constraint).
func dataError(code string) bool {
	return strings.HasPrefix(code, "22") || strings.HasPrefix(code, "23")
}

// explain tells what a row did wrong. The constraints that our own checks cannot foresee have their own
// sentence; the name of any other is enough for whoever keeps the schema.
func explain(pg *pgconn.PgError) *refusal {
	switch pg.ConstraintName {
	case "people_technician_id_key":
		return refuse("technician_taken", "technician", "Another person is this technician already.")
	case "people_last_admin":
		return refuse("last_admin", "role", "This is the last administrator. Make another one first.")
	case "":
		return refuse("value_refused", "", "The database cannot store a value of the row.")
	default:
		return refuse("constraint_violated", "", "The row breaks the rule %s of the database.", pg.ConstraintName)
	}
}
