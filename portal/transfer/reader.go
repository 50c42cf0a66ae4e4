package transfer

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Bounds on what a row may take, so that a broken file cannot fill the memory.
const (
	maxField = 96 << 10  // bytes in one cell
	maxRow   = 256 << 10 // bytes in one row
)

// record is one row of a file, or what is wrong with it.
type record struct {
	// row counts as a spreadsheet does, the header being 1; line is the line in the file where it begins.
	row, line int
	fields    []string
	problem   *refusal
	// last is set on a row that ends with the file instead of a line end.
	last bool
}

// reader splits separated text into records. It goes on after any broken row: when a quoted cell does not
// come right, only the first line of the row is given up and the next is tried as a row of its own.
type reader struct {
	in        *bufio.Reader
	separator byte
	quotes    bool

	// queue holds the lines of the row at hand and those given back; next is the first unread.
	queue []line
	next  int
	row   int
	line  int
}

// line is one physical line without its end.
type line struct {
	text    string
	tooLong bool
	last    bool
}

func newReader(r io.Reader, separator byte, quotes bool) *reader {
	return &reader{in: bufio.NewReaderSize(r, 64<<10), separator: separator, quotes: quotes}
}

// read gives the next record that is not blank, and io.EOF after the last. Any other error is the
// source's own.
func (r *reader) read() (record, error) {
	for {
		rec, err := r.readAny()
		if err != nil || rec.problem != nil || !blank(rec.fields) {
			return rec, err
		}
	}
}

func blank(fields []string) bool {
	for _, f := range fields {
		if strings.TrimSpace(f) != "" {
			return false
		}
	}
	return true
}

func (r *reader) readAny() (record, error) {
	first, err := r.take()
	if err != nil {
		return record{}, err
	}
	r.row++
	rec := record{row: r.row, line: r.line + 1, last: first.last}
	rec.fields, rec.last, rec.problem, err = r.assemble(first)
	if err != nil {
		return record{}, err
	}
	if rec.problem != nil {
		r.next = 1 // the other lines get a try of their own
	}
	r.line += r.next
	r.queue = r.queue[:copy(r.queue, r.queue[r.next:])]
	r.next = 0
	return rec, nil
}

// assemble feeds line after line to a splitter until the row is whole.
func (r *reader) assemble(current line) (fields []string, last bool, problem *refusal, err error) {
	s := splitter{separator: r.separator, quotes: r.quotes}
	total := 0
	for {
		total += len(current.text) + 1
		if current.tooLong || total > maxRow {
			return nil, current.last, refuse("row_too_long", "", "The row is longer than %d KiB.", maxRow>>10), nil
		}
		state := s.feed(current.text)
		switch {
		case s.longest > maxField:
			return nil, current.last, refuse("field_too_long", "",
				"A cell is longer than %d KiB; perhaps a quotation mark is not closed.", maxField>>10), nil
		case state == rowMisplaced:
			return nil, current.last, refuse("quote_misplaced", "",
				"There is text after the closing quotation mark of a cell; a quotation mark inside a cell is written twice."), nil
		case state == rowWhole:
			return s.fields, current.last, nil, nil
		}
		current, err = r.take()
		if errors.Is(err, io.EOF) {
			return nil, true, refuse("quote_unclosed", "",
				"The row opens a quotation mark that is never closed; the file may have been cut off here."), nil
		}
		if err != nil {
			return nil, false, nil, err
		}
	}
}

// take gives the next line, from those given back or from the file.
func (r *reader) take() (line, error) {
	if r.next == len(r.queue) {
		l, err := r.readLine()
		if err != nil {
			return line{}, err
		}
		r.queue = append(r.queue, l)
	}
	r.next++
	return r.queue[r.next-1], nil
}

func (r *reader) readLine() (line, error) {
	var text []byte
	var l line
	for {
		part, err := r.in.ReadSlice('\n')
		if len(text)+len(part) > maxRow+1 {
			l.tooLong = true // keep reading to its end, but keep nothing
		} else {
			text = append(text, part...)
		}
		switch {
		case err == nil:
			if !l.tooLong {
				l.text = string(text[:len(text)-1])
			}
			return l, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			if len(text) == 0 && !l.tooLong {
				return line{}, io.EOF
			}
			l.text, l.last = string(text), true
			return l, nil
		default:
			return line{}, fmt.Errorf("transfer: reading the file: %w", err)
		}
	}
}
