package transfer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"utsendt/internal/fault"
)

// open finds separator and columns, and gives a reader that stands before the first row.
func open(t *table, r io.Reader) (*layout, *reader, []string, error) {
	if t.geonames {
		return &layout{table: t, places: t.fields, width: geonamesWidth}, newReader(r, '\t', false), nil, nil
	}
	// The header is the first line that is not blank; it must fit the buffer.
	buffered := bufio.NewReaderSize(r, maxRow)
	rd := newReader(buffered, ',', true)
	head, err := buffered.Peek(1)
	for size := 1; err == nil && !headerEnds(head) && size < maxRow; {
		size = min(max(size*2, buffered.Buffered()), maxRow)
		head, err = buffered.Peek(size)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, nil, fmt.Errorf("transfer: reading the file: %w", err)
	}
	rd.separator = separatorOf(t, string(head))
	header, err := rd.read()
	if errors.Is(err, io.EOF) {
		return nil, nil, nil, errEmpty
	}
	if err != nil {
		return nil, nil, nil, err
	}
	if header.problem != nil {
		return nil, nil, nil, fault.NewInvalid("", "header_"+header.problem.reason, "The header: "+header.problem.message())
	}
	l, ignored, err := match(t, header.fields)
	return l, rd, ignored, err
}

// headerEnds reports whether text holds a whole line that is not blank.
func headerEnds(head []byte) bool {
	return bytes.IndexByte(bytes.TrimLeft(head, " \t\n"), '\n') >= 0
}

// separatorOf takes the separator that makes most of our columns out of the first line.
func separatorOf(t *table, head string) byte {
	first, _, _ := strings.Cut(strings.TrimLeft(head, " \n"), "\n")
	best, most := byte(','), -1
	for _, separator := range []byte{',', ';', '\t'} {
		s := splitter{separator: separator, quotes: true}
		s.feed(first)
		known := 0
		for _, field := range s.fields {
			if slices.ContainsFunc(t.columns, func(c column) bool { return c.name == plainName(field) }) {
				known++
			}
		}
		if known > most {
			best, most = separator, known
		}
	}
	return best
}

// plainName forgives case, and blanks or hyphens for underscores.
func plainName(field string) string {
	return strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(strings.TrimSpace(field)))
}

// match finds the table's columns in a header.
func match(t *table, header []string) (*layout, []string, error) {
	l := &layout{table: t, places: make([]int, len(t.columns)), width: len(header)}
	for i := range l.places {
		l.places[i] = -1
	}
	// A separator at the end of each line makes a last column without a name.
	for l.width > 0 && strings.TrimSpace(header[l.width-1]) == "" {
		l.width--
	}
	var ignored []string
	for place, field := range header[:l.width] {
		i := slices.IndexFunc(t.columns, func(c column) bool { return c.name == plainName(field) })
		switch {
		case i < 0:
			ignored = append(ignored, strings.ToValidUTF8(strings.TrimSpace(field), "\uFFFD"))
		case l.places[i] >= 0:
			return nil, nil, fault.NewInvalid(t.columns[i].name, "column_twice", "The header has the column "+t.columns[i].name+" twice.")
		default:
			l.places[i] = place
		}
	}
	var missing []string
	for i, place := range l.places {
		if place < 0 && t.columns[i].need != optional {
			missing = append(missing, t.columns[i].name)
		}
	}
	if len(missing) > 0 {
		return nil, nil, fault.NewInvalid(missing[0], "columns_missing",
			"The header lacks these columns: "+strings.Join(missing, ", ")+".", fault.Param("columns", strings.Join(missing, ", ")))
	}
	return l, ignored, nil
}
