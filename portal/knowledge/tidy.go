package knowledge

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Tidy gives a body in the form in which it is stored: composed (NFC), with "\n" at line ends, without blanks around it
// and without control characters other than line ends and tabs. Tidy text stays as it is.
func Tidy(body string) string {
	body = strings.ToValidUTF8(body, "\uFFFD")
	body = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(body)
	body = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, body)
	return strings.TrimSpace(norm.NFC.String(body))
}

// tidyTitle is Tidy for one line.
func tidyTitle(title string) string { return strings.Join(strings.Fields(Tidy(title)), " ") }
