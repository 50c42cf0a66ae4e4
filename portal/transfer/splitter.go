package transfer

import "strings"

// Where a row stands after a line of it.
type rowState int

const (
	rowWhole     rowState = iota // every cell is closed
	rowOpen                      // inside a quoted cell: the next line belongs to it
	rowMisplaced                 // text after a closing quotation mark
)

// splitter takes one row apart, line by line, by RFC 4180. It is lenient where nothing can be mistaken:
// quotation marks inside a cell that does not begin with one are letters, and blanks around a quoted
// cell are dropped.
type splitter struct {
	separator byte
	quotes    bool

	fields  []string
	cell    []byte
	open    bool
	longest int
}

func (s *splitter) feed(text string) rowState {
	if !s.open && (!s.quotes || strings.IndexByte(text, '"') < 0) {
		for field := range strings.SplitSeq(text, string(s.separator)) {
			s.longest = max(s.longest, len(field))
			s.fields = append(s.fields, field)
		}
		return rowWhole
	}
	for {
		if !s.open {
			trimmed := strings.TrimLeft(text, " ")
			if !strings.HasPrefix(trimmed, `"`) {
				field, rest, more := strings.Cut(text, string(s.separator))
				s.end(field)
				if !more {
					return rowWhole
				}
				text = rest
				continue
			}
			s.open, s.cell, text = true, s.cell[:0], trimmed[1:]
		}
		content, rest, closed := strings.Cut(text, `"`)
		s.cell = append(s.cell, content...)
		s.longest = max(s.longest, len(s.cell))
		if !closed {
			s.cell = append(s.cell, '\n')
			return rowOpen
		}
		if strings.HasPrefix(rest, `"`) {
			s.cell = append(s.cell, '"')
			text = rest[1:]
			continue
		}
		s.open = false
		s.end(string(s.cell))
		rest = s.skipBlanks(rest)
		switch {
		case rest == "":
			return rowWhole
		case rest[0] == s.separator:
			text = rest[1:]
		default:
			return rowMisplaced
		}
	}
}

func (s *splitter) end(field string) {
	s.longest = max(s.longest, len(field))
	s.fields = append(s.fields, field)
}

func (s *splitter) skipBlanks(text string) string { return strings.TrimLeft(text, " ") }
