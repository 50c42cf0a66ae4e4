package notify

import (
	"fmt"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// weekdays and months in the languages, from Sunday and January.
var (
	weekdays = map[string][7]string{
		"nb": {"søndag", "mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag"},
		"en": {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
	}
	months = map[string][12]string{
		"nb": {"januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "desember"},
		"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	}
	// dayFormats take weekday, day, month and year.
	dayFormats = map[string]string{"nb": "%s %d. %s %d", "en": "%s %d %s %d"}
)

// writtenDay writes a day out: "tirsdag 24. november 2026".
func writtenDay(lang string, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return fmt.Sprintf(dayFormats[lang], weekdays[lang][t.Weekday()], t.Day(), months[lang][t.Month()-1], t.Year())
}

// grouped writes a whole number: "12 345" in Norwegian, with a space that does not break, "12,345" in English.
func grouped(lang string, n int64) string {
	return message.NewPrinter(language.Make(lang)).Sprint(n)
}
