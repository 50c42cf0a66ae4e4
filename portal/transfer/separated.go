package transfer

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"utsendt/internal/fault"
)

// Separated reads any separated text row by row, for packages with columns of their own: it finds encoding and separator, and
// goes on after broken rows.
//
//	file, err := transfer.OpenSeparated(r, func(heading string) bool { return heading == "Serial number" })
//	for {
//		row, err := file.Next()
//		if errors.Is(err, io.EOF) { break }
//		…
//	}
type Separated struct {
	header  []string
	decoder *decoder
	rows    *reader
}

// SeparatedRow is one row of a Separated, or what is wrong with it.
type SeparatedRow struct {
	// Row counts as a spreadsheet does, the header being 1.
	Row    int
	Fields []string
	// Problem is nil for a row that is whole; otherwise Fields is nil.
	Problem *fault.Error
}

// OpenSeparated reads the header: the first row that is not blank. Of comma, semicolon and tab the separator is the one that
// makes most known headings of it. Errors are faults ("file_empty", or what is wrong with the header), or the reader's own.
func OpenSeparated(r io.Reader, known func(heading string) bool) (*Separated, error) {
	d, err := newDecoder(r)
	if err != nil {
		return nil, fmt.Errorf("transfer: reading the file: %w", err)
	}
	buffered := bufio.NewReaderSize(d, maxRow)
	rd := newReader(buffered, ',', true)
	head, err := buffered.Peek(1)
	for size := 1; err == nil && !headerEnds(head) && size < maxRow; {
		size = min(max(size*2, buffered.Buffered()), maxRow)
		head, err = buffered.Peek(size)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("transfer: reading the file: %w", err)
	}
	rd.separator = likeliestSeparator(string(head), known)
	header, err := rd.read()
	if errors.Is(err, io.EOF) {
		return nil, errEmpty
	}
	if err != nil {
		return nil, err
	}
	if header.problem != nil {
		return nil, fault.NewInvalid("", "header_"+header.problem.reason, "The header: "+header.problem.message())
	}
	return &Separated{header: header.fields, decoder: d, rows: rd}, nil
}

func likeliestSeparator(head string, known func(string) bool) byte {
	first, _, _ := strings.Cut(strings.TrimLeft(head, " \n"), "\n")
	best, most := byte(','), -1
	for _, separator := range []byte{',', ';', '\t'} {
		s := splitter{separator: separator, quotes: true}
		s.feed(first)
		found := 0
		for _, field := range s.fields {
			if known(strings.TrimSpace(field)) {
				found++
			}
		}
		if found > most {
			best, most = separator, found
		}
	}
	return best
}

// Header gives the cells of the header.
func (s *Separated) Header() []string { return s.header }

// Encoding is "UTF-8", "UTF-16" or "Windows-1252", as far as it is known by what was read.
func (s *Separated) Encoding() string { return s.decoder.encoding() }

// Separator is ",", ";" or a tab.
func (s *Separated) Separator() string { return string(s.rows.separator) }

// Next gives the next row that is not blank, io.EOF after the last, and any other error of the reader.
func (s *Separated) Next() (SeparatedRow, error) {
	rec, err := s.rows.read()
	if err != nil {
		return SeparatedRow{}, err
	}
	row := SeparatedRow{Row: rec.row, Fields: rec.fields}
	if rec.problem != nil {
		row.Fields, row.Problem = nil, fault.NewInvalid("", rec.problem.reason, rec.problem.message())
	}
	return row, nil
}

// GuardFormula makes a text that spreadsheets would run as a formula one that they show, by an apostrophe.
func GuardFormula(s string) string { return guardFormula(s) }

// UnguardFormula is its inverse.
func UnguardFormula(s string) string { return unguardFormula(s) }
