package portal

import "strings"

// postalDigits is how many digits a postal code of these countries has.
var postalDigits = map[string]int{"NO": 4, "DK": 4, "SE": 5, "FI": 5, "IS": 3}

// PostalCode gives the form that GeoNames, and so the table postal_codes, writes a postal code of the
// country (ISO 3166-1 alpha-2) in. For the Nordic countries it drops a prefix such as "N-", puts back the
// leading zeros that spreadsheets eat ("150" is Oslo's 0150) and writes Swedish codes as "123 45". Codes
// of other countries are upper-cased and trimmed. Applying it again changes nothing.
func PostalCode(country, code string) string {
	code = strings.ToUpper(strings.Join(strings.Fields(code), " "))
	digits, known := postalDigits[country]
	if !known {
		return code
	}
	bare := strings.TrimPrefix(strings.TrimPrefix(code, country), country[:1])
	bare = strings.NewReplacer(" ", "", "-", "").Replace(bare)
	if bare == "" || len(bare) > digits || strings.Trim(bare, "0123456789") != "" {
		return code
	}
	bare = strings.Repeat("0", digits-len(bare)) + bare
	if country == "SE" {
		return bare[:3] + " " + bare[3:]
	}
	return bare
}
