package notify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// clean makes what somebody typed fit for one line of text: valid UTF-8 in composed form, without control
// characters, without marks that reorder the text around them, every run of white space one space.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return norm.NFC.String(strings.Join(strings.Fields(s), " "))
}

// isolate keeps text that runs from right to left from reordering the words around it, by the marks that
// Unicode has for it (UAX #9, 2.7: first strong isolate). Other text stays as it is.
func isolate(s string) string {
	for _, r := range s {
		if r < 0x0590 { // nothing below runs from right to left
			continue
		}
		properties, _ := bidi.LookupRune(r)
		if class := properties.Class(); class == bidi.R || class == bidi.AL {
			return "\u2068" + s + "\u2069"
		}
	}
	return s
}

const ellipsis = "…"

// shorten cuts s to at most limit octets, between two characters as people see them, and marks the cut. A
// single such character longer than the limit is cut between code points.
func shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	room := limit - len(ellipsis)
	if room < 0 {
		return ""
	}
	cut := 0
	for rest, state := s, -1; rest != ""; {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if cut+len(cluster) > room {
			break
		}
		cut += len(cluster)
	}
	if cut == 0 {
		for cut = room; cut > 0 && !utf8.RuneStart(s[cut]); cut-- {
		}
	}
	return strings.TrimRight(s[:cut], " ") + ellipsis
}
