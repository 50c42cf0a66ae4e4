package transfer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// prose is text of at most limit letters that keeps its lines: composed (NFC), line ends as "\n", without blanks around
// it.
func prose(limit int) cellParser {
	return func(s string) (string, error) {
		if !utf8.ValidString(s) {
			return "", refuse("not_utf8", "", "The text is damaged: it is not valid UTF-8.")
		}
		s = tidyProse(s)
		if strings.ContainsFunc(s, strange) {
			return "", refuse("control_character", "", "The text holds a control character.")
		}
		if utf8.RuneCountInString(s) > limit {
			return "", refuse("too_long", "", "The text is longer than %d letters.", limit)
		}
		return s, nil
	}
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func tidyProse(s string) string {
	return strings.TrimSpace(norm.NFC.String(lineEnds.Replace(s)))
}

// strange are the control characters that prose does not have.
func strange(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

// People also write texts elsewhere than in files, where blanks are kept as typed. An export shows them as an import
// would store them; otherwise the export of the import would differ. What no import would take is left out.

// shownLine shows a stored text as text would store it.
func shownLine(limit int) cellParser {
	return func(s string) (string, error) {
		return cut(norm.NFC.String(strings.Join(strings.Fields(without(s, unicode.IsControl)), " ")), limit), nil
	}
}

// shownProse shows a stored text as prose would store it.
func shownProse(limit int) cellParser {
	return func(s string) (string, error) {
		return cut(tidyProse(without(lineEnds.Replace(s), strange)), limit), nil
	}
}

// without drops the letters that are refused; a blank stands for those among them that are white space.
func without(s string, refused func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		switch {
		case !refused(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		default:
			return -1
		}
	}, s)
}

// cut shortens to limit letters.
func cut(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:limit]))
}
