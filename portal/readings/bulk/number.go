package bulk

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"utsendt/internal/fault"
	"utsendt/portal/readings"
)

// wholeNumber reads what a counter shows as people and spreadsheets write it: 12345, 12 345, 1.234.567, 12.345,00. Thousands
// are told from decimals by their groups: a single separator before three digits may be either (12.345), which is refused
// rather than guessed at. Errors are faults without a field: "number_ambiguous", "not_a_whole_number", "number_negative",
// "not_a_number", "formula_cell".
func wholeNumber(cell string) (int64, error) {
	s := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '\'', r == '’': // groups of thousands, and what guards a cell
			return ' '
		}
		return r
	}, strings.TrimSpace(cell))
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "=") {
		return 0, fault.NewInvalid("", "formula_cell", "The cell holds a formula; its value is needed.")
	}
	notOne := fault.NewInvalid("", "not_a_number", "This is no number.")
	negative := false
	if rest, ok := cutSign(s); ok {
		s, negative = rest, true
	}
	if s == "" || len(s) > 60 || strings.Trim(s, "0123456789., ") != "" || !isDigit(s[0]) {
		return 0, notOne
	}
	whole, fraction, err := parts(s)
	if err != nil {
		return 0, err
	}
	if strings.Trim(fraction, "0") != "" {
		return 0, fault.NewInvalid("", "not_a_whole_number", "This is no whole number of pages.")
	}
	value, parseErr := strconv.ParseInt(whole, 10, 64)
	switch {
	case parseErr != nil || value > readings.MaxValue:
		return 0, fault.NewInvalid("", "number_too_large", "This is more than a counter can show.")
	case negative && value != 0:
		return 0, fault.NewInvalid("", "number_negative", "A counter cannot be below zero.")
	}
	return value, nil
}

func cutSign(s string) (string, bool) {
	for _, sign := range []string{"-", "−", "–"} {
		if rest, ok := strings.CutPrefix(s, sign); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return s, false
}

// parts splits digits with blanks, points and commas into the whole part, without its groups, and the fraction.
func parts(s string) (whole, fraction string, err error) {
	notOne := fault.NewInvalid("", "not_a_number", "This is no number.")
	points, commas := strings.Count(s, "."), strings.Count(s, ",")
	last := strings.LastIndexAny(s, ".,")
	switch {
	case points+commas == 0:
		whole = s
	case points > 0 && commas > 0, points+commas == 1:
		whole, fraction = s[:last], s[last+1:]
		if points+commas == 1 && len(fraction) == 3 && len(whole) <= 3 && whole != "0" {
			return "", "", fault.NewInvalid("", "number_ambiguous",
				"This may be a number of thousands or one with decimals; write it without a point or comma.")
		}
		if fraction == "" || strings.Trim(fraction, "0123456789") != "" {
			return "", "", notOne
		}
	default: // several of one sort can only be thousands
		whole = s
	}
	whole, ok := ungroup(whole)
	if !ok {
		return "", "", notOne
	}
	return whole, fraction, nil
}

// ungroup takes the separators out of groups of thousands, all of one sort: "1 234 567".
func ungroup(s string) (string, bool) {
	at := strings.IndexAny(s, " .,")
	if at < 0 {
		return s, true
	}
	groups := strings.Split(s, s[at:at+1])
	for i, group := range groups {
		if strings.Trim(group, "0123456789") != "" || i > 0 && len(group) != 3 || i == 0 && (len(group) == 0 || len(group) > 3) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// wholeCell reads a number as a spreadsheet keeps it, where nothing is ambiguous: 12345, 1.2345E4. What is text there is read
// as text.
func wholeCell(cell string) (int64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(cell), 64)
	switch {
	case err != nil || math.IsNaN(v) || math.IsInf(v, 0):
		return wholeNumber(cell)
	case v < 0:
		return 0, fault.NewInvalid("", "number_negative", "A counter cannot be below zero.")
	case v != math.Trunc(v):
		return 0, fault.NewInvalid("", "not_a_whole_number", "This is no whole number of pages.")
	case v > readings.MaxValue:
		return 0, fault.NewInvalid("", "number_too_large", "This is more than a counter can show.")
	}
	return int64(v), nil
}
