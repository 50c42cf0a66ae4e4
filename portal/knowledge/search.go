package knowledge

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Service is the knowledge base. It is safe for any number of goroutines.
type Service struct {
	db *postgres.DB
}

// New makes a Service on a migrated database.
func New(db *postgres.DB) *Service { return &Service{db: db} }

// Query asks for articles.
type Query struct {
	// Text is any text; see query.go. Without a word in it, all articles are found, by title.
	Text string
	// Model keeps the articles for that model and those for all; uuid.Nil keeps all.
	Model uuid.UUID
	// Topic keeps those about it; empty keeps all.
	Topic Topic
	// Language is "nb" or "en"; what fits in it comes first.
	Language string
	// Which are looked for; the zero value means those that customers read.
	Which Which
	// PageSize is 1 to 100; 0 means 10. PageToken is the former page's, or empty.
	PageSize  int
	PageToken string
}

// Which says whether withdrawn articles are looked for. Only staff are shown those.
type Which int

// Articles that customers read, those that are withdrawn, and both.
const (
	Published Which = iota
	Withdrawn
	Both
)

// Hit is an article that was found.
type Hit struct {
	Slug  string
	Topic Topic
	// Language is that of Title and Snippet; OtherLanguage is true when it is not the one asked for.
	Language      string
	OtherLanguage bool
	Title         string
	Snippet       []Part
	// Withdrawn from customers.
	Withdrawn bool

	rank float64
}

// Page is a page of hits.
type Page struct {
	Hits []Hit
	// NextPageToken is empty on the last page.
	NextPageToken string
}

// hitKey is what a page token holds: by what hits are sorted.
type hitKey struct {
	Other bool    `json:"o"`
	Rank  float64 `json:"r"`
	Title string  `json:"t"`
	Slug  string  `json:"s"`
}

// dictionary is PostgreSQL's for the language of the row x.
const dictionary = `CASE x.language WHEN 'nb' THEN 'norwegian'::regconfig ELSE 'english'::regconfig END`

// found gives an article once: in the language asked for where it fits in that, and otherwise in the other. $1 language,
// $2 whether there are words, $3 to $5 the words, $6 topic, $7 model, $14 which.
var found = `WITH q AS MATERIALIZED (SELECT ` + asked("norwegian") + ` AS nb, ` + asked("english") + ` AS en),
	x AS (SELECT DISTINCT ON (x.article_id) x.article_id, x.language, x.title, x.body, x.language <> $1 AS other,
			CASE x.language WHEN 'nb' THEN q.nb ELSE q.en END AS query,
			CASE WHEN $2 THEN ts_rank(x.search, CASE x.language WHEN 'nb' THEN q.nb ELSE q.en END)::float8 ELSE 0 END
				* CASE WHEN $7::uuid IS NOT NULL AND EXISTS (SELECT FROM article_models m
					WHERE m.article_id = x.article_id AND m.model_id = $7) THEN 2 ELSE 1 END AS rank
		FROM article_texts x CROSS JOIN q
		WHERE NOT $2 OR x.language = 'nb' AND x.search @@ q.nb OR x.language = 'en' AND x.search @@ q.en
		ORDER BY x.article_id, x.language <> $1)
	SELECT a.slug, a.topic, x.language, x.other, x.title, x.rank, x.body, x.query, x.article_id,
		a.withdrawn_at IS NOT NULL AS withdrawn
	FROM x JOIN articles a ON a.id = x.article_id
	WHERE ($6 = '' OR a.topic = $6) AND ($14::int = 2 OR (a.withdrawn_at IS NOT NULL) = ($14::int = 1))
		AND ($7::uuid IS NULL OR NOT EXISTS (SELECT FROM article_models m WHERE m.article_id = a.id)
			OR EXISTS (SELECT FROM article_models m WHERE m.article_id = a.id AND m.model_id = $7))`

// asked reads the words with a dictionary: as they stand, or with the last as a beginning.
func asked(dictionary string) string {
	whole := `websearch_to_tsquery('` + dictionary + `', $3)`
	return `CASE WHEN $5 = '' THEN ` + whole + ` ELSE ` + whole + ` || (websearch_to_tsquery('` + dictionary + `', $4)
		&& to_tsquery('` + dictionary + `', $5 || ':*')) END`
}

// ranked sorts and pages. $8 whether there is a page before, $9 to $12 its last hit, $13 how many.
var ranked = `SELECT slug, topic, language, other, title, rank, CASE WHEN $2 THEN ` + headlineSQL(dictionary, "x.body", "x.query") + `
		ELSE left(x.body, 0) END, withdrawn
	FROM (SELECT * FROM (` + found + `) f
		WHERE NOT $8 OR (other, -rank, title, slug) > ($9, -$10::float8, $11, $12)
		ORDER BY other, rank DESC, title, slug LIMIT $13) x
	ORDER BY other, rank DESC, title, slug`

// Search finds articles. It is Invalid for a bad page size or token, and for nothing else.
func (s *Service) Search(ctx context.Context, q Query) (Page, error) {
	size, err := portal.PageSize(q.PageSize)
	if err != nil {
		return Page{}, err
	}
	var after hitKey
	if q.PageToken != "" {
		if err := portal.ReadPageToken(q.PageToken, &after); err != nil {
			return Page{}, err
		}
		if !portal.Storable(after.Title) || !portal.Storable(after.Slug) {
			return Page{}, portal.ErrPageToken
		}
	}
	w := read(q.Text)
	if utterly := strings.TrimSpace(w.whole); utterly != "" && w.empty() {
		return Page{}, nil // nothing but signs
	}
	rows, err := s.db.Pool.Query(ctx, ranked, q.Language, !w.empty(), w.whole, w.head, w.last, string(q.Topic), orNull(q.Model),
		q.PageToken != "", after.Other, after.Rank, after.Title, after.Slug, size+1, int(q.Which))
	if err != nil {
		return Page{}, fmt.Errorf("knowledge: searching: %w", err)
	}
	hits, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (h Hit, err error) {
		var headline string
		err = row.Scan(&h.Slug, &h.Topic, &h.Language, &h.OtherLanguage, &h.Title, &h.rank, &headline, &h.Withdrawn)
		h.Snippet = parts(headline)
		return h, err
	})
	if err != nil {
		return Page{}, fmt.Errorf("knowledge: searching: %w", err)
	}
	page := Page{Hits: hits}
	if len(hits) > size {
		page.Hits = hits[:size]
		last := hits[size-1]
		if page.NextPageToken, err = portal.PageToken(hitKey{last.OtherLanguage, last.rank, last.Title, last.Slug}); err != nil {
			return Page{}, fmt.Errorf("knowledge: making a page token: %w", err)
		}
	}
	return page, nil
}

func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
