package portal

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// SerialNumber gives the one form a serial number is stored and compared in: composed (NFC), upper-case,
// without blanks at the ends and with single blanks inside. What people type, what is printed on the
// device and what comes from a file then meet. Applying it again changes nothing.
func SerialNumber(s string) string {
	s = norm.NFC.String(strings.Join(strings.Fields(s), " "))
	return norm.NFC.String(strings.ToUpper(s))
}
