package transfer

import (
	"math"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"utsendt/internal/identity"
	"utsendt/portal"
)

// A cellParser turns what stands in a cell into its canonical text, the one an export writes. Parsing the
// canonical text gives the same text again. Empty cells never reach a parser. The error is a *refusal
// without a field.
type cellParser func(string) (string, error)

// text is one line of at most limit letters: composed (NFC), with runs of white space, line ends among
// them, made one blank.
func text(limit int) cellParser {
	return func(s string) (string, error) {
		if !utf8.ValidString(s) {
			return "", refuse("not_utf8", "", "The text is damaged: it is not valid UTF-8.")
		}
		s = norm.NFC.String(strings.Join(strings.Fields(s), " "))
		if strings.ContainsFunc(s, unicode.IsControl) {
			return "", refuse("control_character", "", "The text holds a control character.")
		}
		if utf8.RuneCountInString(s) > limit {
			return "", refuse("too_long", "", "The text is longer than %d letters.", limit)
		}
		return s, nil
	}
}

// then sends what one parser gives through a function.
func (p cellParser) then(next func(string) (string, error)) cellParser {
	return func(s string) (string, error) {
		s, err := p(s)
		if err != nil {
			return "", err
		}
		return next(s)
	}
}

// serial is a serial number in the form that portal.SerialNumber gives.
var serial = text(100).then(func(s string) (string, error) { return portal.SerialNumber(s), nil })

// userID is lower-cased, without blanks.
var userID = text(100).then(func(s string) (string, error) {
	s = identity.NormalizeUserID(s)
	if strings.Contains(s, " ") {
		return "", refuse("user_id_blank", "", "A user ID holds no blanks.")
	}
	return s, nil
})

var email = text(254).then(func(s string) (string, error) {
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
		return "", refuse("email_malformed", "", "%q is no e-mail address.", s)
	}
	return s, nil
})

// country is ISO 3166-1 alpha-2.
var country = text(100).then(func(s string) (string, error) {
	s = strings.ToUpper(s)
	region, err := language.ParseRegion(s)
	if len(s) != 2 || err != nil || !region.IsCountry() || region.String() != s {
		return "", refuse("country_unknown", "", "%q is no country code; two letters are expected, for example NO.", s)
	}
	return s, nil
})

// oneOf takes one of the words, whatever their case.
func oneOf(words ...string) cellParser {
	return text(100).then(func(s string) (string, error) {
		if s = strings.ToLower(s); !slices.Contains(words, s) {
			return "", refuse("not_one_of", "", "%q is none of %s.", s, strings.Join(words, ", "))
		}
		return s, nil
	})
}

var yesWords = map[string]string{
	"true": "true", "yes": "true", "ja": "true", "1": "true", "x": "true",
	"false": "false", "no": "false", "nei": "false", "0": "false",
}

// yesNo gives "true" or "false".
var yesNo = text(100).then(func(s string) (string, error) {
	if v, ok := yesWords[strings.ToLower(s)]; ok {
		return v, nil
	}
	return "", refuse("not_yes_or_no", "", "%q is neither true nor false.", s)
})

// decimal is a number between low and high with a decimal point or a decimal comma.
func decimal(low, high float64) cellParser {
	return text(100).then(func(s string) (string, error) {
		v, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
		if err != nil || math.IsNaN(v) {
			return "", refuse("not_a_number", "", "%q is no number.", s)
		}
		if v < low || v > high {
			return "", refuse("out_of_range", "", "%s is not between %g and %g.", s, low, high)
		}
		return strconv.FormatFloat(v+0, 'f', -1, 64), nil // +0 makes -0 plain 0
	})
}

// whole is a whole number between low and high.
func whole(low, high int) cellParser {
	return text(100).then(func(s string) (string, error) {
		v, err := strconv.Atoi(s)
		if err != nil {
			return "", refuse("not_a_whole_number", "", "%q is no whole number.", s)
		}
		if v < low || v > high {
			return "", refuse("out_of_range", "", "%d is not between %d and %d.", v, low, high)
		}
		return strconv.Itoa(v), nil
	})
}

// date is 2026-01-31 or, as people in Norway write it, 31.01.2026.
var date = text(100).then(func(s string) (string, error) {
	for _, layout := range []string{time.DateOnly, "2.1.2006"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1900 && t.Year() < 2200 {
			return t.Format(time.DateOnly), nil
		}
	}
	return "", refuse("not_a_date", "", "%q is no date between 1900 and 2199; 2026-01-31 or 31.01.2026 is expected.", s)
})

// clock is a time of day: 08:00, 8:00, 08.00 or 08:00:30.
var clock = text(100).then(func(s string) (string, error) {
	for _, layout := range []string{"15:04", "15:04:05", "15.04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return strings.TrimSuffix(t.Format(time.TimeOnly), ":00"), nil
		}
	}
	return "", refuse("not_a_time", "", "%q is no time of day; 08:00 is expected.", s)
})

// instant is a moment: 2026-01-31T12:30:00Z, with any offset, to the microsecond as PostgreSQL keeps it. A blank may stand
// for the T. Its canonical text is in UTC, without zeros that say nothing.
var instant = text(100).then(func(s string) (string, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1900 && t.Year() < 2200 {
			return t.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano), nil
		}
	}
	return "", refuse("not_a_moment", "", "%q is no moment between 1900 and 2199; 2026-01-31T12:30:00Z is expected.", s)
})

// timeZone is a name of the IANA time zone database.
var timeZone = text(100).then(func(s string) (string, error) {
	if _, err := time.LoadLocation(s); err != nil || s == "Local" {
		return "", refuse("time_zone_unknown", "", "%q is no time zone; a name such as Europe/Oslo is expected.", s)
	}
	return s, nil
})

// list is items with | between, each parsed, sorted, without doubles.
func list(item cellParser) cellParser {
	return func(s string) (string, error) {
		var items []string
		for part := range strings.SplitSeq(s, "|") {
			if strings.TrimSpace(part) == "" {
				continue
			}
			v, err := item(part)
			if err != nil {
				return "", err
			}
			items = append(items, v)
		}
		slices.Sort(items)
		return strings.Join(slices.Compact(items), "|"), nil
	}
}

// skill is lower-cased, so that a model's and a technician's compare equal.
var skill = text(64).then(func(s string) (string, error) { return strings.ToLower(s), nil })

var postalPrefix = text(12).then(func(s string) (string, error) { return strings.ToUpper(s), nil })

var stockItem = regexp.MustCompile(`^([^=|]{1,64}?) ?= ?(\d{1,6})$`)

// stock is one part number with its number of pieces: ROLLER-2=3.
var stock = text(80).then(func(s string) (string, error) {
	m := stockItem.FindStringSubmatch(s)
	if m == nil {
		return "", refuse("stock_malformed", "", "%q is no part with a number of pieces; PART-1=2 is expected.", s)
	}
	n, err := strconv.Atoi(m[2])
	if err != nil {
		return "", err
	}
	return m[1] + "=" + strconv.Itoa(n), nil
})

// vanStock is a list of stock in which no part stands twice, sorted by part number.
var vanStock = list(stock).then(func(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	items := strings.Split(s, "|")
	part := func(item string) string { return item[:strings.LastIndexByte(item, '=')] }
	slices.SortFunc(items, func(a, b string) int { return strings.Compare(part(a), part(b)) })
	for i := 1; i < len(items); i++ {
		if part(items[i]) == part(items[i-1]) {
			return "", refuse("stock_twice", "", "Part %s stands twice.", part(items[i]))
		}
	}
	return strings.Join(items, "|"), nil
})
