package identity

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"utsendt/internal/fault"
)

// Limits of what people write about themselves, in characters; the address in bytes (RFC 5321, 4.5.3.1.3).
const (
	maxName  = 100
	maxPhone = 50
	maxEmail = 254
)

// foldText gives text in the form in which what people typed is compared: whatever the case, the white space and
// the way Unicode spells it.
func foldText(text string) string {
	// The library's folding swaps some scripts' cases (Cherokee) in place of folding them; lower case settles it.
	folded := strings.ToLower(cases.Fold().String(norm.NFKC.String(text)))
	return strings.Join(strings.Fields(norm.NFKC.String(folded)), " ")
}

// foldCode is foldText without any white space or hyphen, for numbers and postal codes.
func foldCode(code string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) {
			return -1
		}
		return r
	}, foldText(code))
}

// storable reports whether PostgreSQL can keep a text: valid UTF-8 without NUL.
func storable(text string) bool { return utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 }

// line checks one line of what people write and gives it without white space around it.
func line(field, text string, atMost int, needed bool) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case needed && text == "":
		return "", fault.NewInvalid(field, "field_required", "This must be filled in.")
	case !storable(text) || strings.ContainsFunc(text, unicode.IsControl):
		return "", fault.NewInvalid(field, "text_malformed", "This has characters that cannot be kept.")
	case utf8.RuneCountInString(text) > atMost:
		return "", fault.NewInvalid(field, "text_too_long", "This is too long.")
	}
	return text, nil
}

// checkEmail takes one bare mail address and nothing else.
func checkEmail(field, address string) (string, error) {
	address = strings.TrimSpace(address)
	unfit := func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) || r == utf8.RuneError }
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Name != "" || parsed.Address != address || len(address) > maxEmail ||
		strings.ContainsFunc(address, unfit) {
		return "", fault.NewInvalid(field, "email_malformed", "This is no e-mail address.")
	}
	return address, nil
}
