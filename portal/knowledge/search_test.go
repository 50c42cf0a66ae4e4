package knowledge_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/internal/fault"
	"utsendt/portal/knowledge"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(t, "teller", knowledge.MeterReading, []string{"Prøve A"}, "nb", "Slik viser du telleren", "Måleravlesningene står på **statusarket**.",
		"en", "How to show the counter", "The meter readings are on the status sheet.")
	w.write(t, "papirstopp", knowledge.Fault, nil, "nb", "Papirstopp", "Papiret setter seg fast i skuffene. Åpne dekselet.", "en", "Paper jam", "Open the cover.")
	w.write(t, "jam-b", knowledge.Fault, []string{"Prøve B"}, "en", "Jams in the bypass tray", "Paper from the bypass tray gets jammed.")
	w.write(t, "bare-norsk", knowledge.General, nil, "nb", "Åpningstider", "Vi svarer på hverdager.")
	for _, c := range []struct {
		text, language, want string
	}{
		{"måleravlesning", "nb", "teller"},                  // another form of the word
		{"MÅLERAVLESNINGER", "nb", "teller"},                // case
		{"ma\u030Aleravlesning", "nb", "teller"},            // decomposed
		{"måleravl", "nb", "teller"},                        // the beginning of a word
		{"skuff papir", "nb", "papirstopp"},                 // all words
		{"skuff motorsag", "nb", ""},                        // not some
		{"skuff or statusark", "nb", "papirstopp teller"},   // either
		{`"setter seg fast"`, "nb", "papirstopp"},           // a phrase
		{`"fast seg setter"`, "nb", ""},                     //
		{"papir -skuff", "nb", ""},                          // but not
		{"jammed", "en", "jam-b papirstopp"},                // stems of English
		{"jammed", "nb", "jam-b! papirstopp!"},              // found in the other language, and said so
		{"readings", "en", "teller"},                        //
		{"hverdag", "en", "bare-norsk!"},                    // only there in the other
		{"", "nb", "papirstopp teller bare-norsk jam-b!"},   // all, by title
		{"", "en", "teller jam-b papirstopp bare-norsk!"},   //
		{"!!! ??", "nb", ""},                                // no word at all
		{"og i på", "nb", ""},                               // nothing but stop words
		{strings.Repeat("papir ", 200), "nb", "papirstopp"}, // longer than is looked at
		{strings.Repeat("x", 5000), "nb", ""},               //
		{"papir\x00\xff skuff", "nb", "papirstopp"},         // what PostgreSQL does not take
		{"skuff:* & ! ( | <-> 'papir'", "nb", "papirstopp"}, // operators of tsquery are none here
	} {
		if got := w.find(t, knowledge.Query{Text: c.text, Language: c.language}); got != c.want {
			t.Errorf("%.40q in %s: %q, want %q", c.text, c.language, got, c.want)
		}
	}
	if got := w.find(t, knowledge.Query{Topic: knowledge.Fault, Language: "en"}); got != "jam-b papirstopp" {
		t.Errorf("faults: %q", got)
	}
	var model uuid.UUID
	if err := w.db.NewRaw(`SELECT id FROM models WHERE name = 'Prøve A'`).Scan(t.Context(), &model); err != nil {
		t.Fatal(err)
	}
	if got := w.find(t, knowledge.Query{Model: model, Language: "nb"}); got != "papirstopp teller bare-norsk" {
		t.Errorf("for the model: %q", got)
	}
	if got := w.find(t, knowledge.Query{Model: uuid.New(), Language: "nb"}); got != "papirstopp bare-norsk" {
		t.Errorf("for an unknown model: %q", got)
	}
}

func TestSnippet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(t, "a", knowledge.General, nil, "nb", "T", "## Overskrift\n\nBytt **toner** og <script>alert(1)</script> se [siden](javascript:x) \uE000toner\uE001.")
	page, err := w.Search(t.Context(), knowledge.Query{Text: "toner", Language: "nb"})
	if err != nil || len(page.Hits) != 1 {
		t.Fatal(page, err)
	}
	var all, found strings.Builder
	for _, p := range page.Hits[0].Snippet {
		all.WriteString(p.Text)
		if p.Found {
			found.WriteString(p.Text + ";")
		}
	}
	if found.String() != "toner;toner;" || strings.ContainsAny(all.String(), "*#<>\uE000\uE001") || strings.Contains(all.String(), "javascript") {
		t.Errorf("snippet %q, found %q", all.String(), found.String())
	}
}

