package portal_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"utsendt/portal"
)

func TestSerialNumber(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" abc-12 ": "ABC-12", "a\u00a0b": "A B", "a \t\n b": "A B", "": "", "å": "Å", "a\u030a": "Å", "ß": "ß",
	} {
		if got := portal.SerialNumber(in); got != want {
			t.Errorf("SerialNumber(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		once := portal.SerialNumber(rapid.String().Draw(t, "serial"))
		if twice := portal.SerialNumber(once); twice != once {
			t.Fatalf("%q becomes %q", once, twice)
		}
	})
}

func TestPostalCode(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"NO", "150", "0150"}, {"NO", "N-0150", "0150"}, {"NO", "NO-0150", "0150"}, {"NO", "NO 0150", "0150"}, {"NO", "01 50", "0150"},
		{"NO", "12345", "12345"}, {"NO", "", ""}, {"NO", "abc", "ABC"}, {"NO", "N-", "N-"},
		{"SE", "11115", "111 15"}, {"SE", "S-111 15", "111 15"}, {"SE", "se-11115", "111 15"},
		{"FI", "100", "00100"}, {"IS", "101", "101"}, {"DK", "DK-1050", "1050"}, {"GB", " sw1a  1aa ", "SW1A 1AA"},
	} {
		if got := portal.PostalCode(c[0], c[1]); got != c[2] {
			t.Errorf("PostalCode(%s, %q) = %q, want %q", c[0], c[1], got, c[2])
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		country := rapid.SampledFrom([]string{"NO", "SE", "DK", "FI", "IS", "GB", "DE"}).Draw(t, "country")
		once := portal.PostalCode(country, rapid.OneOf(rapid.String(), rapid.StringMatching(`[NSEO0-9 -]{0,8}`)).Draw(t, "code"))
		if twice := portal.PostalCode(country, once); twice != once {
			t.Fatalf("%q becomes %q", once, twice)
		}
	})
}

// TestPostalCodeIsGeoNames holds the canonical form against every code GeoNames has.
func TestPostalCodeIsGeoNames(t *testing.T) {
	t.Parallel()
	for _, country := range []string{"NO", "SE", "DK", "FI", "IS"} {
		raw, err := os.ReadFile(filepath.Join(testdata(), "postal", country+".txt"))
		if err != nil {
			t.Skipf("the public test data is not here: %v", err)
		}
		for line := range strings.Lines(string(raw)) {
			if code := strings.Split(line, "\t")[1]; portal.PostalCode(country, code) != code {
				t.Errorf("%s %q becomes %q", country, code, portal.PostalCode(country, code))
			}
		}
	}
}
