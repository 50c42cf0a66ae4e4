package notify

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
)

// A service does not start on a catalogue with mistakes, so this says what they are.
func TestCatalogueIsComplete(t *testing.T) {
	t.Parallel()
	all := readCatalogue(t)
	for _, problem := range problems(all, policies) {
		t.Error(problem)
	}
	files, err := catalogue.ReadDir("catalogue")
	if err != nil || len(files) != len(languages) {
		t.Errorf("%d files for %d languages, %v", len(files), len(languages), err)
	}
}

func readCatalogue(t *testing.T) map[string]map[string]entry {
	t.Helper()
	all := map[string]map[string]entry{}
	for _, lang := range languages {
		content, err := fs.ReadFile(catalogueFiles, "catalogue/"+lang+".json")
		if err != nil {
			t.Fatal(err)
		}
		if all[lang], err = parseEntries(content); err != nil {
			t.Fatalf("%s: %v", lang, err)
		}
	}
	return all
}

// Every kind of mistake is found.
func TestMistakesInTheCatalogueAreFound(t *testing.T) {
	t.Parallel()
	spoiled := func(lang, key, text string) map[string]map[string]entry {
		all := readCatalogue(t)
		all[lang] = maps.Clone(all[lang])
		delete(all[lang], key)
		if text != "" {
			entries, err := parseEntries([]byte(`{"` + key + `": ` + text + `}`))
			if err != nil {
				t.Fatal(err)
			}
			all[lang][key] = entries[key]
		}
		return all
	}
	for _, c := range []struct{ lang, key, text, want string }{
		{"nb", "en_route.body", "", `nb lacks "en_route.body"`},
		{"en", "email.open", `" "`, `en lacks "email.open"`},
		{"en", "lunch.title", `"Lunch"`, `en has "lunch.title", which nothing uses`},
		{"nb", "test.body", `"{{.number}}"`, `nb "test.body" uses "number", which is not declared`},
		{"nb", "en_route.body", `"{{.technicain}}"`, `nb "en_route.body" uses "technicain", which is not declared`},
		{"nb", "en_route.body", `"{{.device}}"`, `"en_route.body" uses ["device"] in nb and ["device" "technician"] in en`},
		{"nb", "email.more", `"og {{.count}} til"`, `"email.more" uses ["count"] in nb and ["count"] in en`},
		{"en", "test.title", `{"one": "x", "other": "y"}`, `en "test.title" has plural forms, but no "count" is declared`},
		{"en", "test.link", `"Look"`, `nb lacks "test.link", which en has`},
		{"en", "en_route.body", `"{{range .device}}{{end}}"`, `en "en_route.body" uses "(*parse.RangeNode is not for texts)", which is not declared`},
	} {
		if found := problems(spoiled(c.lang, c.key, c.text), policies); !slices.Contains(found, c.want) {
			t.Errorf("%s %q as %s: %q is not among\n%s", c.lang, c.key, c.text, c.want, strings.Join(found, "\n"))
		}
	}
	secretive := maps.Clone(policies)
	secretive["whisper"] = policy{class: Security, mail: mailAlways, secrets: []string{"password"}, labels: []string{"until"}}
	for _, want := range []string{`nb lacks "whisper.title"`, `en lacks "whisper.mail"`, `nb lacks "label.until"`} {
		if found := problems(readCatalogue(t), secretive); !slices.Contains(found, want) {
			t.Errorf("%q is not among\n%s", want, strings.Join(found, "\n"))
		}
	}
	// The secret is for the mail alone.
	all := spoiled("en", "whisper.body", `"{{.password}}"`)
	if found := problems(all, secretive); !slices.Contains(found, `en "whisper.body" uses "password", which is not declared`) {
		t.Errorf("a secret in the ledger's text is not found: %q", found)
	}
}
