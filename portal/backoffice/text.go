package backoffice

import (
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"utsendt/internal/fault"
)

// tidy composes letters and drops blanks at the ends: what people type and what comes from files then compare equal.
func tidy(s *string) { *s = norm.NFC.String(strings.TrimSpace(*s)) }

// required tidies texts that must not be empty.
func required(fields map[string]*string) error {
	for name, text := range fields {
		if tidy(text); *text == "" {
			return fault.NewInvalid("fields."+name, "field_missing", "This must not be empty: "+name+".", fault.Param("field", name))
		}
	}
	return nil
}

func checkTimeZone(name string) error {
	if _, err := time.LoadLocation(name); err != nil || name == "" || name == "Local" {
		return fault.NewInvalid("fields.time_zone", "time_zone_unknown", "There is no such time zone; one is called Europe/Oslo, for example.")
	}
	return nil
}

// tidyWords lower-cases, sorts and takes each once, as skills are kept.
func tidyWords(words []string) []string {
	kept := []string{}
	for _, word := range words {
		tidy(&word)
		if word = strings.ToLower(word); word != "" {
			kept = append(kept, word)
		}
	}
	return sortedOnce(kept)
}
