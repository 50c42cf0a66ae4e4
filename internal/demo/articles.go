package demo

import (
	"embed"
	"strings"
)

//go:embed articles/*.md
var articleFiles embed.FS

// articles are what the knowledge base has: a topic, and the letters of the families they are for; none means all models.
var articles = []struct{ slug, topic, families string }{
	{"teller", "meter_reading", ""},
	{"teller-m", "meter_reading", "M"},
	{"teller-c", "meter_reading", "C"},
	{"teller-f", "meter_reading", "F"},
	{"teller-p", "meter_reading", "P"},
	{"papirstopp", "fault", ""},
	{"striper", "fault", ""},
	{"skriver-ikke-ut", "fault", ""},
	{"bytte-toner", "supplies", ""},
	{"skanne-til-nettverk", "set_up", ""},
	{"stifter", "supplies", "FP"},
}

// articleRows read the texts from articles/slug.language.md, of which the first line is the title.
func articleRows() rows {
	var all rows
	for _, a := range articles {
		var models []string
		for _, f := range families {
			if strings.Contains(a.families, f.letter) {
				models = append(models, f.models())
			}
		}
		row := []string{a.slug, a.topic, strings.Join(models, "|")}
		for _, language := range []string{"nb", "en"} {
			raw, err := articleFiles.ReadFile("articles/" + a.slug + "." + language + ".md")
			if err != nil {
				panic("demo: " + err.Error())
			}
			title, body, _ := strings.Cut(string(raw), "\n")
			row = append(row, strings.TrimPrefix(title, "# "), strings.TrimSpace(body))
		}
		all = append(all, append(row, "false")) // not withdrawn
	}
	return all
}
