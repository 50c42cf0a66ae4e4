package transfer

import (
	"context"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// need says when a cell must be filled.
type need int

const (
	optional need = iota
	required
	// key is required, and part of what a row is known by.
	key
)

// column is one column of a file.
type column struct {
	name    string
	need    need
	meaning string
	example string
	parse   cellParser
	// absent is the canonical text that an empty cell stands for.
	absent string
	// stored is the SQL expression that gives the column's canonical text.
	stored string
	// match compares the stored value of a key with the text %s, so that an index helps; "" compares the text of stored.
	match string
	// show turns the stored text into canonical text where SQL cannot; nil where it can.
	show cellParser
	// free marks text that people choose, which may look like a formula.
	free bool
}

// table is one kind of file and where its rows are stored. Rows travel as text in the canonical form of
// their columns: what compares equal exports equal.
type table struct {
	kind    Kind
	about   string
	columns []column
	// from is the FROM clause; the table written to is called t in it.
	from string
	// id is the SQL expression of the row's id as text; "" where it has none.
	id string
	// upsert writes the rows r(id, columns…), one parameter array each, at the time now(). It must touch one
	// row for each of r.
	upsert string
	// order is the ORDER BY of an export where rows refer to others of their kind; "" is by the natural key.
	order string
	// fixed marks what is history: a row that is there is not changed by a file.
	fixed bool
	// first tells the rows of a chunk that are written before the others; nil where the order does not matter.
	first func(t *table, d *draft) bool
	// check looks at rows whose cells are right one by one: references, and rules between columns. It may
	// complete cells. nil where there is nothing to check.
	check func(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error
	// after writes what belongs to the rows in other tables; nil where nothing does.
	after func(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error
	// settle does what no dry run does and what cannot be taken back, such as moving a sequence; nil where there is nothing.
	settle func(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error
	// geonames marks the headerless layout of GeoNames; fields gives the place of each column in it.
	geonames bool
	fields   []int
}

// at gives the place of a column; the name is one of ours, so a wrong one is a bug.
func (t *table) at(name string) int {
	for i := range t.columns {
		if t.columns[i].name == name {
			return i
		}
	}
	panic("transfer: no column " + name + " in " + string(t.kind))
}

func (t *table) keys() []int {
	var keys []int
	for i := range t.columns {
		if t.columns[i].need == key {
			keys = append(keys, i)
		}
	}
	return keys
}

// selectSQL gives id and columns of all stored rows.
func (t *table) selectSQL() string {
	id := t.id
	if id == "" {
		id = "''"
	}
	expressions := []string{id}
	for i := range t.columns {
		expressions = append(expressions, t.columns[i].stored)
	}
	return "SELECT " + strings.Join(expressions, ", ") + " FROM " + t.from
}

// exportSQL sorts by the natural key, byte by byte, so that every database gives the same order.
func (t *table) exportSQL() string {
	if t.order != "" {
		return t.selectSQL() + " ORDER BY " + t.order
	}
	var order []string
	for _, k := range t.keys() {
		order = append(order, t.columns[k].stored+` COLLATE "C"`)
	}
	return t.selectSQL() + " ORDER BY " + strings.Join(order, ", ")
}

// storedSQL gives and locks the rows whose keys are in the parameter arrays, one for each key column.
func (t *table) storedSQL() string {
	var arrays, on []string
	for n, k := range t.keys() {
		name := "k" + strconv.Itoa(n+1)
		arrays = append(arrays, "$"+strconv.Itoa(n+1)+"::text[]")
		match := t.columns[k].match
		if match == "" {
			match = t.columns[k].stored + " = %s"
		}
		on = append(on, strings.ReplaceAll(match, "%s", "w."+name))
	}
	var names []string
	for n := range t.keys() {
		names = append(names, "k"+strconv.Itoa(n+1))
	}
	return t.selectSQL() + " JOIN unnest(" + strings.Join(arrays, ", ") + ") AS w(" + strings.Join(names, ", ") +
		") ON " + strings.Join(on, " AND ") + " FOR UPDATE OF t"
}

// upsertSQL puts the parameter arrays before the table's own statement.
func (t *table) upsertSQL() string {
	arrays, names := []string{"$1::text[]"}, []string{"id"}
	for i := range t.columns {
		arrays = append(arrays, "$"+strconv.Itoa(i+2)+"::text[]")
		names = append(names, t.columns[i].name)
	}
	now := "$" + strconv.Itoa(len(t.columns)+2) + "::timestamptz"
	return "WITH r AS (SELECT r.*, " + now + " AS now FROM unnest(" + strings.Join(arrays, ", ") +
		") AS r(" + strings.Join(names, ", ") + "))\n" + t.upsert
}

// scanRow reads id and canonical cells of a stored row.
func (t *table) scanRow(rows pgx.Rows) (id string, cells []string, err error) {
	cells = make([]string, len(t.columns))
	into := make([]any, 1, len(cells)+1)
	into[0] = &id
	for i := range cells {
		into = append(into, &cells[i])
	}
	if err := rows.Scan(into...); err != nil {
		return "", nil, err
	}
	for i := range cells {
		if show := t.columns[i].show; show != nil && cells[i] != "" {
			if cells[i], err = show(cells[i]); err != nil {
				return "", nil, err
			}
		}
	}
	return id, cells, nil
}
