package knowledge

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// How words are read: as PostgreSQL's websearch_to_tsquery does, which takes any text: words must all occur, "words in
// quotation marks" stand together, or between words means either, and a hyphen before a word means that it must not
// occur. Besides, the last word may be the beginning of one, because people look at what comes while they type.

// maxQuery is how many letters of a query are looked at.
const maxQuery = 200

// words are a query as the database is asked.
type words struct {
	// whole is the query.
	whole string
	// head is all but the last word, and last is the beginning of a word; empty where the last is to be taken as it
	// stands.
	head, last string
}

// read makes a query of any text.
func read(text string) words {
	text = strings.ToValidUTF8(text, " ")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, norm.NFC.String(text))
	if utf8.RuneCountInString(text) > maxQuery {
		text = string([]rune(text)[:maxQuery])
	}
	w := words{whole: strings.TrimSpace(text)}
	head := strings.TrimRightFunc(w.whole, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	last := w.whole[len(head):]
	// A beginning of one letter would find nearly everything; words in quotation marks or not wanted are meant as they stand.
	if utf8.RuneCountInString(last) >= 2 && strings.Count(head, `"`)%2 == 0 && !strings.HasSuffix(head, "-") {
		w.head, w.last = head, last
	}
	return w
}

// empty reports whether there is nothing to look for.
func (w words) empty() bool {
	return !strings.ContainsFunc(w.whole, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}
