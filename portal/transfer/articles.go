package transfer

import (
	"context"
	"regexp"

	"github.com/jackc/pgx/v5"
)

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// slug is what stands in a page's address.
var slug = text(100).then(func(s string) (string, error) {
	if !slugForm.MatchString(s) {
		return "", refuse("slug_malformed", "", "%q is no slug: small letters a to z, digits, and single hyphens between.", s)
	}
	return s, nil
})

var articles = table{
	kind:  Articles,
	about: "Articles of the knowledge base, in Markdown. Known by their slug. Each has a title and a body in one language or in both.",
	columns: []column{
		{name: "slug", need: key, parse: slug, stored: "t.slug",
			meaning: "Stands in the page's address: small letters a to z, digits, single hyphens between", example: "papirstopp"},
		{name: "topic", need: required, parse: oneOf("meter_reading", "fault", "supplies", "set_up", "general"), stored: "t.topic",
			meaning: "meter_reading, fault, supplies, set_up or general", example: "fault"},
		{name: "models", parse: modelNames, stored: modelNamesSQL("article_models", "l.article_id = t.id"),
			meaning: "Names of the models it is for, with `|` between; empty means all; `\\|` stands for a bar in a name", example: "Polar C300"},
		{name: "title_nb", parse: text(200), stored: "coalesce(nb.title, '')", free: true,
			meaning: "Title in bokmål", example: "Papirstopp"},
		{name: "body_nb", parse: prose(20000), stored: "coalesce(nb.body, '')", free: true,
			meaning: "Markdown in bokmål; line ends are kept", example: "Ta ut papiret."},
		{name: "title_en", parse: text(200), stored: "coalesce(en.title, '')", free: true,
			meaning: "Title in English", example: "Paper jam"},
		{name: "body_en", parse: prose(20000), stored: "coalesce(en.body, '')", free: true,
			meaning: "Markdown in English; line ends are kept", example: "Remove the paper."},
		{name: "withdrawn", parse: yesNo, absent: "false", stored: "(t.withdrawn_at IS NOT NULL)::text",
			meaning: "true when customers and technicians have it no more", example: "false"},
	},
	from: `articles t LEFT JOIN article_texts nb ON nb.article_id = t.id AND nb.language = 'nb'
		LEFT JOIN article_texts en ON en.article_id = t.id AND en.language = 'en'`,
	id: "t.id::text",
	upsert: `INSERT INTO articles AS t (id, slug, topic, version, created_at, updated_at, withdrawn_at)
		SELECT r.id::uuid, r.slug, r.topic, 1, r.now, r.now, CASE WHEN r.withdrawn::boolean THEN r.now END FROM r
		ON CONFLICT (slug) DO UPDATE SET topic = excluded.topic, version = t.version + 1, updated_at = excluded.updated_at,
			withdrawn_at = CASE WHEN excluded.withdrawn_at IS NOT NULL THEN coalesce(t.withdrawn_at, excluded.withdrawn_at) END`,
	check: checkArticles,
	after: writeArticle,
}

func checkArticles(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	for _, d := range drafts {
		some := false
		for _, language := range []string{"nb", "en"} {
			title, body := d.cells[t.at("title_"+language)], d.cells[t.at("body_"+language)]
			some = some || title != ""
			if (title == "") != (body == "") {
				d.refuse("article_half", "body_"+language, "A title and a body are given together or not at all.")
			}
		}
		if !some {
			d.refuse("article_empty", "title_nb", "An article has a text in one language at least.")
		}
	}
	return modelsExist(ctx, tx, t, drafts)
}

// writeArticle writes texts and models.
func writeArticle(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	slugs := cellsOf(drafts, t.at("slug"))
	if _, err := tx.Exec(ctx, `DELETE FROM article_texts x USING articles a WHERE a.id = x.article_id AND a.slug = ANY($1)`, slugs); err != nil {
		return err
	}
	for _, language := range []string{"nb", "en"} {
		if _, err := tx.Exec(ctx, `INSERT INTO article_texts (article_id, language, title, body)
			SELECT a.id, $4, w.title, w.body FROM unnest($1::text[], $2::text[], $3::text[]) AS w(slug, title, body)
				JOIN articles a ON a.slug = w.slug WHERE w.title <> ''`,
			slugs, cellsOf(drafts, t.at("title_"+language)), cellsOf(drafts, t.at("body_"+language)), language); err != nil {
			return err
		}
	}
	return writeModels(ctx, tx, t, drafts, "article_models", "article_id", "articles", "slug")
}
