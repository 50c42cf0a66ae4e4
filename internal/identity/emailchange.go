package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

// LinkLife is how long a link in a mail is good for.
const LinkLife = 24 * time.Hour

// errLink is the answer to every link that does not count: unknown, garbage, replaced or out of date.
var errLink = fault.NewNotFound("link_invalid", "The link is not valid any more.", fault.Field("token"))

// emailChange is a row of email_changes.
type emailChange struct {
	bun.BaseModel `bun:"table:email_changes"`

	ID          uuid.UUID  `bun:"id,pk,type:uuid"`
	PersonID    uuid.UUID  `bun:"person_id,type:uuid"`
	Email       string     `bun:"email"`
	CreatedAt   time.Time  `bun:"created_at"`
	ExpiresAt   time.Time  `bun:"expires_at"`
	ConfirmedAt *time.Time `bun:"confirmed_at"`
}

// wantEmail sends a link to the address that the person wants. One they wanted before counts no more.
func (s *Service) wantEmail(ctx context.Context, tx postgres.Tx, actor Actor, person Person, address string) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("identity: making an id: %w", err)
	}
	if _, err := tx.NewRaw("DELETE FROM email_changes WHERE person_id = ? AND confirmed_at IS NULL", person.ID).Exec(ctx); err != nil {
		return fmt.Errorf("identity: removing a wanted address: %w", err)
	}
	change := &emailChange{
		ID: id, PersonID: person.ID, Email: address, CreatedAt: tx.Now(), ExpiresAt: tx.Now().Add(LinkLife),
	}
	if _, err := tx.NewInsert().Model(change).Exec(ctx); err != nil {
		return fmt.Errorf("identity: storing a wanted address: %w", err)
	}
	if err := audit.Write(ctx, tx, actor, "person.want_email", "person", person.ID,
		map[string]any{"email": maskEmail(person.Email)}, map[string]any{"email": maskEmail(address)}); err != nil {
		return err
	}
	return s.mailer.Mail(ctx, tx, Mail{
		Kind: MailEmailConfirm, Person: person.ID, Address: address, Language: person.Language, Subject: id, Page: "/confirm",
	})
}

// ConfirmEmail makes the address that the token's link was sent to the person's, and tells the old one. Whoever
// has the token may confirm, signed in or not; again it changes nothing.
//
// Errors: NotFound link_invalid.
func (s *Service) ConfirmEmail(ctx context.Context, token, address string) error {
	hash, ok := hashToken(token)
	if !ok {
		return errLink
	}
	return postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		var change emailChange
		err := tx.NewSelect().Model(&change).Where("token_hash = ?", hash).For("UPDATE").Scan(ctx)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return errLink
		case err != nil:
			return fmt.Errorf("identity: reading a wanted address: %w", err)
		case change.ConfirmedAt != nil:
			return nil
		case !tx.Now().Before(change.ExpiresAt):
			return errLink
		}
		var person Person
		if err := tx.NewSelect().Model(&person).Where("id = ?", change.PersonID).For("NO KEY UPDATE").Scan(ctx); err != nil {
			return notFound(err)
		}
		if person.DisabledAt != nil {
			return errLink
		}
		if _, err := tx.NewRaw("UPDATE email_changes SET confirmed_at = ? WHERE id = ?", tx.Now(), change.ID).Exec(ctx); err != nil {
			return fmt.Errorf("identity: confirming an address: %w", err)
		}
		before := person
		person.Email, person.UpdatedAt = change.Email, tx.Now()
		if _, err := tx.NewUpdate().Model(&person).Column("email", "updated_at").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("identity: storing an address: %w", err)
		}
		if before.Email != "" {
			err := s.mailer.Mail(ctx, tx, Mail{
				Kind: MailEmailChanged, Person: person.ID, Address: before.Email, Language: person.Language,
				Subject: change.ID, Page: "/account",
			})
			if err != nil {
				return err
			}
		}
		by := Actor{PersonID: person.ID, Role: person.Role, Address: address}
		return audit.Write(ctx, tx, by, "person.change_email", "person", person.ID, before.described(), person.described())
	})
}
