package dispatch

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNumberDetectsMistypes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := Number(rapid.Int64Range(0, 999_999_999_999).Draw(t, "serial"))
		digits := []byte(strings.TrimPrefix(number, NumberPrefix))
		if got, ok, checks := ParseNumber(number); !ok || !checks || got != number {
			t.Fatalf("%s: %s %v %v", number, got, ok, checks)
		}
		for i := range digits {
			for d := byte('0'); d <= '9'; d++ { // every single wrong digit
				wrong := append([]byte{}, digits...)
				wrong[i] = d
				if _, ok, checks := ParseNumber(string(wrong)); !ok || checks != (d == digits[i]) {
					t.Fatalf("%s for %s: checks is %v", wrong, digits, checks)
				}
			}
			if i+1 < len(digits) && digits[i] != digits[i+1] { // every swap of neighbours
				wrong := append([]byte{}, digits...)
				wrong[i], wrong[i+1] = wrong[i+1], wrong[i]
				if _, _, checks := ParseNumber(string(wrong)); checks {
					t.Fatalf("%s for %s passes", wrong, digits)
				}
			}
		}
	})
}

func TestParseNumber(t *testing.T) {
	t.Parallel()
	// 572 has the check digit 4 in Damm's thesis.
	if n := Number(572); n != "SR-5724" {
		t.Errorf("572 became %s", n)
	}
	for _, typed := range []string{"SR-5724", "sr-5724", "SR5724", "5724", " Sr - 57 24 ", "57-24", "SR–5724", "sr\u00a05724"} {
		number, ok, checks := ParseNumber(typed)
		if !ok || !checks || number != "SR-5724" {
			t.Errorf("%q: %s %v %v", typed, number, ok, checks)
		}
	}
	for _, typed := range []string{"", "SR", "SR-", "7", "SRSR-5724", "SR-57x4", "5724SR", "-", "٥٧٢٤", strings.Repeat("1", 19), "5724.0", "+5724"} {
		if number, ok, _ := ParseNumber(typed); ok {
			t.Errorf("%q is %s", typed, number)
		}
	}
	if _, ok, checks := ParseNumber("SR-5274"); !ok || checks {
		t.Error("a swap passes")
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, seed := range []string{"SR-5724", "sr 5724", "", "SR-", "\xff", "SRSR1", "SR–57 24"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		number, ok, checks := ParseNumber(typed)
		if !ok {
			if number != "" || checks {
				t.Fatalf("%q: %q, %v", typed, number, checks)
			}
			return
		}
		// What was understood is understood the same again.
		if again, ok, c := ParseNumber(number); !ok || again != number || c != checks {
			t.Fatalf("%q: %s, then %s", typed, number, again)
		}
	})
}
