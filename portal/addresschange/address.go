package addresschange

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"utsendt/internal/fault"
	"utsendt/portal"
)

// Address is one as people write it.
type Address struct {
	Line1      string `bun:"line1" json:"line1"`
	Line2      string `bun:"line2" json:"line2"`
	Line3      string `bun:"line3" json:"line3"`
	PostalCode string `bun:"postal_code" json:"postal_code"`
	City       string `bun:"city" json:"city"`
	// Country is ISO 3166-1 alpha-2.
	Country string `bun:"country" json:"country"`
}

// AddressOf is a site's.
func AddressOf(s *portal.Site) Address {
	return Address{s.Line1, s.Line2, s.Line3, s.PostalCode, s.City, s.Country}
}

// String is the address on one line, without its country.
func (a Address) String() string {
	var parts []string
	for _, part := range []string{a.Line1, a.Line2, a.Line3, strings.TrimSpace(a.PostalCode + " " + a.City)} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// maxLine is how many letters a line of an address may have.
const maxLine = 200

// Clean gives the address as it is stored: each part on one line and composed, the postal code as portal.PostalCode writes
// it. Invalid names the part.
func (a Address) Clean() (Address, error) {
	parts := []struct {
		name     string
		text     *string
		required bool
	}{
		{"line1", &a.Line1, true}, {"line2", &a.Line2, false}, {"line3", &a.Line3, false},
		{"postal_code", &a.PostalCode, true}, {"city", &a.City, true}, {"country", &a.Country, true},
	}
	for _, p := range parts {
		*p.text = norm.NFC.String(strings.Join(strings.Fields(strings.ToValidUTF8(*p.text, "\uFFFD")), " "))
		field := "address." + p.name
		switch {
		case *p.text == "" && p.required:
			return Address{}, fault.NewInvalid(field, "address_incomplete", "The address needs street, postal code, city and country.")
		case strings.ContainsFunc(*p.text, unicode.IsControl):
			return Address{}, fault.NewInvalid(field, "text_control_character", "The text holds a control character.")
		case utf8.RuneCountInString(*p.text) > maxLine:
			return Address{}, fault.NewInvalid(field, "address_too_long", "A line of the address has more than 200 letters.", fault.Param("max", "200"))
		}
	}
	a.Country = strings.ToUpper(a.Country)
	region, err := language.ParseRegion(a.Country)
	if err != nil || len(a.Country) != 2 || !region.IsCountry() || region.String() != a.Country {
		return Address{}, fault.NewInvalid("address.country", "country_unknown", "The country is a code of two letters, for example NO.")
	}
	a.PostalCode = portal.PostalCode(a.Country, a.PostalCode)
	return a, nil
}
