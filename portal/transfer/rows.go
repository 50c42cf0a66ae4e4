package transfer

import (
	"errors"
	"io"
)

// Column is one of a file that is none of the kinds here, for ReadRows.
type Column struct {
	// Name in the header, in snake case; case, blanks and hyphens are forgiven.
	Name string
	// Required columns must be in the header, and filled in each row.
	Required bool
}

// Row is one row of such a file.
type Row struct {
	// Row counts as a spreadsheet does, the header being 1; Line is the line of the file where it begins.
	Row, Line int
	// Cells are in the order of the columns, each on one line and composed (NFC); an absent one is empty.
	Cells []string
	// Reason is a stable code, Field the column and Message a sentence: why the row cannot be taken. All empty when it can.
	Reason, Field, Message string
}

// Rows reads a file row by row.
type Rows struct {
	// Ignored are the header's columns that are none of those asked for.
	Ignored []string

	decoder *decoder
	layout  *layout
	reader  *reader
}

// maxCell is how many letters a cell of such a file may have.
const maxCell = 1000

// ReadRows reads any separated text with a header: encoding and separator are detected as for Import, and a broken row
// stops no other. fault.Invalid when the file is empty or its header lacks a required column.
func ReadRows(r io.Reader, columns []Column) (*Rows, error) {
	t := &table{}
	for _, c := range columns {
		need := optional
		if c.Required {
			need = required
		}
		t.columns = append(t.columns, column{name: c.Name, need: need, parse: text(maxCell), free: true})
	}
	d, err := newDecoder(r)
	if err != nil {
		return nil, err
	}
	rows := &Rows{decoder: d}
	rows.layout, rows.reader, rows.Ignored, err = open(t, d)
	return rows, err
}

// Next gives the next row that is not blank, and io.EOF after the last.
func (r *Rows) Next() (Row, error) {
	rec, err := r.reader.read()
	if err != nil {
		return Row{}, err
	}
	d := r.layout.draft(rec)
	row := Row{Row: d.row, Line: d.line, Cells: d.cells}
	if why := d.refusal; why != nil {
		row.Reason, row.Field, row.Message = why.reason, why.field, why.message()
	}
	return row, nil
}

// All gives the rows that are left, and false when there are more than limit.
func (r *Rows) All(limit int) (rows []Row, all bool, err error) {
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows, true, nil
		}
		if err != nil || len(rows) == limit {
			return rows, false, err
		}
		rows = append(rows, row)
	}
}

// Encoding is "UTF-8", "UTF-16" or "Windows-1252", as detected so far.
func (r *Rows) Encoding() string { return r.decoder.encoding() }

// Separator is ",", ";" or "\t".
func (r *Rows) Separator() string { return string(r.reader.separator) }
