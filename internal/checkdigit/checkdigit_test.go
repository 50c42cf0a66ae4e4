package checkdigit_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"utsendt/internal/checkdigit"
)

func TestDetectsMistypes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.SampledFrom([]string{"SR-", "SO-", ""}).Draw(t, "prefix")
		number := checkdigit.Number(prefix, rapid.Int64Range(0, 999_999_999_999).Draw(t, "serial"))
		digits := []byte(strings.TrimPrefix(number, prefix))
		if got, ok, checks := checkdigit.Parse(prefix, number); !ok || !checks || got != number {
			t.Fatalf("%s: %s %v %v", number, got, ok, checks)
		}
		for i := range digits {
			for d := byte('0'); d <= '9'; d++ { // every single wrong digit
				wrong := append([]byte{}, digits...)
				wrong[i] = d
				if _, ok, checks := checkdigit.Parse(prefix, string(wrong)); !ok || checks != (d == digits[i]) {
					t.Fatalf("%s for %s: checks is %v", wrong, digits, checks)
				}
			}
			if i+1 < len(digits) && digits[i] != digits[i+1] { // every swap of neighbours
				wrong := append([]byte{}, digits...)
				wrong[i], wrong[i+1] = wrong[i+1], wrong[i]
				if checkdigit.Valid(string(wrong)) {
					t.Fatalf("%s for %s passes", wrong, digits)
				}
			}
		}
	})
}

func TestParse(t *testing.T) {
	t.Parallel()
	// 572 has the check digit 4 in Damm's thesis.
	if n := checkdigit.Append("572"); n != "5724" {
		t.Errorf("572 became %s", n)
	}
	for _, typed := range []string{"SO-5724", "so-5724", "SO5724", "5724", " So - 57 24 ", "57-24", "SO–5724", "so\u00a05724"} {
		number, ok, checks := checkdigit.Parse("SO-", typed)
		if !ok || !checks || number != "SO-5724" {
			t.Errorf("%q: %s %v %v", typed, number, ok, checks)
		}
	}
	for _, typed := range []string{
		"", "SO", "SO-", "7", "SOSO-5724", "SO-57x4", "5724SO", "-", "٥٧٢٤", strings.Repeat("1", 19), "5724.0", "+5724",
		"SR-5724", // the number of something else
	} {
		if number, ok, _ := checkdigit.Parse("SO-", typed); ok {
			t.Errorf("%q is %s", typed, number)
		}
	}
	for _, digits := range []string{"", "4", "57x4", "5742", "-5724", "SR5724"} {
		if checkdigit.Valid(digits) {
			t.Errorf("%q is valid", digits)
		}
	}
}

func TestAppendPanicsOnLetters(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	checkdigit.Append("57x")
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"SR-5724", "sr 5724", "", "SR-", "\xff", "SRSR1", "SR–57 24"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		number, ok, checks := checkdigit.Parse("SR-", typed)
		if !ok {
			if number != "" || checks {
				t.Fatalf("%q: %q, %v", typed, number, checks)
			}
			return
		}
		// What was understood is understood the same again.
		if again, ok, c := checkdigit.Parse("SR-", number); !ok || again != number || c != checks {
			t.Fatalf("%q: %s, then %s", typed, number, again)
		}
	})
}
