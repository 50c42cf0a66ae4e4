package bulk

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"utsendt/internal/fault"
)

// Bounds on what a workbook may unpack to, in octets. Sheets and their texts are read from a temporary file where they are
// large; everything else is held in memory.
const (
	maxUnpacked      = 150 << 20
	maxUnpackedParts = 16 << 20
	maxInMemory      = 4 << 20
	maxParts         = 1000
	// maxWide is how many rows may have too many columns before the whole sheet is given up: few octets make many of them.
	maxWide = 100
)

// workbook is the first visible sheet of an XLSX file.
type workbook struct {
	file     *excelize.File
	rows     *excelize.Rows
	head     []string
	row      int
	read     int
	wide     int
	from1904 bool
}

func openWorkbook(content []byte) (s sheet, err error) {
	if err := weigh(content); err != nil {
		return nil, err
	}
	// What others made of the format may surprise the library.
	defer func() {
		if recover() != nil {
			s, err = nil, errDamaged
		}
	}()
	file, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{
		UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxInMemory, RawCellValue: true,
	})
	if err != nil {
		return nil, errDamaged
	}
	w := &workbook{file: file}
	if err := w.open(); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// weigh looks at what a ZIP says of its parts before anything is unpacked; a part that turns out larger than it says is an
// error of its own.
func weigh(content []byte) error {
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return errDamaged
	}
	tooLarge := fault.NewInvalid("", "file_too_large_unpacked",
		"The Excel workbook unpacks to far more than a list of readings needs. Copy the rows to a new workbook, or save it as CSV.")
	if len(z.File) > maxParts {
		return tooLarge
	}
	var all, parts uint64
	known := false
	for _, f := range z.File {
		if all += f.UncompressedSize64; f.UncompressedSize64 > maxUnpacked || all > maxUnpacked {
			return tooLarge
		}
		name := strings.ToLower(f.Name)
		known = known || name == "xl/workbook.xml"
		if !strings.HasPrefix(name, "xl/worksheets/") && name != "xl/sharedstrings.xml" {
			if parts += f.UncompressedSize64; parts > maxUnpackedParts {
				return tooLarge
			}
		}
	}
	if !known {
		return fault.NewInvalid("", "file_type_unknown", "This is neither a CSV file nor an Excel workbook (.xlsx).")
	}
	return nil
}

func (w *workbook) open() error {
	if props, err := w.file.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		w.from1904 = *props.Date1904
	}
	for _, name := range w.file.GetSheetList() {
		visible, err := w.file.GetSheetVisible(name)
		if err != nil || !visible {
			continue
		}
		if w.rows, err = w.file.Rows(name); err != nil {
			return errDamaged
		}
		break
	}
	if w.rows == nil {
		return fault.NewInvalid("", "file_empty", "The file is empty.")
	}
	row, err := w.next()
	if isEnd(err) {
		return fault.NewInvalid("", "file_empty", "The file is empty.")
	}
	w.head = row.cells
	w.read = 0
	return err
}

func (w *workbook) header() []string { return w.head }

func (w *workbook) next() (row sheetRow, err error) {
	defer func() {
		if recover() != nil {
			err = errDamaged
		}
	}()
	for w.rows.Next() {
		w.row++
		cells, err := w.rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return sheetRow{}, errDamaged
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		if w.read++; w.read > MaxRows {
			return sheetRow{}, errTooManyRows
		}
		row := sheetRow{number: w.row, cells: cells}
		if len(cells) > maxColumns && w.head != nil {
			row.problem = errTooManyColumns
			if w.wide++; w.wide > maxWide {
				return sheetRow{}, errTooManyColumns
			}
		}
		return row, nil
	}
	if w.rows.Error() != nil {
		return sheetRow{}, errDamaged
	}
	return sheetRow{}, io.EOF
}

func (w *workbook) numbers() (is, from1904 bool) { return true, w.from1904 }

func (w *workbook) describe(s *Summary) { s.Format = "XLSX" }

// close removes temporary files; that they cannot be removed is nobody's fault here.
func (w *workbook) close() {
	if w.rows != nil {
		_ = w.rows.Close()
	}
	_ = w.file.Close()
}
