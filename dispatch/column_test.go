package dispatch_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"utsendt/dispatch"
	"utsendt/internal/postgres/pgtest"
)

// TestTextsComeBack: whatever texts go into a text[] through PostgreSQL come out as they were.
func TestTextsComeBack(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	rapid.Check(t, func(rt *rapid.T) {
		piece := rapid.OneOf(rapid.SampledFrom([]string{"", "''", `\`, `"`, ",", "{", "}", "NULL", "null", " ", "\n", "E''", `\u0000`, "?"}), rapid.String())
		texts := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) string {
			return strings.ReplaceAll(strings.Join(rapid.SliceOfN(piece, 0, 4).Draw(rt, "pieces"), ""), "\x00", "")
		}), 0, 6).Draw(rt, "texts")
		var back dispatch.Texts
		if err := db.NewRaw("SELECT ?::text[]", dispatch.Texts(texts)).Scan(t.Context(), &back); err != nil {
			rt.Fatal(err)
		}
		if !slices.Equal(back, texts) {
			rt.Fatalf("%q came back as %q", texts, back)
		}
	})
}

func FuzzTextsScan(f *testing.F) {
	for _, seed := range []string{"{}", `{a,"b\"c",NULL}`, `{"`, `{"a\`, `{"a"b}`, "{,}", "}{"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var texts dispatch.Texts
		if texts.Scan(text) != nil { // it must not panic or hang
			return
		}
		again := dispatch.Texts{}
		if value, err := texts.Value(); err != nil || again.Scan(value) != nil || !slices.Equal(texts, again) {
			t.Errorf("%q: %q, then %q", text, texts, again)
		}
	})
}
