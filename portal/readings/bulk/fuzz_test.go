package bulk

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"utsendt/internal/fault"
	"utsendt/portal/readings"
)

// FuzzWholeNumber: a number that is taken has the digits that were written, and nothing else in it.
func FuzzWholeNumber(f *testing.F) {
	for _, seed := range []string{"12345", "12 345", "12.345", "12.345,00", "1,234,567", "-1", "=A1", "'5", "1e5", "０", "\u00a0", "9999999999999", "0,0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := wholeNumber(text)
		if err != nil {
			var problem *fault.Error
			if !errors.As(err, &problem) || problem.Kind != fault.Invalid {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		var digits strings.Builder
		for _, c := range text {
			if c >= '0' && c <= '9' {
				digits.WriteRune(c)
			}
		}
		if n < 0 || n > readings.MaxValue || !strings.HasPrefix(strings.TrimLeft(digits.String(), "0"), strings.TrimLeft(number(n), "0")) {
			t.Fatalf("%q is %d", text, n)
		}
	})
}

// FuzzRow: no cell makes a row that is neither refused nor right.
func FuzzRow(f *testing.F) {
	f.Add("DEMO-1", "2026-01-31", "08:00", "12345", "", false)
	f.Add("'=x", "31.01.2026 14:30", "", "12 345", "Ny teller", false)
	f.Add("1234", "46053.75", "0.5", "1.5E3", "\x00", true)
	f.Add("", "1e300", "NaN", "-0", strings.Repeat("x", 600), true)
	l, err := match([]string{"Serienummer", "Dato", "Tid", "Svart", "Grunn"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, serial, date, clock, black, reason string, number bool) {
		row := parseRow(l, sheetRow{number: 2, cells: []string{serial, date, clock, black, reason}}, number, false)
		if row.refused() != (len(row.Problems) > 0) {
			t.Fatalf("%+v", row)
		}
		for _, p := range row.Problems {
			if p.Reason == "" || p.Field == "" || p.Message == "" {
				t.Fatalf("%+v", p)
			}
		}
		if !row.refused() && (row.Serial == "" || row.when.month == 0) {
			t.Fatalf("%+v", row)
		}
		if !utf8.ValidString(row.Reason) || strings.ContainsAny(row.Reason, "\x00\n") || utf8.RuneCountInString(row.Reason) > readings.MaxReason {
			t.Fatalf("the reason %q", row.Reason)
		}
	})
}

// FuzzFile: whatever is sent, it is read or refused with a reason; numbers of rows grow.
func FuzzFile(f *testing.F) {
	f.Add([]byte("Serienummer;Dato;Svart\nDEMO-1;2026-01-31;5\n"))
	f.Add([]byte("\ufeffSerial number,Date,Black\r\n\"A\n\",2026-01-31,\"1,2"))
	f.Add([]byte("\xff\xfeS\x00e\x00r"))
	f.Add([]byte("PK\x03\x04"))
	f.Add(book(f, []any{"Serienummer", "Dato", "Svart"}, []any{"DEMO-1", "2026-01-31", 5}))
	f.Fuzz(func(t *testing.T, file []byte) {
		rows, _, err := parse(file)
		if err != nil {
			var problem *fault.Error
			if !errors.As(err, &problem) || problem.Kind != fault.Invalid || problem.Reason == "" {
				t.Fatal(err)
			}
			return
		}
		last := 0
		for _, r := range rows {
			if r.Number <= last {
				t.Fatalf("row %d after row %d", r.Number, last)
			}
			last = r.Number
		}
	})
}
