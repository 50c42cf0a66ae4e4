package transfer

import "strings"

// A cell that begins with =, +, - or @ is run as a formula by spreadsheets, and customers choose some of
// the texts. So an export puts an apostrophe before such a text and an import takes it off again. Texts
// that are only a number or a phone number stay as they are.

func guardFormula(s string) string {
	if startsFormula(s) {
		return "'" + s
	}
	return s
}

func unguardFormula(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && startsFormula(rest) {
		return rest
	}
	return s
}

// startsFormula reports whether s, after any apostrophes, begins like a formula. Counting the apostrophes
// in keeps guarding and unguarding each other's inverse.
func startsFormula(s string) bool {
	rest := strings.TrimLeft(s, "'")
	if rest == "" || !strings.ContainsRune("=+-@", rune(rest[0])) {
		return false
	}
	return len(rest) < len(s) || strings.Trim(rest[1:], "0123456789 .,()") != "" || strings.ContainsRune("=@", rune(rest[0]))
}
