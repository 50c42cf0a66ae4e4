package wording_test

import (
	"testing"

	"utsendt/internal/fault"
	"utsendt/internal/fault/wording"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ header, own, want string }{
		{"", "", "en"},
		{"", "nb", "nb"},
		{"nb", "en", "nb"},
		{"en", "nb", "en"},
		{"nn-NO,nn;q=0.9", "", "nb"},
		{"no", "", "nb"},
		{"fi, nb;q=0.5", "", "nb"},
		{"fi", "nb", "nb"},
		{"zh-CN", "", "en"},
		{"en-GB,en;q=0.9", "", "en"},
		{"*", "nb", "nb"},
		{";;;", "nb", "nb"},
	} {
		if got := wording.Choose(c.header, c.own); got != c.want {
			t.Errorf("%q of somebody who reads %q: %q, want %q", c.header, c.own, got, c.want)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	stale := fault.New(fault.Stale, "version_stale", "Somebody changed it.", fault.Param("state", "en_route"))
	for lang, want := range map[string]string{
		"nb": "Noen har endret dette imens (nå: På vei). Se på det igjen, og prøv én gang til.",
		"en": "Someone changed this meanwhile (now: En route). Look at it again, then try once more.",
		"fi": "Somebody changed it.",
	} {
		if got := wording.Text(stale, lang); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if got := wording.Text(fault.New(fault.Stale, "version_stale", "Somebody changed it."), "nb"); got != "Somebody changed it." {
		t.Errorf("without the state it says %q", got)
	}
	if got := wording.Text(fault.New(fault.Invalid, "never_heard_of", "Bad."), "nb"); got != "Bad." {
		t.Errorf("without words it says %q", got)
	}
}
