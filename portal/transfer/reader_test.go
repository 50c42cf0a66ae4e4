package transfer

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// readAll gives each record as "row.line: a|b" or "row.line: !reason".
func readAll(t testing.TB, r io.Reader, separator byte, quotes bool) []string {
	t.Helper()
	rd := newReader(r, separator, quotes)
	var got []string
	for {
		rec, err := rd.read()
		if errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		what := strings.Join(rec.fields, "|")
		if rec.problem != nil {
			what = "!" + rec.problem.reason
		}
		got = append(got, fmt.Sprintf("%d.%d: %s", rec.row, rec.line, what))
	}
}

func TestReader(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxField+1)
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"plain":            {"a,b\nc,d\n", []string{"1.1: a|b", "2.2: c|d"}},
		"no last line end": {"a,b\nc,d", []string{"1.1: a|b", "2.2: c|d"}},
		"empty":            {"", nil},
		"blank lines":      {"\n\na,b\n , \n,\nc,d\n\n", []string{"3.3: a|b", "6.6: c|d"}},
		"quoted":           {`"a,1","b ""x"""` + "\n", []string{`1.1: a,1|b "x"`}},
		"quoted line ends": {"\"a\nb\",c\nd,e\n", []string{"1.1: a\nb|c", "2.3: d|e"}},
		"quoted empty":     {`"","x",""` + "\n", []string{"1.1: |x|"}},
		"blanks at quotes": {`a, "b" ,c` + "\n", []string{"1.1: a|b|c"}},
		"inner quotes":     {`a"b,c""d` + "\n", []string{`1.1: a"b|c""d`}},
		"ragged":           {"a,b\nc\nd,e,f\n", []string{"1.1: a|b", "2.2: c", "3.3: d|e|f"}},
		"text after quote": {"a,b\n\"c\"x,d\ne,f\n", []string{"1.1: a|b", "2.2: !quote_misplaced", "3.3: e|f"}},
		"open at the end":  {"a,b\n\"c,d\ne,f\n", []string{"1.1: a|b", "2.2: !quote_unclosed", "3.3: e|f"}},
		"cut in a quote":   {"a,b\nc,\"d e", []string{"1.1: a|b", "2.2: !quote_unclosed"}},
		// The quote left open in row 2 meets the one that opens in row 4; only row 2 is lost.
		"open in the middle": {"a,b\n\"c,d\ne,f\n\"g\",h\ni,j\n",
			[]string{"1.1: a|b", "2.2: !quote_misplaced", "3.3: e|f", "4.4: g|h", "5.5: i|j"}},
		"long cell":        {"a," + long + "\nb,c\n", []string{"1.1: !field_too_long", "2.2: b|c"}},
		"long quoted cell": {"a,\"" + long + "\"\nb,c\n", []string{"1.1: !field_too_long", "2.2: b|c"}},
		"long open cell":   {"a,\"b\nc,d\n" + strings.Repeat("e,f\n", maxField/4) + "g,h", nil},
		"long row":         {strings.Repeat("a,", maxRow) + "\nb,c\n", []string{"1.1: !row_too_long", "2.2: b|c"}},
		"long last row":    {"b,c\n" + strings.Repeat("a,", maxRow), []string{"1.1: b|c", "2.2: !row_too_long"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := c.want
			if name == "long open cell" {
				want = []string{"1.1: !field_too_long", "2.2: c|d"}
				for i := range maxField / 4 {
					want = append(want, fmt.Sprintf("%d.%d: e|f", i+3, i+3))
				}
				want = append(want, fmt.Sprintf("%d.%d: g|h", maxField/4+3, maxField/4+3))
			}
			if got := readAll(t, strings.NewReader(c.in), ',', true); !slices.Equal(got, want) {
				t.Errorf("got %.300q\nwant %.300q", got, want)
			}
		})
	}
}

func TestReaderPassesErrorsOn(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	rd := newReader(io.MultiReader(strings.NewReader("a,b\nc"), iotest.ErrReader(broken)), ',', true)
	if rec, err := rd.read(); err != nil || len(rec.fields) != 2 {
		t.Fatalf("first: %v, %v", rec, err)
	}
	if _, err := rd.read(); !errors.Is(err, broken) {
		t.Errorf("second: %v", err)
	}
}

