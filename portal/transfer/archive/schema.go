package archive

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// table is one of the database's, with what of it is archived.
type table struct {
	name string
	// columns without those that the database makes of others.
	columns []string
	// order is the ORDER BY of its rows: byte by byte by its key, the same in every database.
	order string
	// steps: a trigger of ours guards its changes.
	steps bool
}

func (t *table) file() string { return t.name + ".csv" }

// out is what is read of it.
func (t *table) out() string {
	cells := make([]string, len(t.columns))
	for i, column := range t.columns {
		cells[i] = quoted(column)
		if withheld[t.name][column] {
			cells[i] = "NULL AS " + cells[i]
		}
	}
	where := kept[t.name]
	if where == "" {
		where = "true"
	}
	return fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s", strings.Join(cells, ", "), quoted(t.name), where, t.order)
}

func (t *table) columnList() string {
	names := make([]string, len(t.columns))
	for i, column := range t.columns {
		names[i] = quoted(column)
	}
	return strings.Join(names, ", ")
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

// archived tells whether a table is in an archive.
func archived(name string) bool {
	return leftOut[name] == "" && !slices.ContainsFunc(machinery, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// tables are all that are archived, by name.
func tables(ctx context.Context, tx pgx.Tx) ([]table, error) {
	rows, err := tx.Query(ctx, `SELECT c.relname,
			(SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
				WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
			coalesce((SELECT string_agg(quote_ident(a.attname) || CASE WHEN a.attcollation <> 0 THEN ' COLLATE "C"' ELSE '' END, ', ' ORDER BY k.n)
				FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (attnum, n)
					JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum WHERE i.indrelid = c.oid AND i.indisprimary), ''),
			EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal)
		FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
		ORDER BY c.relname COLLATE "C"`)
	if err != nil {
		return nil, fmt.Errorf("archive: reading the schema: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t table, err error) {
		return t, row.Scan(&t.name, &t.columns, &t.order, &t.steps)
	})
	if err != nil {
		return nil, fmt.Errorf("archive: reading the schema: %w", err)
	}
	all = slices.DeleteFunc(all, func(t table) bool { return !archived(t.name) })
	for _, t := range all {
		if t.order == "" {
			return nil, fmt.Errorf("archive: %s has no primary key to order its rows by", t.name)
		}
	}
	return all, nil
}

// readSequences gives the last number that each of our sequences gave, by name; those that gave none are not there.
func readSequences(ctx context.Context, tx pgx.Tx) (map[string]int64, error) {
	rows, err := tx.Query(ctx, `SELECT sequencename::text, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL`)
	if err != nil {
		return nil, fmt.Errorf("archive: reading sequences: %w", err)
	}
	last, name, value := map[string]int64{}, "", int64(0)
	_, err = pgx.ForEachRow(rows, []any{&name, &value}, func() error {
		if archived(name) {
			last[name] = value
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("archive: reading sequences: %w", err)
	}
	return last, nil
}
