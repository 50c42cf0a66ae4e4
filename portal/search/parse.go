package search

import (
	"strings"
	"unicode"

	"utsendt/dispatch"
	"utsendt/internal/checkdigit"
	"utsendt/internal/fault"
	"utsendt/portal"
	"utsendt/portal/supplies"
)

// Kind says what is searched for.
type Kind string

// The kinds.
const (
	Serial  Kind = "serial"
	Request Kind = "request"
	Order   Kind = "order"
)

// Parse reads a number of a kind as people type it, and gives it as it is stored.
//
// Errors, all Invalid with the field text: "number_mistyped" with the number when its check digit does not fit;
// "number_unreadable" for what is no number of this kind; "number_of_other_kind", with the kind, when it plainly is one of
// another.
func Parse(kind Kind, text string) (string, error) {
	switch kind {
	case Request:
		return parseNumber(dispatch.NumberPrefix, kind, text)
	case Order:
		return parseNumber(supplies.NumberPrefix, kind, text)
	case Serial:
		if number := portal.SerialNumber(text); portal.Storable(number) && strings.IndexFunc(number, isSign) >= 0 && len(number) <= 60 {
			return number, nil
		}
	}
	return "", unreadable()
}

func parseNumber(prefix string, kind Kind, text string) (string, error) {
	number, wellFormed, checks := checkdigit.Parse(prefix, text)
	switch {
	case !wellFormed:
		if other, ok := otherKind(kind, text); ok {
			return "", fault.NewInvalid("text", "number_of_other_kind", "This is the number of something else. Choose what you search for.",
				fault.Param("kind", string(other)))
		}
		return "", unreadable()
	case !checks:
		return "", fault.NewInvalid("text", "number_mistyped", "There is a typing error in "+number+": its check digit does not fit.",
			fault.Param("number", number))
	}
	return number, nil
}

// otherKind finds an order's number where a request's is asked for, and the other way round.
func otherKind(kind Kind, text string) (Kind, bool) {
	other, prefix := Order, supplies.NumberPrefix
	if kind == Order {
		other, prefix = Request, dispatch.NumberPrefix
	}
	_, wellFormed, _ := checkdigit.Parse(prefix, text)
	return other, wellFormed
}

func unreadable() error {
	return fault.NewInvalid("text", "number_unreadable", "Type the full number.")
}

// bare is a serial number without spaces and dashes.
func bare(number string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) {
			return -1
		}
		return r
	}, number)
}

func isSign(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
