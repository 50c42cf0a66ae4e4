package bulk

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"utsendt/internal/fault"
	"utsendt/portal/transfer"
)

// MaxRows bounds a file.
const MaxRows = 100_000

// sheet is a file that is read row by row.
type sheet interface {
	// header gives the cells of the first row that is not blank.
	header() []string
	// next gives the next row that is not blank, io.EOF after the last.
	next() (sheetRow, error)
	// numbers tells that cells hold numbers as a spreadsheet keeps them, from1904 how its days are counted.
	numbers() (is, from1904 bool)
	// describe says how the file was read.
	describe(*Summary)
	close()
}

// sheetRow is one row, or what is wrong with it.
type sheetRow struct {
	// number counts as a spreadsheet does, the header being 1 where nothing stands above it.
	number  int
	cells   []string
	problem *fault.Error
}

// open finds out what a file is and opens it. Errors are faults.
func open(file []byte) (sheet, error) {
	switch {
	case len(bytes.TrimSpace(file)) == 0:
		return nil, fault.NewInvalid("", "file_empty", "The file is empty.")
	case bytes.HasPrefix(file, []byte("PK\x03\x04")):
		return openWorkbook(file)
	case bytes.HasPrefix(file, []byte("\xD0\xCF\x11\xE0")):
		return nil, fault.NewInvalid("", "file_old_excel",
			"This is an old Excel file (.xls) or one with a password. Save it as .xlsx without a password, or as CSV.")
	case !looksLikeText(file):
		return nil, fault.NewInvalid("", "file_type_unknown", "This is neither a CSV file nor an Excel workbook (.xlsx).")
	}
	return openText(file)
}

// looksLikeText: text has no NUL and hardly any other control characters, but for UTF-16, which begins with a mark.
func looksLikeText(file []byte) bool {
	if bytes.HasPrefix(file, []byte("\xFF\xFE")) || bytes.HasPrefix(file, []byte("\xFE\xFF")) {
		return true
	}
	if bytes.HasPrefix(file, []byte("%PDF")) {
		return false
	}
	head := file[:min(len(file), 4096)]
	odd := 0
	for _, c := range head {
		if c == 0 {
			return false
		}
		if c < ' ' && !bytes.ContainsRune([]byte("\t\r\n\f"), rune(c)) {
			odd++
		}
	}
	return odd*20 <= len(head)
}

// text is a file of separated text.
type text struct {
	rows *transfer.Separated
	read int
}

func openText(file []byte) (sheet, error) {
	rows, err := transfer.OpenSeparated(bytes.NewReader(file), func(heading string) bool { _, ours := columnOf(heading); return ours })
	if err != nil {
		return nil, err
	}
	return &text{rows: rows}, nil
}

func (t *text) header() []string { return t.rows.Header() }

func (t *text) next() (sheetRow, error) {
	row, err := t.rows.Next()
	if err != nil {
		return sheetRow{}, err
	}
	if t.read++; t.read > MaxRows {
		return sheetRow{}, errTooManyRows
	}
	problem := row.Problem
	if problem == nil && len(row.Fields) > maxColumns {
		problem = errTooManyColumns
	}
	if problem == nil && !utf8.ValidString(strings.Join(row.Fields, "")) {
		problem = fault.NewInvalid("", "not_utf8", "The text is damaged: it is not valid UTF-8.")
	}
	return sheetRow{number: row.Row, cells: row.Fields, problem: problem}, nil
}

func (*text) numbers() (is, from1904 bool) { return false, false }

func (t *text) describe(s *Summary) {
	s.Format, s.Encoding, s.Separator = "CSV", t.rows.Encoding(), t.rows.Separator()
}

func (*text) close() {}

var errTooManyColumns = fault.NewInvalid("", "too_many_columns", "There are more than 200 columns.")

var errTooManyRows = fault.NewInvalid("", "too_many_rows", "The file has more than 100,000 rows. Please send it in parts.")

var errDamaged = fault.NewInvalid("", "file_damaged", "The Excel workbook is damaged, or was cut off on the way.")

func isEnd(err error) bool { return errors.Is(err, io.EOF) }
