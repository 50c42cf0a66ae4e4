package transfer

import (
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// draft is one row of a file on its way into the database.
type draft struct {
	row, line int
	id        string
	// stored are the cells in the database; nil for a new row.
	stored []string
	// cells are what shall be stored.
	cells []string
	// given tells which cells the file filled; an absent column keeps what is stored, and an empty cell
	// takes the column's default.
	given   []bool
	refusal *refusal
	// note tells people about something less than a refusal.
	note *refusal
}

// layout maps a file's fields to a table's columns.
type layout struct {
	table *table
	// places gives for each column the field it stands in, or -1.
	places []int
	// width is how many fields a row must have.
	width int
}

// draft reads a record's cells, so far as they can be read without the database.
func (l *layout) draft(rec record) *draft {
	t := l.table
	d := &draft{row: rec.row, line: rec.line, cells: make([]string, len(t.columns)), given: make([]bool, len(t.columns))}
	if d.refusal = rec.problem; d.refusal != nil {
		return d
	}
	d.refusal = l.fits(rec)
	for i := range t.columns {
		c := &t.columns[i]
		d.cells[i] = c.absent
		if l.places[i] < 0 || l.places[i] >= len(rec.fields) {
			continue
		}
		raw := strings.TrimSpace(rec.fields[l.places[i]])
		if raw == "" {
			if c.need != optional && d.refusal == nil {
				d.refusal = refuse("cell_empty", c.name, "%s is empty.", c.name)
			}
			continue
		}
		if c.free {
			raw = unguardFormula(raw)
		}
		cell, err := c.parse(raw)
		var why *refusal
		switch {
		case errors.As(err, &why):
			if d.refusal == nil {
				named := *why
				named.field = c.name
				d.refusal = &named
			}
		case cell == "" && c.need != optional && d.refusal == nil:
			d.refusal = refuse("cell_empty", c.name, "%s is empty.", c.name)
		default:
			d.cells[i], d.given[i] = cell, cell != ""
		}
	}
	return d
}

// fits refuses rows with too few fields, or with more that are not empty.
func (l *layout) fits(rec record) *refusal {
	if n := len(rec.fields); n < l.width {
		why := refuse("row_too_short", "", "The row has %d cells where %d are expected.", n, l.width)
		if rec.last {
			why.last = true
		}
		return why
	}
	if !blank(rec.fields[l.width:]) {
		return refuse("row_too_wide", "", "The row has %d cells where %d are expected; perhaps a cell with a separator needs quotation marks.",
			len(rec.fields), l.width)
	}
	return nil
}

// name is the natural key as people read it; "" while it is not known.
func (d *draft) name(t *table) string {
	var parts []string
	for _, k := range t.keys() {
		if !d.given[k] {
			return ""
		}
		parts = append(parts, d.cells[k])
	}
	return strings.Join(parts, " / ")
}

// meet compares a draft with what is stored under its key, nil when nothing is.
func (d *draft) meet(l *layout, id string, stored []string) {
	if stored == nil {
		// Random ids would spread over the index; these are made in order of time.
		d.id = uuid.Must(uuid.NewV7()).String()
		return
	}
	d.id, d.stored = id, stored
	for i, place := range l.places {
		if place < 0 {
			d.cells[i] = stored[i]
		}
	}
}

// changed reports whether there is anything to write.
func (d *draft) changed() bool { return d.stored == nil || !slices.Equal(d.stored, d.cells) }

func (d *draft) refuse(reason, field, format string, args ...any) {
	if d.refusal == nil {
		d.refusal = refuse(reason, field, format, args...)
	}
}
