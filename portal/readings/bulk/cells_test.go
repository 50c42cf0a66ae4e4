package bulk

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"utsendt/internal/fault"
	"utsendt/portal/readings"
)

func TestWholeNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"0": 0, "12345": 12345, " 7 ": 7, "007": 7, "12 345": 12345, "1 234 567": 1234567, "12\u00a0345": 12345, "12\u202f345": 12345, "12'345": 12345,
		"12’345": 12345, "1.234.567": 1234567, "1,234,567": 1234567, "12.345,00": 12345, "12,345.00": 12345, "1 234,0": 1234, "12345,000": 12345,
		"12345.0": 12345, "1234.00": 1234, "-0": 0, "'123": 123, "0,000": 0, "999999999999": 999999999999, "1234,5678e": -1,
	} {
		got, err := wholeNumber(text)
		if want < 0 {
			if err == nil {
				t.Errorf("%q is %d", text, got)
			}
		} else if err != nil || got != want {
			t.Errorf("%q is %d, %v; want %d", text, got, err, want)
		}
	}
	for text, reason := range map[string]string{
		"12.345": "number_ambiguous", "12,345": "number_ambiguous", "1.000": "number_ambiguous", "-1,500": "number_ambiguous",
		"12345,5": "not_a_whole_number", "12,34": "not_a_whole_number", "0.001": "not_a_whole_number", "1.234,5": "not_a_whole_number",
		"": "not_a_number", "x": "not_a_number", "12a": "not_a_number", "1 23": "not_a_number", "12 3456": "not_a_number", "1.23.456": "not_a_number",
		"1,234.567,8": "not_a_number", ".5": "not_a_number", "5.": "not_a_number", "1e5": "not_a_number", "NaN": "not_a_number", "+5": "not_a_number",
		"1. 234": "not_a_number", "１２": "not_a_number", "1 234.567": "not_a_whole_number",
		"-5": "number_negative", "−5": "number_negative", "=A1": "formula_cell", "1000000000000": "number_too_large", strings.Repeat("9", 50): "number_too_large",
		strings.Repeat("9", 70): "not_a_number",
	} {
		if got, err := wholeNumber(text); fault.ReasonOf(err) != reason || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q is %d, %v; want %s", text, got, err, reason)
		}
	}
	for text, want := range map[string]int64{"12345": 12345, "1.2345E+4": 12345, "12.000": 12, "12 345": 12345} {
		if got, err := wholeCell(text); err != nil || got != want {
			t.Errorf("the cell %q is %d, %v; want %d", text, got, err, want)
		}
	}
	for text, reason := range map[string]string{"12.5": "not_a_whole_number", "-1": "number_negative", "1E300": "number_too_large", "NaN": "not_a_number", "Inf": "not_a_number"} {
		if got, err := wholeCell(text); fault.ReasonOf(err) != reason {
			t.Errorf("the cell %q is %d, %v; want %s", text, got, err, reason)
		}
	}
}

// TestNumbersHoweverTheyAreWritten: every way in which people group digits gives the number again, or is refused; never
// another number.
func TestNumbersHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, readings.MaxValue).Draw(t, "n")
		digits := number(n)
		group := rapid.SampledFrom([]string{"", " ", "\u00a0", "\u202f", "'", ".", ","}).Draw(t, "group")
		text := digits
		if group != "" {
			text = ""
			for i, c := range digits {
				if i > 0 && (len(digits)-i)%3 == 0 {
					text += group
				}
				text += string(c)
			}
		}
		if decimal := rapid.SampledFrom([]string{"", ".0", ",00", ".000"}).Draw(t, "decimals"); decimal != "" && decimal[:1] != group {
			text += decimal
		}
		got, err := wholeNumber(text)
		if err != nil && fault.ReasonOf(err) != "number_ambiguous" {
			t.Fatalf("%q: %v", text, err)
		}
		if err == nil && got != n {
			t.Fatalf("%q is %d, want %d", text, got, n)
		}
	})
}

func number(n int64) string {
	var b strings.Builder
	for d := int64(1e12); d > 0; d /= 10 {
		if b.Len() > 0 || n/d > 0 || d == 1 {
			b.WriteByte(byte('0' + n/d%10))
		}
	}
	return b.String()
}

func TestMoments(t *testing.T) {
	t.Parallel()
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		date, clock    string
		number, is1904 bool
		want           string
	}{
		{"2026-01-31", "", false, false, "2026-01-31T00:00:00+01:00"}, {"31.01.2026", "8:05", false, false, "2026-01-31T08:05:00+01:00"},
		{"1.7.2026", "08.30", false, false, "2026-07-01T08:30:00+02:00"}, {"2026-07-01T14:15:16", "", false, false, "2026-07-01T14:15:16+02:00"},
		{"31.01.2026 14:30", "", false, false, "2026-01-31T14:30:00+01:00"}, {"31. 1. 2026", "", false, false, "2026-01-31T00:00:00+01:00"},
		{"2026-03-29", "02:30", false, false, "2026-03-29T03:30:00+02:00"},
		{"46053", "", true, false, "2026-01-31T00:00:00+01:00"}, {"46053.5", "", true, false, "2026-01-31T12:00:00+01:00"},
		{"44591", "0.25", true, true, "2026-01-31T06:00:00+01:00"}, {"31.01.2026", "0.999999", true, false, "2026-01-31T23:00:00+01:00"},
	} {
		m, err := parseMoment(c.date, c.clock, c.number, c.is1904)
		if got := m.in(oslo).Format(time.RFC3339); err != nil || got != c.want {
			t.Errorf("%q %q is %s, %v; want %s", c.date, c.clock, got, err, c.want)
		}
	}
	for _, c := range []struct {
		date, clock string
		number      bool
		reason      string
	}{
		{"", "", false, "not_a_date"}, {"i går", "", false, "not_a_date"}, {"2026-02-30", "", false, "not_a_date"}, {"01/02/2026", "", false, "not_a_date"},
		{"1.2.26", "", false, "not_a_date"}, {"46053", "", false, "not_a_date"}, {"1e300", "", true, "not_a_date"}, {"NaN", "", true, "not_a_date"},
		{"0", "", true, "not_a_date"}, {"1899-12-31", "", false, "not_a_date"}, {"2026-01-31 25:00", "", false, "not_a_date"},
		{"2026-01-31", "25:00", false, "not_a_time"}, {"2026-01-31", "1.5", true, "not_a_time"},
	} {
		if m, err := parseMoment(c.date, c.clock, c.number, false); fault.ReasonOf(err) != c.reason {
			t.Errorf("%q %q is %v, %v; want %s", c.date, c.clock, m, err, c.reason)
		}
	}
}

func TestHeadings(t *testing.T) {
	t.Parallel()
	for heading, want := range map[string]string{
		"Serienummer": colSerial, "serial_number": colSerial, "Serial No.": colSerial, " DATO ": colDate, "Svart/hvitt": "black", "Svart/hvitt A3": "black_a3",
		"Farge": "colour", "A3 farge": "colour_a3", "Black and white": "black", "color": "colour", "Skanning": "scan", "Årsak": colReason, "A\u030arsak": colReason,
	} {
		if got, ok := columnOf(heading); !ok || got != want {
			t.Errorf("%q is %q", heading, got)
		}
	}
	seen := map[string]string{}
	for column, names := range headings {
		for _, name := range names {
			if other, twice := seen[name]; twice || plain(name) != name {
				t.Errorf("%q of %s and %s", name, column, other)
			}
			seen[name] = column
		}
	}
}