func decodeAll(t testing.TB, r io.Reader) (string, string) {
	t.Helper()
	d, err := newDecoder(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), d.encoding()
}

func TestDecoder(t *testing.T) {
	t.Parallel()
	const nordic = "navn;by\nBlåbær €;Tromsø\nÆØÅ;Þór\n"
	windows, err := charmap.Windows1252.NewEncoder().String(nordic)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(nordic)
	if err != nil {
		t.Fatal(err)
	}
	big, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(nordic)
	if err != nil {
		t.Fatal(err)
	}
	far := strings.Repeat("plain ASCII\n", 20_000)
	for name, c := range map[string]struct{ in, want, encoding string }{
		"empty":                {"", "", encodingUTF8},
		"ASCII":                {"a;b\n", "a;b\n", encodingUTF8},
		"UTF-8":                {nordic, nordic, encodingUTF8},
		"UTF-8 with mark":      {"\ufeff" + nordic, nordic, encodingUTF8},
		"mark alone":           {"\ufeff", "", encodingUTF8},
		"Windows-1252":         {windows, nordic, encodingWindows},
		"UTF-16 little":        {wide, nordic, encodingUTF16},
		"UTF-16 big":           {big, nordic, encodingUTF16},
		"Windows-1252 late":    {far + windows, far + nordic, encodingWindows},
		"UTF-8 late":           {far + nordic, far + nordic, encodingUTF8},
		"one damaged letter":   {nordic + "x\xffy", nordic + "x\xffy", encodingUTF8},
		"UTF-8 cut in a rune":  {nordic + "\xc3", nordic + "\xc3", encodingUTF8},
		"one Windows letter":   {"Troms\xf8", "Tromsø", encodingWindows},
		"CRLF, CR and LF":      {"a\r\nb\rc\nd\r\n\r\ne\r", "a\nb\nc\nd\n\ne\n", encodingUTF8},
		"CRLF in Windows-1252": {"\xe5\r\n\xe6\r", "å\næ\n", encodingWindows},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for how, r := range map[string]io.Reader{
				"whole": strings.NewReader(c.in), "byte by byte": iotest.OneByteReader(strings.NewReader(c.in)),
				"with error at data": iotest.DataErrReader(strings.NewReader(c.in)),
			} {
				if text, encoding := decodeAll(t, r); text != c.want || encoding != c.encoding {
					t.Errorf("%s: %s %.100q, want %s %.100q", how, encoding, text, c.encoding, c.want)
				}
			}
		})
	}
}

// FuzzReader reads anything without failing, and reads what encoding/csv writes as it was.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{"a,b\n\"c\nd\",e\n", "\"", "\"\"\"\n", "a\r\n\"b\"x\n", "\ufeffx;y", "\xe6\xf8,\xe5", ",,\n,\"\n\"\n"} {
		f.Add([]byte(seed), byte(','))
	}
	f.Fuzz(func(t *testing.T, data []byte, pick byte) {
		separator := ",;\t"[int(pick)%3]
		d, err := newDecoder(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		lines := bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\r")) + 1
		got := readAll(t, d, separator, true)
		if len(got) > 2*lines+len(data) {
			t.Fatalf("%d records from %d lines", len(got), lines)
		}

		rows := [][]string{{"x" + strings.ReplaceAll(string(data), "\r", ""), "y"}, {`"`, "\n" + string(separator), " z "}}
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma = rune(separator)
		if err := w.WriteAll(rows); err != nil {
			t.Skip("encoding/csv does not write this") // invalid UTF-8 is written as it is; this is a bad separator
		}
		if len(rows[0][0]) > maxField {
			return
		}
		rd := newReader(&b, separator, true)
		for i, row := range rows {
			rec, err := rd.read()
			if err != nil || rec.problem != nil || !slices.Equal(rec.fields, row) {
				t.Fatalf("row %d: %q, %v, %v, want %q", i, rec.fields, rec.problem, err, row)
			}
		}
	})
}
