package transfer

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"utsendt/internal/fault"
)

func TestReadRows(t *testing.T) {
	t.Parallel()
	columns := []Column{{Name: "serial_number", Required: true}, {Name: "friendly_name"}}
	for _, c := range []struct{ what, file, encoding, separator string }{
		{"commas", "serial_number,friendly_name\nA-1,Første etasje\n", "UTF-8", ","},
		{"semicolons, blanks, another order", "Friendly Name;Comment;Serial-Number\nFørste  etasje;x;A-1\n", "UTF-8", ";"},
		{"a byte order mark and CRLF", "\uFEFFserial_number\tfriendly_name\r\nA-1\tFørste etasje\r\n", "UTF-8", "\t"},
		{"Latin-1", encoded(t, charmap.ISO8859_1.NewEncoder().String, "serial_number;friendly_name\nA-1;Første etasje"), "Windows-1252", ";"},
		{"UTF-16", encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String, "serial_number,friendly_name\nA-1,Første etasje\n"), "UTF-16", ","},
	} {
		rows, err := ReadRows(strings.NewReader(c.file), columns)
		if err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		all, whole, err := rows.All(10)
		if err != nil || !whole || len(all) != 1 || all[0].Cells[0] != "A-1" || all[0].Cells[1] != "Første etasje" || all[0].Reason != "" || all[0].Row != 2 {
			t.Errorf("%s: %+v %v %v", c.what, all, whole, err)
		}
		if rows.Encoding() != c.encoding || rows.Separator() != c.separator {
			t.Errorf("%s: %s %q", c.what, rows.Encoding(), rows.Separator())
		}
	}
	rows, err := ReadRows(strings.NewReader("serial_number,friendly_name\nA-1,\"open\nA-2,x\n,y\nA-3\nA-4,x\n"), columns)
	if err != nil {
		t.Fatal(err)
	}
	all, whole, err := rows.All(4)
	if err != nil || whole || len(all) != 4 {
		t.Fatalf("of five rows, four: %+v %v %v", all, whole, err)
	}
	if all[0].Reason != "quote_unclosed" || all[1].Reason != "" || all[2].Reason != "cell_empty" || all[2].Field != "serial_number" || all[3].Reason == "" {
		t.Errorf("broken rows: %+v", all)
	}
	for _, file := range []string{"", "\n\n", "friendly_name\nx\n"} {
		if _, err := ReadRows(strings.NewReader(file), columns); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func encoded(t *testing.T, encode func(string) (string, error), text string) string {
	t.Helper()
	s, err := encode(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
