package knowledge_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"utsendt/portal/knowledge"
)

// BenchmarkSearch searches 2,000 articles in two languages and, beside it, reads one by its primary key. "x-read" is how
// many times longer a search takes.
func BenchmarkSearch(b *testing.B) {
	w := newWorld(b)
	draw := rand.New(rand.NewPCG(1, 2))
	vocabulary := make([]string, 3000)
	for i := range vocabulary {
		vocabulary[i] = fmt.Sprintf("ord%c%d", 'a'+rune(i%26), i)
	}
	text := func() string {
		var words []string
		for range 150 {
			// Some words are everywhere and most are rare, as in any language.
			words = append(words, vocabulary[int(float64(len(vocabulary))*draw.Float64()*draw.Float64()*draw.Float64())])
		}
		return strings.Join(words, " ")
	}
	var rows strings.Builder
	for i := range 2000 {
		for _, language := range knowledge.Languages {
			fmt.Fprintf(&rows, "a-%d\t%s\t%s\t%s\n", i, language, text()[:40], text())
		}
	}
	for _, sql := range []string{
		`INSERT INTO articles SELECT gen_random_uuid(), f[1], 'general', 1, now(), now()
			FROM (SELECT DISTINCT string_to_array(split_part(line, E'\t', 1), '|') f FROM regexp_split_to_table($1, E'\n') line WHERE line <> '') x`,
		`INSERT INTO article_texts SELECT a.id, f[2], btrim(f[3]), btrim(f[4])
			FROM (SELECT string_to_array(line, E'\t') f FROM regexp_split_to_table($1, E'\n') line WHERE line <> '') x JOIN articles a ON a.slug = f[1]`,
	} {
		if _, err := w.db.Pool.Exec(b.Context(), sql, rows.String()); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := w.db.Pool.Exec(b.Context(), `ANALYZE`); err != nil {
		b.Fatal(err)
	}
	var searching, reading time.Duration
	n := 0
	for b.Loop() {
		query := vocabulary[50+n%2000] + " or " + vocabulary[60+n*7%2000]
		start := time.Now()
		if _, err := w.Search(b.Context(), knowledge.Query{Text: query, Language: "nb"}); err != nil {
			b.Fatal(err)
		}
		searching += time.Since(start)
		start = time.Now()
		var title string
		if err := w.db.Pool.QueryRow(b.Context(), `SELECT slug FROM articles WHERE slug = $1`, fmt.Sprintf("a-%d", n%2000)).Scan(&title); err != nil {
			b.Fatal(err)
		}
		reading += time.Since(start)
		n++
	}
	b.ReportMetric(float64(searching.Microseconds())/float64(n), "µs/search")
	b.ReportMetric(float64(searching)/float64(reading), "x-read")
}
