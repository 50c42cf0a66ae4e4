package knowledge

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Bounds on what staff write.
const (
	maxSlug  = 100
	maxTitle = 200
	maxBody  = 20000
)

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Create writes an article, once for the operation. Forbidden ("role_forbidden"), Exists ("slug_taken"), Invalid for
// what cannot be stored.
func (s *Service) Create(ctx context.Context, actor identity.Actor, operation uuid.UUID, c Content) (Edited, error) {
	return s.change(ctx, actor, operation, "article.create", c, func(ctx context.Context, tx postgres.Tx) (Edited, error) {
		c, err := checked(c)
		if err != nil {
			return Edited{}, err
		}
		id, err := uuid.NewV7()
		if err != nil {
			return Edited{}, failed("making an id", err)
		}
		inserted, err := tx.NewRaw(`INSERT INTO articles (id, slug, topic, version, created_at, updated_at)
			VALUES (?, ?, ?, 1, ?, ?) ON CONFLICT (slug) DO NOTHING`, id, c.Slug, c.Topic, tx.Now(), tx.Now()).Exec(ctx)
		if err != nil {
			return Edited{}, failed("storing an article", err)
		}
		if n, err := inserted.RowsAffected(); err != nil || n == 0 {
			return Edited{}, taken(err)
		}
		return finish(ctx, tx, actor, "article.create", id, c, nil)
	})
}

// Update makes an article what c says. Errors as for Create; NotFound ("article_not_found"), Stale ("article_changed")
// when version is not that of the article.
func (s *Service) Update(ctx context.Context, actor identity.Actor, operation, id uuid.UUID, version int64, c Content) (Edited, error) {
	asked := []any{id, version, c}
	return s.change(ctx, actor, operation, "article.update", asked, func(ctx context.Context, tx postgres.Tx) (Edited, error) {
		c, err := checked(c)
		if err != nil {
			return Edited{}, err
		}
		before, err := hold(ctx, tx, id, version)
		if err != nil {
			return Edited{}, err
		}
		if c.Slug != before.Slug {
			var there bool
			if err := tx.NewRaw(`SELECT EXISTS (SELECT FROM articles WHERE slug = ?)`, c.Slug).Scan(ctx, &there); err != nil || there {
				return Edited{}, taken(err)
			}
		}
		if _, err := tx.NewRaw(`UPDATE articles SET slug = ?, topic = ?, version = version + 1, updated_at = ? WHERE id = ?`,
			c.Slug, c.Topic, tx.Now(), id).Exec(ctx); err != nil {
			return Edited{}, taken(err)
		}
		for _, table := range []string{"article_texts", "article_models"} {
			if _, err := tx.NewRaw(`DELETE FROM `+table+` WHERE article_id = ?`, id).Exec(ctx); err != nil {
				return Edited{}, failed("clearing an article", err)
			}
		}
		return finish(ctx, tx, actor, "article.update", id, c, before)
	})
}

// Delete removes an article. Errors as for Update.
func (s *Service) Delete(ctx context.Context, actor identity.Actor, operation, id uuid.UUID, version int64) error {
	_, err := s.change(ctx, actor, operation, "article.delete", []any{id, version}, func(ctx context.Context, tx postgres.Tx) (Edited, error) {
		before, err := hold(ctx, tx, id, version)
		if err != nil {
			return Edited{}, err
		}
		if _, err := tx.NewRaw(`DELETE FROM articles WHERE id = ?`, id).Exec(ctx); err != nil {
			return Edited{}, failed("deleting an article", err)
		}
		return before, audit.Write(ctx, tx, actor, "article.delete", "article", id, before, nil)
	})
	return err
}

// SetWithdrawn takes an article from customers and technicians, at once, or gives it back to them; staff keep it. What is so
// already stays as it is. Errors as for Update.
func (s *Service) SetWithdrawn(ctx context.Context, actor identity.Actor, operation, id uuid.UUID, version int64, withdrawn bool) (Edited, error) {
	action := "article.restore"
	if withdrawn {
		action = "article.withdraw"
	}
	return s.change(ctx, actor, operation, action, []any{id, version}, func(ctx context.Context, tx postgres.Tx) (Edited, error) {
		before, err := hold(ctx, tx, id, version)
		if err != nil || withdrawn == (before.WithdrawnAt != nil) {
			return before, err
		}
		if _, err := tx.NewRaw(`UPDATE articles SET withdrawn_at = CASE WHEN ? THEN ?::timestamptz END, version = version + 1, updated_at = ? WHERE id = ?`,
			withdrawn, tx.Now(), tx.Now(), id).Exec(ctx); err != nil {
			return Edited{}, failed("withdrawing an article", err)
		}
		after, err := byID(ctx, tx, id)
		if err != nil {
			return Edited{}, err
		}
		return after, audit.Write(ctx, tx, actor, action, "article", id, before, after)
	})
}

