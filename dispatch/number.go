package dispatch

import "utsendt/internal/checkdigit"

// NumberPrefix begins the number of every service request.
const NumberPrefix = "SR-"

// Number makes the number that people say on the phone: the prefix, a serial number and its check digit.
func Number(serial int64) string { return checkdigit.Number(NumberPrefix, serial) }

// ParseNumber reads a request number as people type it (see [checkdigit.Parse]). It gives the number as stored.
// wellFormed says whether it looks like a request number at all; checks, whether its check digit is right.
func ParseNumber(typed string) (number string, wellFormed, checks bool) {
	return checkdigit.Parse(NumberPrefix, typed)
}