// TestPages: every article stands on one page, however many pages there are.
func TestPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 25 {
		language := knowledge.Languages[i%2]
		w.write(t, fmt.Sprintf("a-%d", i), knowledge.General, nil, language, []string{"Toner", "Toner toner"}[i%3/2], "toner "+strings.Repeat("toner ", i%4))
	}
	for _, text := range []string{"", "toner"} {
		seen, token := map[string]bool{}, ""
		for pages := 1; ; pages++ {
			page, err := w.Search(t.Context(), knowledge.Query{Text: text, Language: "en", PageSize: 4, PageToken: token})
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range page.Hits {
				if seen[h.Slug] {
					t.Errorf("%q: %s stands twice", text, h.Slug)
				}
				seen[h.Slug] = true
			}
			if token = page.NextPageToken; token == "" {
				if pages != 7 || len(seen) != 25 {
					t.Errorf("%q: %d articles on %d pages", text, len(seen), pages)
				}
				break
			}
		}
	}
	for _, bad := range []knowledge.Query{{PageSize: 101}, {PageSize: -1}, {PageToken: "x"}, {PageToken: "eyJ0IjoiXHUwMDAwIn0"}} {
		bad.Language = "nb"
		if _, err := w.Search(t.Context(), bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestForACustomer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(t, "alle", knowledge.MeterReading, nil, "nb", "Telleren", "For alle.")
	w.write(t, "bare-a", knowledge.MeterReading, []string{"Prøve A"}, "nb", "Telleren på A", "For A.")
	w.write(t, "papirstopp", knowledge.Fault, nil, "nb", "Papirstopp", "Ta ut papiret.", "en", "Paper jam", "Remove the paper.")
	ctx := t.Context()
	for serial, want := range map[string]string{"A-1": "bare-a true", "B-1": "alle false"} {
		g, err := w.MeterGuide(ctx, w.customer, w.devices[serial], "nb")
		if err != nil || fmt.Sprint(g.Article.Slug, " ", g.ForModel) != want || g.Contact.Country != "NO" || g.Model == "" {
			t.Errorf("%s: %+v, %v", serial, g, err)
		}
	}
	g, err := w.MeterGuide(ctx, w.customer, w.devices["A-1"], "en")
	if err != nil || !g.Article.OtherLanguage || g.Article.Text.Language != "nb" {
		t.Errorf("in English: %+v, %v", g, err)
	}
	page, err := w.SearchFor(ctx, w.customer, w.devices["B-1"], knowledge.Query{Text: "telleren", Language: "nb"})
	if err != nil || len(page.Hits) != 1 || page.Hits[0].Slug != "alle" {
		t.Errorf("for B: %+v, %v", page, err)
	}
	for _, category := range []string{"paper_jam", "other"} {
		hits, err := w.Suggest(ctx, w.customer, w.devices["A-1"], dispatch.Category(category), "en")
		if err != nil || category == "paper_jam" && (len(hits) != 1 || hits[0].Slug != "papirstopp" || hits[0].OtherLanguage) {
			t.Errorf("%s: %+v, %v", category, hits, err)
		}
	}
	// A device of the company that they do not follow, and one of nobody, are the same.
	for _, device := range []uuid.UUID{w.devices["A-2"], uuid.New()} {
		for what, ask := range map[string]func() error{
			"guide": func() error { _, err := w.MeterGuide(ctx, w.customer, device, "nb"); return err },
			"search": func() error {
				_, err := w.SearchFor(ctx, w.customer, device, knowledge.Query{Language: "nb"})
				return err
			},
			"suggest": func() error { _, err := w.Suggest(ctx, w.customer, device, "paper_jam", "nb"); return err },
			"another": func() error { _, err := w.MeterGuide(ctx, stranger, w.devices["A-1"], "nb"); return err },
		} {
			if err := ask(); fault.ReasonOf(err) != "device_not_found" {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	if _, err := w.SearchFor(ctx, w.customer, w.devices["A-1"], knowledge.Query{Model: uuid.New()}); fault.ReasonOf(err) != "model_and_device" {
		t.Errorf("model and device: %v", err)
	}
}
