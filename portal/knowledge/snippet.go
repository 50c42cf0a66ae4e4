package knowledge

import "strings"

// Part is a part of a snippet: plain text.
type Part struct {
	Text string
	// Found is true for the words that were looked for.
	Found bool
}

// PostgreSQL marks what it found with these letters, which are for private use; texts that hold them lose them first.
const (
	foundStart = "\uE000"
	foundStop  = "\uE001"
)

// headlineSQL gives a snippet of a body, without the marks of Markdown. Its parameters are the dictionary, the body and the
// query.
func headlineSQL(dictionary, body, query string) string {
	return `ts_headline(` + dictionary + `, regexp_replace(regexp_replace(` + body + `, '\]\([^)]*\)', '', 'g'),
		'[][*#` + "`" + `<>_|~\\` + foundStart + foundStop + `]+', '', 'g'), ` + query + `,
		'StartSel=` + foundStart + `, StopSel=` + foundStop + `, MaxFragments=2, MinWords=8, MaxWords=20, FragmentDelimiter=" … "')`
}

// parts takes a headline apart.
func parts(headline string) []Part {
	var all []Part
	add := func(text string, found bool) {
		if text != "" {
			all = append(all, Part{Text: text, Found: found})
		}
	}
	text := strings.Join(strings.Fields(headline), " ")
	for text != "" {
		before, rest, marked := strings.Cut(text, foundStart)
		add(strings.ReplaceAll(before, foundStop, ""), false)
		if !marked {
			break
		}
		found, after, _ := strings.Cut(rest, foundStop)
		add(found, true)
		text = after
	}
	return all
}
