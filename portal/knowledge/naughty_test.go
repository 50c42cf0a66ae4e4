package knowledge_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"utsendt/internal/fault"
	"utsendt/portal/knowledge"
)

// TestNaughtyQueries asks for hostile strings, in every way a query comes to the database.
func TestNaughtyQueries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(t, "a", knowledge.General, nil, "nb", "Toner", "Bytt toner.", "en", "Toner", "Change the toner.")
	queries := []string{`"`, `""`, `-`, `- "`, `:*`, `'`, `\`, `a\`, `or`, `or or`, `-or`, `"or`, "\x00", "\xff", "\uFFFE", "🖨 tone", "toner\u202e", `x:*|y & !(z`, "'' || ''"}
	queries = append(queries, naughty(t)...)
	for _, text := range queries {
		for _, language := range knowledge.Languages {
			if _, err := w.Search(t.Context(), knowledge.Query{Text: text, Language: language}); err != nil {
				t.Errorf("%q: %v", text, err)
			}
		}
		if _, err := w.Read(t.Context(), text, "nb"); fault.ReasonOf(err) != "article_not_found" && text != "a" {
			t.Errorf("article %q: %v", text, err)
		}
	}
	t.Logf("%d strings", len(queries))
}

// naughty gives the public list of hostile strings; none, saying so, where it is absent.
func naughty(t *testing.T) []string {
	t.Helper()
	dir := os.Getenv("UTSENDT_TESTDATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	files, err := filepath.Glob(filepath.Join(dir, "abuse", "*.json"))
	if err != nil || len(files) == 0 {
		t.Logf("the public list of hostile strings is not here (%v); only our own are asked", err)
	}
	var all []string
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		if json.Unmarshal(raw, &list) == nil {
			all = append(all, list...)
		}
	}
	return all
}

// FuzzSearch: no text makes a search fail.
func FuzzSearch(f *testing.F) {
	w := newWorld(f)
	w.write(f, "a", knowledge.General, nil, "nb", "Toner", "Bytt toner i skuff 2.", "en", "Toner", "Change the toner.")
	for _, seed := range []string{"toner", `"bytt toner" -papir or x`, "tone", "-", `'\`, "\x00\xff", "🖨"} {
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, text string, norwegian bool) {
		language := "en"
		if norwegian {
			language = "nb"
		}
		if _, err := w.Search(t.Context(), knowledge.Query{Text: text, Language: language}); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}

// FuzzTidy: what is tidy stays so, and the database takes it.
func FuzzTidy(f *testing.F) {
	for _, seed := range []string{"a\r\nb\rc", " \u00a0x", "e\u0301", "\x00\x1b[31m", "    kode", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tidy := knowledge.Tidy(text)
		control := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
		if knowledge.Tidy(tidy) != tidy || !utf8.ValidString(tidy) || !norm.NFC.IsNormalString(tidy) || slices.ContainsFunc([]rune(tidy), control) {
			t.Errorf("%q becomes %q", text, tidy)
		}
	})
}
