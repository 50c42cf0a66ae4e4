package identity

import (
	"context"
	"fmt"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

// Migrate gives a person who is here already, but has never been in, the password hash they bring along from
// another system: they come in with the old password and must choose a new one, which activates the account. It
// reports whether it was taken: whoever has a password of ours, or was here before, keeps what they have. Again
// with the same it changes nothing.
//
// Errors: Invalid password_hash_malformed for what ValidHash does not take; NotFound.
func (s *Service) Migrate(ctx context.Context, actor Actor, userID, hash string) (taken bool, err error) {
	if !ValidHash(hash) {
		return false, fault.NewInvalid("password_hash", "password_hash_malformed",
			"The password hash must be argon2id, bcrypt or PBKDF2-SHA256, and stand alone.")
	}
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		var person Person
		err := tx.NewSelect().Model(&person).Where("user_id = ?", NormalizeUserID(userID)).For("NO KEY UPDATE").Scan(ctx)
		if err != nil {
			return notFound(err)
		}
		taken = person.ActivatedAt == nil && (person.PasswordHash == "" || OldHash(person.PasswordHash) || person.PasswordHash == hash)
		if !taken || person.PasswordHash == hash {
			return nil
		}
		before := person.audited()
		person.PasswordHash, person.MustChangePassword, person.UpdatedAt = hash, true, tx.Now()
		_, err = tx.NewUpdate().Model(&person).Column("password_hash", "must_change_password", "updated_at").WherePK().Exec(ctx)
		if err != nil {
			return fmt.Errorf("identity: storing a password: %w", err)
		}
		return audit.Write(ctx, tx, actor, "person.migrate_password", "person", person.ID, before, person.audited())
	})
	return taken, err
}
