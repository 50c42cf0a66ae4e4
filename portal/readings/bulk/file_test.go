package bulk

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"utsendt/internal/fault"
)

// book makes a workbook of rows.
func book(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zipped makes a ZIP of parts, each a run of one letter.
func zipped(t testing.TB, parts map[string]int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, size := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		for chunk := bytes.Repeat([]byte("a"), 1<<20); size > 0; size -= len(chunk) {
			if _, err := w.Write(chunk[:min(size, len(chunk))]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestFilesThatAreNone: each is told in a sentence, and none fills the memory.
func TestFilesThatAreNone(t *testing.T) {
	t.Parallel()
	whole := book(t, []any{"Serienummer", "Dato", "Svart"}, []any{"DEMO-1", "2026-01-31", 5})
	wide := strings.Repeat("x;", 1_000_000)
	for name, c := range map[string]struct {
		file   []byte
		reason string
	}{
		"nothing":           {nil, "file_empty"},
		"blank":             {[]byte(" \r\n \n"), "file_empty"},
		"a PDF":             {[]byte("%PDF-1.7\n%\xe2\xe3"), "file_type_unknown"},
		"a picture":         {[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "file_type_unknown"},
		"old Excel":         {[]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "file_old_excel"},
		"another ZIP":       {zipped(t, map[string]int{"a.txt": 5}), "file_type_unknown"},
		"a cut workbook":    {whole[:len(whole)/2], "file_damaged"},
		"a cut ZIP":         {whole[:len(whole)-10], "file_damaged"},
		"a broken workbook": {zipped(t, map[string]int{"xl/workbook.xml": 5}), "file_damaged"},
		"a bomb of styles":  {zipped(t, map[string]int{"xl/workbook.xml": 5, "xl/styles.xml": 17 << 20}), "file_too_large_unpacked"},
		"no headings":       {[]byte("a;b;c\n1;2;3\n"), "columns_missing"},
		"no counter":        {[]byte("Serienummer;Dato\nDEMO-1;2026-01-31\n"), "columns_missing"},
		"a heading twice":   {[]byte("Serienummer;Dato;Svart;Sort\n"), "column_twice"},
		"only a header":     {[]byte("Serienummer;Dato;Svart\n"), "file_without_rows"},
		"a million columns": {[]byte(wide + "\n"), "header_row_too_long"},
		"300 columns":       {[]byte("Serienummer;Dato;Svart" + strings.Repeat(";", 300) + "\n"), "too_many_columns"},
		"too many rows":     {[]byte("Serienummer;Dato;Svart\n" + strings.Repeat("x;y;z\n", MaxRows+1)), "too_many_rows"},
		"an open quote":     {[]byte("\"Serienummer;Dato;Svart\n"), "header_quote_unclosed"},
	} {
		_, _, err := parse(c.file)
		var problem *fault.Error
		if !errors.As(err, &problem) || problem.Kind != fault.Invalid || problem.Reason != c.reason || !strings.HasSuffix(problem.Message, ".") {
			t.Errorf("%s: %v, want %s", name, err, c.reason)
		}
	}
}

// TestTextHoweverItIsWritten: encodings, separators, line ends and quotation marks give the same rows.
func TestTextHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	const plain = "Serienummer;Dato;Klokkeslett;Svart/hvitt;Årsak\nDEMO-Å;31.01.2026;08:30;12 345;Ny teller på øya\n\n\"demo-2\";2026-01-31;;\"7,0\";\"sa \"\"hei\"\";\n\"\n"
	encode := func(text string, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	latin := encode(charmap.Windows1252.NewEncoder().String(plain))
	for name, file := range map[string]string{
		"UTF-8": plain, "a byte order mark": "\ufeff" + plain, "Windows-1252": latin, "Windows line ends": strings.ReplaceAll(plain, "\n", "\r\n"),
		"old Mac line ends": strings.ReplaceAll(plain, "\n", "\r"),
		"UTF-16 LE":         encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(plain)),
		"UTF-16 BE":         encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(plain)),
		"tabs":              strings.NewReplacer("hei\"\";", "hei\"\";", ";", "\t").Replace(plain),
		"commas":            strings.NewReplacer("hei\"\";", "hei\"\";", ";", ",").Replace(plain),
	} {
		rows, sum, err := parse([]byte(file))
		if err != nil || len(rows) != 2 || sum.Format != "CSV" {
			t.Errorf("%s: %+v %v", name, rows, err)
			continue
		}
		a, b := rows[0], rows[1]
		if a.Number != 2 || a.Serial != "DEMO-Å" || a.Counters["black"] != 12345 || a.Reason != "Ny teller på øya" || a.refused() ||
			a.when != (moment{2026, 1, 31, 8, 30, 0}) || b.Serial != "DEMO-2" || b.Counters["black"] != 7 || b.Reason != `sa "hei";` || b.refused() {
			t.Errorf("%s: %+v", name, rows)
		}
	}
}

// TestRowsThatAreBad: each bad row is told by itself, with the column and what stands there.
func TestRowsThatAreBad(t *testing.T) {
	t.Parallel()
	file := "Serial number,Date,Time,Black,Colour,Note\n" +
		"A,2026-01-31,,1,2,\n,2026-01-31,,1,2,\nA,,,1,2,\nA,31/01/2026,,1,2,\nA,2026-01-31,noon,1,2,\nA,2026-01-31,,\"12,345\",x,\n" +
		"A,2026-01-31,,=1+1,-2,\nA,2026-01-31\nA,2026-01-31,,1,2,\xff\n\"A\"x,2026-01-31,,1,2,\nA,2026-01-31,,1,2" + strings.Repeat(",", 300) + "\n" +
		"A,2026-01-31,,1," + strings.Repeat("2", 200<<10) + "\nB,2026-01-31,,3,4,\nA,2026-01-31,,\"1,2"
	rows, sum, err := parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		text := fmt.Sprint(r.Number, " ", r.Serial)
		for _, p := range r.Problems {
			text += " " + p.Reason + "(" + p.Field + " " + p.Params["value"] + ")"
		}
		got = append(got, text)
	}
	want := []string{
		"2 A", "3  serial_missing(serial_number )", "4 A date_missing(date )", "5 A not_a_date(date )", "6 A not_a_time(time )",
		"7 A number_ambiguous(black 12,345) not_a_number(colour x)", "8 A formula_cell(black =1+1) number_negative(colour -2)", "9 A", "10 A",
		"11  quote_misplaced( )", "12  too_many_columns( )", "13  field_too_long( )", "14 B", "15  quote_unclosed( )",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(sum.Ignored) != 1 || sum.Ignored[0] != "Note" || sum.Separator != "," {
		t.Errorf("%+v", sum)
	}
}

func TestWorkbooks(t *testing.T) {
	t.Parallel()
	rows, sum, err := parse(book(t,
		[]any{"Serienummer", "Dato", "Tid", "Svart", "Årsak"}, []any{"DEMO-1", time.Date(2026, 1, 31, 14, 30, 0, 0, time.UTC), nil, 120345.0, "Ny"},
		[]any{}, []any{12345678, "31.01.2026", "08:00", "12 345", nil}, []any{"DEMO-3", 46053, 0.5, 1.5, nil}, []any{"DEMO-4", true, nil, nil, nil},
	))
	if err != nil || len(rows) != 4 || sum.Format != "XLSX" {
		t.Fatalf("%+v %+v %v", rows, sum, err)
	}
	if r := rows[0]; r.Number != 2 || r.Serial != "DEMO-1" || r.when != (moment{2026, 1, 31, 14, 30, 0}) || r.Counters["black"] != 120345 || r.Reason != "Ny" || r.refused() {
		t.Errorf("%+v", r)
	}
	if r := rows[1]; r.Number != 4 || r.Serial != "12345678" || r.when != (moment{2026, 1, 31, 8, 0, 0}) || r.Counters["black"] != 12345 || r.refused() {
		t.Errorf("%+v", r)
	}
	if r := rows[2]; r.when != (moment{2026, 1, 31, 12, 0, 0}) || len(r.Problems) != 1 || r.Problems[0].Reason != "not_a_whole_number" {
		t.Errorf("%+v", r)
	}
	if r := rows[3]; len(r.Problems) != 1 || r.Problems[0].Reason != "not_a_date" {
		t.Errorf("%+v", r)
	}
	if _, _, err := parse(book(t)); fault.ReasonOf(err) != "file_empty" {
		t.Errorf("an empty workbook: %v", err)
	}
	// A formula's last value counts; one that was never reckoned is as empty.
	f := excelize.NewFile()
	defer f.Close()
	for cell, value := range map[string]any{"A1": "Serienummer", "B1": "Dato", "C1": "Svart", "A2": "DEMO-1", "B2": "2026-01-31"} {
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellFormula("Sheet1", "C2", "1+1"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	if rows, _, err = parse(b.Bytes()); err != nil || len(rows) != 1 || rows[0].refused() || len(rows[0].Counters) != 0 {
		t.Errorf("a formula: %+v %v", rows, err)
	}
}

// TestBombsStaySmall: a workbook of the largest size that is let in is read without holding it in memory; larger ones and
// such as are too wide are refused.
func TestBombsStaySmall(t *testing.T) {
	if underRace {
		t.Skip("large workbooks are made and read without the race detector: make test runs this once more")
	}
	if _, _, err := parse(zipped(t, map[string]int{"xl/workbook.xml": 5, "xl/worksheets/sheet1.xml": 160 << 20})); fault.ReasonOf(err) != "file_too_large_unpacked" {
		t.Errorf("a bomb in a sheet: %v", err)
	}
	wide := [][]any{{"Serienummer", "Dato", "Svart"}}
	for range maxWide + 1 {
		wide = append(wide, append(make([]any, 16_000), 1))
	}
	if _, _, err := parse(book(t, wide...)); fault.ReasonOf(err) != "too_many_columns" {
		t.Errorf("a wide workbook: %v", err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range map[string]string{
		"[Content_Types].xml":        `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
		"_rels/.rels":                `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
	} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(w, `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Serienummer</t></is></c><c r="B1" t="inlineStr"><is><t>Dato</t></is></c><c r="C1" t="inlineStr"><is><t>Svart</t></is></c></row>`)
	for i := range 700_000 {
		fmt.Fprintf(w, `<row r="%d"><c r="A%[1]d"><v>1</v></c><c r="B%[1]d"><v>46053</v></c><c r="C%[1]d"><v>2</v></c></row>`, i+2)
	}
	fmt.Fprint(w, `</sheetData></worksheet>`)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	most := peak(t, func() {
		if _, _, err := parse(b.Bytes()); fault.ReasonOf(err) != "too_many_rows" {
			t.Errorf("the bomb: %v", err)
		}
	})
	t.Logf("a workbook of %d kB: %d MB at most", b.Len()>>10, most>>20)
	if most > 200<<20 {
		t.Errorf("it took %d MB", most>>20)
	}
}

// peak gives how much the heap grew at most while fn ran, in octets.
func peak(t testing.TB, fn func()) uint64 {
	t.Helper()
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, most := m.HeapInuse, uint64(0)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			if m.HeapInuse > before {
				most = max(most, m.HeapInuse-before)
			}
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	fn()
	close(stop)
	<-done
	return most
}
