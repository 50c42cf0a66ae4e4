package checkdigit

import (
	"strconv"
	"strings"
	"unicode"
)

// MaxDigits is the most digits a number may have, its check digit counted: it fits an int64.
const MaxDigits = 18

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

func digit(digits string) byte {
	interim := byte(0)
	for i := range len(digits) {
		interim = damm[interim][digits[i]-'0']
	}
	return interim
}

func onlyDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// Append gives digits with their check digit behind them. digits must be 0 to 9 only, at least one; anything else is a
// mistake of the program and panics.
func Append(digits string) string {
	if !onlyDigits(digits) {
		panic("checkdigit: not digits: " + strconv.Quote(digits))
	}
	return digits + string('0'+digit(digits))
}

// Valid says whether the last of digits is the check digit of those before it. What is not two digits or more never is.
func Valid(digits string) bool { return len(digits) >= 2 && onlyDigits(digits) && digit(digits) == 0 }

// Number makes the number of the serial-th thing: the prefix, the serial number and its check digit. serial is not
// negative.
func Number(prefix string, serial int64) string {
	return prefix + Append(strconv.FormatInt(serial, 10))
}

// Parse reads a number as people type it: in any case, with or without the prefix (such as "SR-"), with spaces or dashes
// anywhere between. It gives the number as [Number] writes it. wellFormed says whether it looks like such a number at
// all; checks, whether its check digit is right. number is empty unless wellFormed.
func Parse(prefix, typed string) (number string, wellFormed, checks bool) {
	s := strings.TrimPrefix(bare(typed), bare(prefix))
	if len(s) < 2 || len(s) > MaxDigits || !onlyDigits(s) {
		return "", false, false
	}
	return prefix + s, true, Valid(s)
}

// bare is s in upper case, without spaces and dashes: phones make long dashes of hyphens.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}
