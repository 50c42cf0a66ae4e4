package identity

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

// ChangePassword gives the signed-in person a new password of their choice and ends their other sessions.
//
// Errors: Invalid (new_password) for a new password that is too short, common, personal or the old one;
// Forbidden password_wrong for a wrong current password, which counts as a failed sign-in; Limited as for
// SignIn.
func (s *Service) ChangePassword(ctx context.Context, actor Actor, current, next string) error {
	person, err := ByID(ctx, s.db, actor.PersonID)
	if err != nil {
		return err
	}
	if err := checkPassword(next, "new_password", person); err != nil {
		return err
	}
	if next == current {
		return fault.NewInvalid("new_password", "password_unchanged", "The new password must be another one.")
	}
	proof, err := s.confirmPassword(ctx, actor, person.UserID, current)
	if err != nil {
		return err
	}
	person = proof.Person
	hash, err := s.hasher.hash(ctx, next)
	if err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		return s.replacePassword(ctx, tx, actor, person, hash, false, actor.SessionID, "person.change_password")
	})
}

// confirmPassword makes sure that it is the signed-in person who asks: by their password, or in the session that
// a temporary one began by that.
func (s *Service) confirmPassword(ctx context.Context, actor Actor, userID, current string) (proof, error) {
	p, err := s.verify(ctx, userID, current, actor.Address, actor.SessionID)
	if fault.ReasonOf(err) == errSignInFailed.Reason {
		return proof{}, fault.NewForbidden("password_wrong", "The current password is wrong.", fault.Field("current_password"))
	}
	return p, err
}

// SetPassword gives the person another password on someone else's behalf, ends all their sessions and lets
// them try at once. mustChange makes them choose their own at the next sign-in.
//
// Errors: NotFound; Invalid (password) as for ChangePassword.
func (s *Service) SetPassword(ctx context.Context, actor Actor, personID uuid.UUID, password string, mustChange bool) error {
	person, err := ByID(ctx, s.db, personID)
	if err != nil {
		return err
	}
	if err := checkPassword(password, "password", person); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		return s.replacePassword(ctx, tx, actor, person, hash, mustChange, uuid.Nil, "person.set_password")
	})
}

// replacePassword stores the hash in place of the one that person was read with, ends the person's sessions but
// one and their temporary password, and tells them. With a password of their own choice the account is activated.
func (s *Service) replacePassword(ctx context.Context, tx postgres.Tx, actor Actor, person Person, hash string,
	mustChange bool, keep uuid.UUID, action string,
) error {
	before := person.audited()
	verified := person.PasswordHash
	now := tx.Now()
	person.PasswordHash, person.MustChangePassword, person.UpdatedAt = hash, mustChange, now
	if person.ActivatedAt == nil && actor.PersonID == person.ID && !mustChange {
		person.ActivatedAt = &now
	}
	res, err := tx.NewUpdate().Model(&person).Column("password_hash", "must_change_password", "activated_at", "updated_at").
		WherePK().Where("password_hash IS NOT DISTINCT FROM NULLIF(?, '')", verified).Exec(ctx)
	if err != nil {
		return fmt.Errorf("identity: storing a password: %w", err)
	}
	if n, err := res.RowsAffected(); err == nil && n == 0 {
		return fault.NewStale("password_changed_meanwhile", "The password was changed meanwhile. Please try again.")
	}
	if err := endSessions(ctx, tx, now, person.ID, keep); err != nil {
		return err
	}
	if _, err := tx.NewRaw("DELETE FROM temporary_passwords WHERE person_id = ?", person.ID).Exec(ctx); err != nil {
		return fmt.Errorf("identity: removing a temporary password: %w", err)
	}
	if err := clearThrottle(ctx, tx, person.UserID); err != nil {
		return err
	}
	if err := s.mailer.Mail(ctx, tx, Mail{Kind: MailPasswordChanged, Person: person.ID, Subject: person.ID, Page: "/account"}); err != nil {
		return err
	}
	return audit.Write(ctx, tx, actor, action, "person", person.ID, before, person.audited())
}

// HashPassword makes the argon2id hash of a password in PHC form, for imports and demo data that bring many people
// with one password.
func (s *Service) HashPassword(ctx context.Context, password string) (string, error) {
	return s.hasher.hash(ctx, password)
}
