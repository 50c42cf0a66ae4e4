package transfer

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"

	"utsendt/internal/postgres"
)

// Export writes all rows of a kind as Import reads them: UTF-8, commas, "\n", sorted by the natural key
// byte by byte, so that the same rows give the same bytes from every database. Rows are streamed.
func Export(ctx context.Context, db *postgres.DB, kind Kind, w io.Writer) error {
	t, err := tableOf(kind)
	if err != nil {
		return err
	}
	return export(ctx, db.Pool, t, w)
}

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func export(ctx context.Context, q querier, t *table, w io.Writer) error {
	rows, err := q.Query(ctx, t.exportSQL())
	if err != nil {
		return fmt.Errorf("transfer: exporting %s: %w", t.kind, err)
	}
	defer rows.Close()
	out := newRowWriter(t, w)
	for rows.Next() {
		_, cells, err := t.scanRow(rows)
		if err != nil {
			return fmt.Errorf("transfer: exporting %s: %w", t.kind, err)
		}
		if err := out.write(cells); err != nil {
			return fmt.Errorf("transfer: writing %s: %w", t.kind, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("transfer: exporting %s: %w", t.kind, err)
	}
	if err := out.close(); err != nil {
		return fmt.Errorf("transfer: writing %s: %w", t.kind, err)
	}
	return nil
}

// rowWriter writes canonical cells in a kind's layout.
type rowWriter struct {
	table *table
	plain *bufio.Writer // GeoNames
	csv   *csv.Writer   // all else
	line  []string
}

func newRowWriter(t *table, w io.Writer) *rowWriter {
	if t.geonames {
		return &rowWriter{table: t, plain: bufio.NewWriter(w), line: make([]string, geonamesWidth)}
	}
	rw := &rowWriter{table: t, csv: csv.NewWriter(w), line: make([]string, len(t.columns))}
	for i := range t.columns {
		rw.line[i] = t.columns[i].name
	}
	_ = rw.csv.Write(rw.line) // close tells of its failure
	return rw
}

func (rw *rowWriter) write(cells []string) error {
	if rw.plain != nil {
		for i, place := range rw.table.fields {
			rw.line[place] = cells[i]
		}
		_, err := rw.plain.WriteString(strings.Join(rw.line, "\t") + "\n")
		return err
	}
	for i := range cells {
		rw.line[i] = cells[i]
		if rw.table.columns[i].free {
			rw.line[i] = guardFormula(cells[i])
		}
	}
	return rw.csv.Write(rw.line)
}

func (rw *rowWriter) close() error {
	if rw.plain != nil {
		return rw.plain.Flush()
	}
	rw.csv.Flush()
	return rw.csv.Error()
}

// Write writes rows that are not in a database yet, in the columns and the order of ColumnNames, so that
// made-up data takes the same way as anybody's. Rows of the wrong length are an error.
func Write(w io.Writer, kind Kind, rows [][]string) error {
	t, err := tableOf(kind)
	if err != nil {
		return err
	}
	out := newRowWriter(t, w)
	for n, row := range rows {
		if len(row) != len(t.columns) {
			return fmt.Errorf("transfer: row %d of %s has %d cells where %d are expected", n+1, kind, len(row), len(t.columns))
		}
		if err := out.write(row); err != nil {
			return fmt.Errorf("transfer: writing %s: %w", kind, err)
		}
	}
	return out.close()
}

// ColumnNames lists the columns of a kind in their order; none for an unknown kind.
func ColumnNames(kind Kind) []string {
	t, err := tableOf(kind)
	if err != nil {
		return nil
	}
	names := make([]string, len(t.columns))
	for i := range t.columns {
		names[i] = t.columns[i].name
	}
	return names
}
