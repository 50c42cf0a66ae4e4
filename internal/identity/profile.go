package identity

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

// SetLanguage sets the language of the signed-in person's pages and messages: "nb" or "en".
//
// Errors: Invalid (language); NotFound.
func (s *Service) SetLanguage(ctx context.Context, personID uuid.UUID, language string) error {
	if err := checkLanguage(language); err != nil {
		return err
	}
	res, err := s.db.NewUpdate().Model((*Person)(nil)).
		Set("language = ?", language).Set("updated_at = ?", s.db.Now()).Where("id = ?", personID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("identity: setting a language: %w", err)
	}
	if n, err := res.RowsAffected(); err == nil && n == 0 {
		return errPersonNotFound
	}
	return nil
}

// Disable keeps the person from signing in and ends all their sessions. One who is disabled already stays
// so, with the time it happened first. NotFound when there is none.
func (s *Service) Disable(ctx context.Context, actor Actor, personID uuid.UUID) error {
	return postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		var person Person
		err := tx.NewSelect().Model(&person).Where("id = ?", personID).For("UPDATE").Scan(ctx)
		if err != nil {
			return notFound(err)
		}
		if person.DisabledAt != nil {
			return nil
		}
		before, now := person.audited(), tx.Now()
		person.DisabledAt, person.UpdatedAt = &now, now
		if _, err := tx.NewUpdate().Model(&person).Column("disabled_at", "updated_at").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("identity: disabling a person: %w", err)
		}
		if err := endSessions(ctx, tx, now, person.ID, uuid.Nil); err != nil {
			return err
		}
		return audit.Write(ctx, tx, actor, "person.disable", "person", person.ID, before, person.audited())
	})
}

func checkLanguage(language string) error {
	if language != "nb" && language != "en" {
		return fault.NewInvalid("language", "language_unknown", "The language must be nb or en.")
	}
	return nil
}
