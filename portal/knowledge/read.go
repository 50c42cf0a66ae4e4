package knowledge

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/identity"
	"utsendt/portal"
)

func none(err error) bool { return errors.Is(err, sql.ErrNoRows) }

func failed(what string, err error) error { return fmt.Errorf("knowledge: %s: %w", what, err) }

// Read gives an article in a language, or in the other where it is not there in it. NotFound ("article_not_found"), also for
// one that is withdrawn.
func (s *Service) Read(ctx context.Context, slug, language string) (Article, error) {
	e, err := bySlug(ctx, s.db, slug)
	if err != nil {
		return Article{}, err
	}
	if e.WithdrawnAt != nil {
		return Article{}, errNotFound
	}
	a := Article{Slug: e.Slug, Topic: e.Topic, Models: e.Models}
	a.Text, a.OtherLanguage = e.in(language)
	return a, nil
}

// Get gives an article in all its languages to staff. Forbidden ("role_forbidden"), NotFound ("article_not_found").
func (s *Service) Get(ctx context.Context, actor identity.Actor, slug string) (Edited, error) {
	if err := portal.StaffOnly(actor); err != nil {
		return Edited{}, err
	}
	return bySlug(ctx, s.db, slug)
}

func bySlug(ctx context.Context, db bun.IDB, slug string) (Edited, error) {
	if !slugForm.MatchString(slug) {
		return Edited{}, errNotFound
	}
	return one(ctx, db, "a.slug = ?", slug)
}

func byID(ctx context.Context, db bun.IDB, id uuid.UUID) (Edited, error) {
	return one(ctx, db, "a.id = ?", id)
}

func one(ctx context.Context, db bun.IDB, where string, arg any) (Edited, error) {
	var row struct {
		ID                   uuid.UUID
		Slug                 string
		Topic                Topic
		Version              int64
		CreatedAt, UpdatedAt bun.NullTime
		WithdrawnAt          *time.Time
		Models               []string `bun:",array"`
		Texts                []Text   `bun:"type:jsonb"`
	}
	err := db.NewRaw(`SELECT a.id, a.slug, a.topic, a.version, a.created_at, a.updated_at, a.withdrawn_at,
			ARRAY(SELECT m.name FROM article_models am JOIN models m ON m.id = am.model_id WHERE am.article_id = a.id
				ORDER BY m.name COLLATE "C") AS models,
			(SELECT jsonb_agg(jsonb_build_object('language', t.language, 'title', t.title, 'body', t.body)
				ORDER BY t.language DESC) FROM article_texts t WHERE t.article_id = a.id) AS texts
		FROM articles a WHERE `+where, arg).Scan(ctx, &row)
	if none(err) {
		return Edited{}, errNotFound
	}
	if err != nil {
		return Edited{}, failed("reading an article", err)
	}
	if len(row.Texts) == 0 {
		return Edited{}, errNotFound // written by somebody else than us, and nothing to show
	}
	return Edited{
		ID: row.ID, Version: row.Version, CreatedAt: row.CreatedAt.Time, UpdatedAt: row.UpdatedAt.Time, WithdrawnAt: row.WithdrawnAt,
		Content: Content{Slug: row.Slug, Topic: row.Topic, Models: slices.Clip(row.Models), Texts: row.Texts},
	}, nil
}
