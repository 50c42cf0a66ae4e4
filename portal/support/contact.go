package support

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

// Contact is the support of one country.
type Contact struct {
	// Country is the ISO 3166-1 code of two letters.
	Country string
	// Phone is the number as it is published.
	Phone string
	Email string

	names map[string]string
}

// Name is the country's name in a language, "nb" or "en"; any other language gets English.
func (c Contact) Name(language string) string {
	if name, ok := c.names[language]; ok {
		return name
	}
	return c.names["en"]
}

// Dial is the number for a tel: link: digits, and a leading plus where the number has one. The (0) that is only dialled
// within a country is left out of international numbers.
func (c Contact) Dial() string {
	phone := c.Phone
	if strings.HasPrefix(phone, "+") {
		phone = strings.Replace(phone, "(0)", "", 1)
	}
	return strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, phone)
}

//go:embed contacts.tsv
var file string

var contacts = parse(file)

// parse reads contacts.tsv. It is part of the program, so a fault in it is a bug.
func parse(text string) []Contact {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	var all []Contact
	for _, line := range lines[1:] {
		f := strings.Split(line, "\t")
		if len(f) != 5 || slices.Contains(f, "") {
			panic(fmt.Sprintf("support: contacts.tsv: the line %q has not five cells", line))
		}
		all = append(all, Contact{Country: f[0], names: map[string]string{"nb": f[1], "en": f[2]}, Phone: f[3], Email: f[4]})
	}
	return all
}

// All lists the contacts of all countries, in the order of the file.
func All() []Contact { return slices.Clone(contacts) }

// Of gives the contact of a country, by its code of two letters; false where we have none.
func Of(country string) (Contact, bool) {
	i := slices.IndexFunc(contacts, func(c Contact) bool { return c.Country == country })
	if i < 0 {
		return Contact{}, false
	}
	return contacts[i], true
}

// OwnFirst lists all contacts, that of the given country first and the others by their names in the language. An unknown
// country puts none first.
func OwnFirst(country, language string) []Contact {
	all := All()
	compare := collator(language)
	slices.SortStableFunc(all, func(a, b Contact) int {
		if own := b.Country == country; own != (a.Country == country) {
			if own {
				return 1
			}
			return -1
		}
		return compare(a.Name(language), b.Name(language))
	})
	return all
}
