package identity

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/ccojocar/zxcvbn-go/frequency"

	"utsendt/internal/fault"
)

// TestCommonPasswordsAreRefused takes the library's own list, every entry of it, in several capitalisations, as it is
// and stretched past the least length the ways people do.
func TestCommonPasswordsAreRefused(t *testing.T) {
	t.Parallel()
	list := frequency.Lists["Passwords"].List
	if len(list) < 7000 {
		t.Fatalf("the library's list has %d entries only", len(list))
	}
	random := rand.New(rand.NewPCG(1, 2))
	refused := func(password string) {
		t.Helper()
		switch reason := fault.ReasonOf(checkPassword(password, "password", Person{})); reason {
		case "password_common":
		case "password_too_short":
			if len([]rune(password)) >= minPassword {
				t.Errorf("%q is told to be too short", password)
			}
		default:
			t.Errorf("%q is taken (%s)", password, reason)
		}
	}
	long := 0
	for _, word := range list {
		title := strings.ToUpper(word[:1]) + word[1:]
		mixed := strings.Map(func(r rune) rune {
			if random.IntN(2) == 0 {
				return unicode.ToUpper(r)
			}
			return r
		}, word)
		for _, password := range []string{word, strings.ToUpper(word), title, mixed} {
			refused(password)
			refused(password + strconv.Itoa(random.IntN(10)))
			if strings.ContainsFunc(word, unicode.IsLetter) && unicode.IsLetter(rune(word[len(word)-1])) {
				refused(password + "1234567890"[:random.IntN(9)+1])
			}
		}
		if len(word) >= minPassword {
			long++
			if fault.ReasonOf(checkPassword(word, "password", Person{})) != "password_common" {
				t.Errorf("%q is long enough, and not refused as common", word)
			}
		}
	}
	if long == 0 {
		t.Error("none of the list is long enough to be refused for what it is")
	}
	// The 10,000 most common ones are in all lists together, but for those of fewer than five characters.
	known := 0
	for _, list := range frequency.Lists {
		for _, word := range list.List {
			known++
			if len(word) >= minPassword {
				refused(word)
			}
		}
	}
	if known < 80_000 {
		t.Errorf("the library knows %d words only", known)
	}
	for _, word := range []string{"password", "michael", "football", "jennifer", "dragon", "princess", "basketball", "strawberry"} {
		if !knownWords()[word] {
			t.Errorf("%s, one of the most common ones, is not known", word)
		}
	}
	for _, password := range []string{"Password123!", "qwertyqwerty", "!!iloveyou!!"} {
		refused(password)
	}
}

func TestGoodPasswordsAreTaken(t *testing.T) {
	t.Parallel()
	for _, password := range []string{goodPassword, otherPassword, "fire lange ord om skrivere", "Æ8-vind;torsk mølle", "q7#Lm2!vXe9p"} {
		if err := checkPassword(password, "password", Person{UserID: "kunde01", FirstName: "Prøve"}); err != nil {
			t.Errorf("%q: %v", password, err)
		}
	}
}
