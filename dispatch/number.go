package dispatch

import (
	"strconv"
	"strings"
	"unicode"
)

// NumberPrefix begins the number of every service request.
const NumberPrefix = "SR-"

// damm is the quasigroup of H. Michael Damm's check digit (2004): it detects every single wrong digit and every
// swap of two neighbours.
var damm = [10][10]byte{
	{0, 3, 1, 7, 5, 9, 8, 6, 4, 2},
	{7, 0, 9, 2, 1, 5, 4, 8, 6, 3},
	{4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
	{1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
	{6, 1, 2, 3, 0, 4, 5, 9, 7, 8},
	{3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
	{5, 8, 6, 9, 7, 2, 0, 1, 3, 4},
	{8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
	{9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
	{2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
}

func dammDigit(digits string) byte {
	interim := byte(0)
	for i := range len(digits) {
		interim = damm[interim][digits[i]-'0']
	}
	return interim
}

// Number makes the number that people say on the phone: the prefix, a serial number and its check digit.
func Number(serial int64) string {
	digits := strconv.FormatInt(serial, 10)
	return NumberPrefix + digits + string('0'+dammDigit(digits))
}

// ParseNumber reads a request number as people type it: in any case, with or without prefix, with spaces or hyphens
// between. It gives the number as stored. wellFormed says whether it looks like a request number at all; checks,
// whether its check digit is right.
func ParseNumber(typed string) (number string, wellFormed, checks bool) {
	s := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) { // phones make long dashes of hyphens
			return -1
		}
		return unicode.ToUpper(r)
	}, typed)
	s = strings.TrimPrefix(s, "SR")
	if len(s) < 2 || len(s) > 18 || strings.Trim(s, "0123456789") != "" {
		return "", false, false
	}
	return NumberPrefix + s, true, dammDigit(s) == 0
}
