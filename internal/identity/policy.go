package identity

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ccojocar/zxcvbn-go"

	"utsendt/internal/fault"
)

// What a new password must be like.
const (
	minPassword = 10  // characters
	maxPassword = 500 // bytes
	// minScore is the least strength that passes, of zxcvbn's 0 to 4. Below 2 a password is among the first
	// million guesses; the throttle makes more than that hopeless.
	minScore = 2
	// judged is how much of a password is judged, in characters; the work grows faster than the length.
	judged = 60
	// minContained is the shortest user ID or name that a password must not contain, in characters.
	minContained = 3
)

// checkPassword refuses a password that is too short, common, or made of the person's own names. field is
// how the API spells it.
func checkPassword(password, field string, person Person) error {
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		return fault.NewInvalid(field, "password_too_short", "The new password needs at least "+
			strconv.Itoa(minPassword)+" characters.", fault.Param("min", strconv.Itoa(minPassword)))
	case len(password) > maxPassword:
		return fault.NewInvalid(field, "password_too_long", "The new password is too long.",
			fault.Param("max", strconv.Itoa(maxPassword)))
	}
	lower := strings.ToLower(password)
	own := ownWords(person)
	if slices.ContainsFunc(own, func(word string) bool { return strings.Contains(lower, word) }) {
		return fault.NewInvalid(field, "password_personal",
			"The new password must not contain your user ID, name or e-mail address.")
	}
	beginning := []rune(password)
	if len(beginning) > judged {
		beginning = beginning[:judged]
	}
	if zxcvbn.PasswordStrength(string(beginning), append(own, "utsendt")).Score < minScore {
		return fault.NewInvalid(field, "password_common",
			"The new password is too easy to guess. Take several words, or something longer.")
	}
	return nil
}

// ownWords gives what others know about the person, in lower case.
func ownWords(person Person) []string {
	mailbox, _, _ := strings.Cut(person.Email, "@")
	var words []string
	for _, field := range []string{person.UserID, person.FirstName, person.LastName, mailbox} {
		field = strings.ToLower(field)
		for _, word := range append(strings.Fields(field), field) {
			if utf8.RuneCountInString(word) >= minContained {
				words = append(words, word)
			}
		}
	}
	return words
}
