package bulk

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"utsendt/internal/fault"
	"utsendt/portal/readings"
)

// The columns of a file, beside the counters, which are called as in package readings.
const (
	colSerial = "serial_number"
	colDate   = "date"
	colTime   = "time"
	colReason = "reason"
)

// headings are what columns may be called, in Norwegian and English, as plain gives it.
var headings = map[string][]string{
	colSerial:         {"serialnumber", "serienummer", "serienr", "serialno", "serial", "serie"},
	colDate:           {"date", "dato", "avlesningsdato", "avlest", "readingdate", "takenat", "read"},
	colTime:           {"time", "tid", "tidspunkt", "klokkeslett", "kl", "timeofday"},
	colReason:         {"reason", "begrunnelse", "grunn", "årsak"},
	readings.Black:    {"black", "svart", "sort", "svarthvitt", "sorthvit", "sh", "mono", "blackandwhite", "blackwhite", "bw"},
	readings.Colour:   {"colour", "color", "farge", "farger"},
	readings.BlackA3:  {"blacka3", "a3black", "svarta3", "a3svart", "svarthvitta3", "a3svarthvitt", "blackandwhitea3", "a3blackandwhite", "bwa3", "sha3"},
	readings.ColourA3: {"coloura3", "a3colour", "colora3", "a3color", "fargea3", "a3farge"},
	readings.Scan:     {"scan", "scans", "scanned", "scanning", "skann", "skannet", "skanning", "skanninger"},
}

// maxColumns bounds a row.
const maxColumns = 200

// columnOf gives the column that a heading means; false for none of ours.
func columnOf(heading string) (string, bool) {
	p := plain(heading)
	for column, names := range headings {
		if slices.Contains(names, p) {
			return column, true
		}
	}
	return "", false
}

// plain keeps letters and digits, in lower case and composed.
func plain(heading string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFC.String(heading))
}

// layout says where a file has its columns.
type layout struct {
	// places are the places of the columns that are there.
	places  map[string]int
	ignored []string
}

// match finds our columns in a header. Invalid "columns_missing", "column_twice", "too_many_columns".
func match(header []string) (layout, error) {
	l := layout{places: map[string]int{}}
	if len(header) > maxColumns {
		return l, errTooManyColumns
	}
	counters := 0
	for i, heading := range header {
		column, ours := columnOf(heading)
		if !ours {
			if heading = strings.TrimSpace(strings.ToValidUTF8(heading, "\uFFFD")); heading != "" {
				l.ignored = append(l.ignored, shorten(heading, 60))
			}
			continue
		}
		if _, twice := l.places[column]; twice {
			return l, fault.NewInvalid(column, "column_twice", "The header has the column "+column+" twice.")
		}
		l.places[column] = i
		if slices.Contains(readings.AllCounters(), column) {
			counters++
		}
	}
	var missing []string
	for _, column := range []string{colSerial, colDate} {
		if _, there := l.places[column]; !there {
			missing = append(missing, column)
		}
	}
	if counters == 0 {
		missing = append(missing, readings.Black)
	}
	if len(missing) > 0 {
		columns := strings.Join(missing, ", ")
		return l, fault.NewInvalid(missing[0], "columns_missing", "The header lacks these columns: "+columns+".", fault.Param("columns", columns))
	}
	return l, nil
}

// cell gives a column's cell of a row; empty where the row or the file does not have it.
func (l layout) cell(row []string, column string) string {
	if i, there := l.places[column]; there && i < len(row) {
		return row[i]
	}
	return ""
}

func shorten(s string, letters int) string {
	if r := []rune(s); len(r) > letters {
		return string(r[:letters])
	}
	return s
}
