package bulk

import (
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/portal"
	"utsendt/portal/readings"
	"utsendt/portal/transfer"
)

// Row is a row of a file and what became of it.
type Row struct {
	// Number counts as a spreadsheet does.
	Number int
	// Serial is in the form that portal.SerialNumber gives; empty where the row could not be read so far.
	Serial string
	// DeviceID is uuid.Nil, TakenAt the zero time and Counters nil where the row or its device is not known so far.
	DeviceID uuid.UUID
	TakenAt  time.Time
	Counters readings.Counters
	// Reason confirms what is doubtful.
	Reason   string
	Outcome  readings.Outcome
	Problems []*fault.Error
	// Unread: its own cells are what is wrong, so judging anew changes nothing until it is corrected.
	Unread bool

	// booked: its reading is in the books by an application that is not through yet.
	booked bool
	when   moment
}

var (
	errNoSerial = fault.NewInvalid(colSerial, "serial_missing", "The row has no serial number.")
	errNoDate   = fault.NewInvalid(colDate, "date_missing", "The row has no date.")
)

// parseRow reads the cells of a row. What cannot be read makes it Refused, with a problem for each bad cell.
func parseRow(l layout, in sheetRow, number, from1904 bool) Row {
	row := Row{Number: in.number}
	if in.problem != nil {
		row.misread(in.problem)
		return row
	}
	cell := func(column string) string { return l.cell(in.cells, column) }
	row.Serial = serial(cell(colSerial))
	switch {
	case row.Serial == "":
		row.misread(errNoSerial)
	case utf8.RuneCountInString(row.Serial) > 100 || strings.ContainsFunc(row.Serial, unicode.IsControl):
		row.Serial = ""
		row.misread(fault.NewInvalid(colSerial, "device_not_found", "There is no such device."))
	}
	if strings.TrimSpace(cell(colDate)) == "" {
		row.misread(errNoDate)
	} else if when, err := parseMoment(cell(colDate), cell(colTime), number, from1904); err != nil {
		row.misread(fault.From(err))
	} else {
		row.when = when
	}
	row.Counters = readings.Counters{}
	for _, counter := range readings.AllCounters() {
		text := strings.TrimSpace(cell(counter))
		if text == "" {
			continue
		}
		parse := wholeNumber
		if number {
			parse = wholeCell
		}
		value, err := parse(text)
		if err != nil {
			row.misread(fault.From(err).With(fault.Field(counter), fault.Param("value", shorten(text, 40)), fault.Param("counter", counter)))
			continue
		}
		row.Counters[counter] = value
	}
	row.Reason = oneLine(cell(colReason))
	return row
}

func (r *Row) refuse(problem *fault.Error) {
	r.Outcome = readings.Refused
	r.Problems = append(r.Problems, problem)
}

// misread refuses a row for what stands in it.
func (r *Row) misread(problem *fault.Error) {
	r.refuse(problem)
	r.Unread = true
}

func (r *Row) refused() bool { return r.Outcome == readings.Refused }

// serial is the form serial numbers are compared in, without an apostrophe that guards it.
func serial(cell string) string {
	return portal.SerialNumber(strings.TrimPrefix(transfer.UnguardFormula(strings.TrimSpace(cell)), "'"))
}

// oneLine is a reason as it is stored.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))), " ")
	return shorten(s, readings.MaxReason)
}

// parse reads a whole file. Errors are faults about the file as such.
func parse(file []byte) ([]Row, Summary, error) {
	var sum Summary
	s, err := open(file)
	if err != nil {
		return nil, sum, err
	}
	defer s.close()
	l, err := match(s.header())
	if err != nil {
		return nil, sum, err
	}
	number, from1904 := s.numbers()
	var rows []Row
	for {
		in, err := s.next()
		if isEnd(err) {
			break
		}
		var problem *fault.Error
		if err != nil && !errors.As(err, &problem) {
			problem = errDamaged // reading from memory fails for no other reason
		}
		if err != nil {
			return nil, sum, problem
		}
		rows = append(rows, parseRow(l, in, number, from1904))
	}
	if len(rows) == 0 {
		return nil, sum, fault.NewInvalid("", "file_without_rows", "The file has a header, but no rows below it.")
	}
	s.describe(&sum)
	sum.Ignored = l.ignored
	return rows, sum, nil
}
