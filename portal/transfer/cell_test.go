package transfer

import (
	"testing"

	"pgregory.net/rapid"
)

// TestCanonicalTextIsStable: what a parser gives, it gives again, so that an export imports as it is.
func TestCanonicalTextIsStable(t *testing.T) {
	t.Parallel()
	taken := 0
	for _, table := range tables {
		for _, c := range table.columns {
			check := func(in string, fail func(string, ...any)) {
				once, err := c.parse(in)
				if err != nil || once == "" {
					return
				}
				taken++
				if twice, err := c.parse(once); err != nil || twice != once {
					fail("%s.%s: %q becomes %q, then %q (%v)", table.kind, c.name, in, once, twice, err)
				}
			}
			if once, err := c.parse(c.example); err != nil || once == "" {
				t.Errorf("%s.%s: the example: %q, %v", table.kind, c.name, once, err)
			}
			if c.absent != "" {
				if once, err := c.parse(c.absent); err != nil || once != c.absent {
					t.Errorf("%s.%s: the default is not canonical: %q, %v", table.kind, c.name, once, err)
				}
			}
			rapid.Check(t, func(t *rapid.T) {
				check(rapid.OneOf(
					rapid.String(),
					rapid.StringMatching(`[A-Ca-cåøÅ =|+@'\-0-9\n]{0,12}`),
					rapid.StringMatching(`-?[0-9]{1,3}[.,]?[0-9]{0,12}`),
					rapid.StringMatching(`[0-3]?[0-9][:.][0-5]?[0-9][:.]?[0-9]{0,4}`),
					rapid.SampledFrom([]string{c.example, " " + c.example + " ", "nO", "X", "JA", "europe/oslo"}),
				).Draw(t, "cell"), t.Fatalf)
			})
		}
	}
	if taken < 1000 {
		t.Errorf("only %d cells were taken", taken)
	}
}

func TestFormulaGuard(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "x": "x", "=1": "'=1", "@a": "'@a", "+47 000 00 001": "+47 000 00 001", "-12,5": "-12,5", "-a": "'-a", "'": "'", "'x": "'x", "'=1": "''=1",
	} {
		if got := guardFormula(in); got != want {
			t.Errorf("guardFormula(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`'{0,3}[=+\-@x]?[0-9 a=]{0,4}`)).Draw(t, "text")
		if back := unguardFormula(guardFormula(s)); back != s {
			t.Fatalf("%q comes back as %q", s, back)
		}
		if g := guardFormula(s); g != "" && (g[0] == '=' || g[0] == '@') {
			t.Fatalf("%q is still a formula", g)
		}
	})
}
