package identity

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/ccojocar/zxcvbn-go"
	"github.com/ccojocar/zxcvbn-go/frequency"

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
	if common(lower) {
		return errCommon.With(fault.Field(field))
	}
	beginning := []rune(password)
	if len(beginning) > judged {
		beginning = beginning[:judged]
	}
	if zxcvbn.PasswordStrength(string(beginning), append(own, "utsendt")).Score < minScore {
		return errCommon.With(fault.Field(field))
	}
	return nil
}

var errCommon = fault.NewInvalid("", "password_common", "The new password is too easy to guess. Take several words, or something longer.")

// commonPasswords are those that people choose most often, in lower case. The library made its list of the 10,000 most common
// ones, and left out each that stands higher in another of its lists (names, surnames, English words) or has fewer than five
// characters: 7,141 stay. The others are in knownWords, or too short for us anyway.
var commonPasswords = sync.OnceValue(func() map[string]bool {
	list := frequency.Lists["Passwords"].List
	set := make(map[string]bool, len(list))
	for _, password := range list {
		set[strings.ToLower(password)] = true
	}
	return set
})

// knownWords are all lists of the library together, in lower case, commonPasswords among them: 85,088 passwords, names and words.
var knownWords = sync.OnceValue(func() map[string]bool {
	set := make(map[string]bool, 90_000)
	for _, list := range frequency.Lists {
		for _, word := range list.List {
			set[strings.ToLower(word)] = true
		}
	}
	return set
})

// common reports whether a password, in lower case, is one of the most common ones, as it is, with digits or
// marks around it, or twice in a row: "Password123!", "qwertyqwerty"; or a name or word by itself.
func common(lower string) bool {
	if knownWords()[lower] {
		return true
	}
	set := commonPasswords()
	core := strings.TrimFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) })
	for _, candidate := range []string{lower, core, strings.TrimRightFunc(lower, unicode.IsDigit)} {
		half := len(candidate) / 2
		if set[candidate] || set[candidate[:half]] && candidate[:half] == candidate[half:] {
			return true
		}
	}
	return false
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