// change does a change once.
func (s *Service) change(ctx context.Context, actor identity.Actor, operation uuid.UUID, kind string, asked any,
	fn func(context.Context, postgres.Tx) (Edited, error),
) (result Edited, err error) {
	if err := portal.StaffOnly(actor); err != nil {
		return Edited{}, err
	}
	result, err = once.InTx(ctx, s.db, once.Key{Person: actor.PersonID, ID: operation, Kind: kind}, asked, fn)
	if postgres.IsUnique(err, "articles_slug_key") {
		err = taken(nil) // two at once
	}
	return result, err
}

// finish writes texts and models, and the audit line.
func finish(ctx context.Context, tx postgres.Tx, actor identity.Actor, action string, id uuid.UUID, c Content, before any) (Edited, error) {
	for _, t := range c.Texts {
		if _, err := tx.NewRaw(`INSERT INTO article_texts (article_id, language, title, body) VALUES (?, ?, ?, ?)`,
			id, t.Language, t.Title, t.Body).Exec(ctx); err != nil {
			return Edited{}, failed("storing a text", err)
		}
	}
	for _, name := range c.Models {
		stored, err := tx.NewRaw(`INSERT INTO article_models (article_id, model_id) SELECT ?, id FROM models WHERE name = ?`, id, name).Exec(ctx)
		if err != nil {
			return Edited{}, failed("storing a model", err)
		}
		if n, err := stored.RowsAffected(); err != nil {
			return Edited{}, failed("storing a model", err)
		} else if n == 0 {
			return Edited{}, fault.NewInvalid("content.models", "model_unknown", "There is no model "+name+".", fault.Param("model", name))
		}
	}
	after, err := byID(ctx, tx, id)
	if err != nil {
		return Edited{}, err
	}
	return after, audit.Write(ctx, tx, actor, action, "article", id, before, after)
}

// hold locks an article that must be at a version.
func hold(ctx context.Context, tx postgres.Tx, id uuid.UUID, version int64) (Edited, error) {
	var at int64
	err := tx.NewRaw(`SELECT version FROM articles WHERE id = ? FOR UPDATE`, id).Scan(ctx, &at)
	if none(err) {
		return Edited{}, errNotFound
	}
	if err != nil {
		return Edited{}, failed("holding an article", err)
	}
	if at != version {
		return Edited{}, fault.NewStale("article_changed", "Somebody changed the article meanwhile. Read it again.",
			fault.Field("version"), fault.Param("version", fmt.Sprint(at)))
	}
	return byID(ctx, tx, id)
}

// taken is the answer to a slug of another article, unless something else failed.
func taken(err error) error {
	if err != nil {
		return failed("storing an article", err)
	}
	return fault.NewExists("slug_taken", "Another article has this slug.", fault.Field("content.slug"))
}

// checked gives content in the form in which it is stored.
func checked(c Content) (Content, error) {
	if !slugForm.MatchString(c.Slug) || len(c.Slug) > maxSlug {
		return c, fault.NewInvalid("content.slug", "slug_malformed", "The slug holds small letters a to z, digits, and single hyphens between.")
	}
	if !slices.Contains(Topics, c.Topic) {
		return c, fault.NewInvalid("content.topic", "topic_unknown", "There is no such topic.")
	}
	models := make([]string, 0, len(c.Models))
	for _, name := range c.Models {
		models = append(models, strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), "\uFFFD"))
	}
	slices.Sort(models)
	c.Models = slices.Compact(models)
	texts := make([]Text, 0, len(c.Texts))
	for _, language := range Languages {
		for _, t := range c.Texts {
			if t.Language == language {
				texts = append(texts, Text{Language: language, Title: tidyTitle(t.Title), Body: Tidy(t.Body)})
			}
		}
	}
	switch {
	case len(texts) == 0 || len(texts) != len(c.Texts):
		return c, fault.NewInvalid("content.texts", "languages_wrong", "An article has a text in nb, in en or in both.")
	case len(texts) == 2 && texts[0].Language == texts[1].Language:
		return c, fault.NewInvalid("content.texts", "language_twice", "An article has one text in each language.")
	}
	for _, t := range texts {
		switch {
		case t.Title == "" || t.Body == "":
			return c, fault.NewInvalid("content.texts", "text_empty", "A text needs a title and a body.")
		case utf8.RuneCountInString(t.Title) > maxTitle || utf8.RuneCountInString(t.Body) > maxBody:
			return c, fault.NewInvalid("content.texts", "text_too_long", "A title has at most 200 letters, and a body 20,000.")
		}
	}
	c.Texts = texts
	return c, nil
}
