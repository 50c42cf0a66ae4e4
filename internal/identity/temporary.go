package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/postgres"
)

// TemporaryLife is how long a temporary password is good for.
const TemporaryLife = 30 * time.Minute

// temporaryAlphabet has no letters that are easily taken for another. Its 32 letters make 5 bits each.
const temporaryAlphabet = "abcdefghijkmnpqrstuvwxyz23456789"

// temporaryLength in letters: 80 random bits, so that a plain hash gives nothing to guess from.
const temporaryLength = 16

// newTemporary gives a temporary password in groups of four, and the hash that is stored of it.
func newTemporary() (password string, hash []byte) {
	raw := make([]byte, temporaryLength)
	_, _ = rand.Read(raw) // never fails, by its documentation
	var text strings.Builder
	for i, b := range raw {
		if i > 0 && i%4 == 0 {
			text.WriteByte('-')
		}
		text.WriteByte(temporaryAlphabet[int(b)%len(temporaryAlphabet)])
	}
	sum := sha256.Sum256([]byte(text.String()))
	return text.String(), sum[:]
}

// giveTemporary makes a temporary password for the person, in place of an unused one of the same recovery or an
// earlier one. One that was used already for the same recovery stays used: then it gives false.
func giveTemporary(ctx context.Context, tx postgres.Tx, personID, recovery uuid.UUID) (string, bool, error) {
	password, hash := newTemporary()
	res, err := tx.NewRaw(`INSERT INTO temporary_passwords AS t (person_id, recovery_id, hash, expires_at)
		VALUES (?, ?, ?, ?) ON CONFLICT (person_id) DO UPDATE SET recovery_id = excluded.recovery_id,
			hash = excluded.hash, expires_at = excluded.expires_at, session_id = NULL, used_at = NULL
		WHERE t.recovery_id <> excluded.recovery_id OR t.used_at IS NULL`,
		personID, recovery, hash, tx.Now().Add(TemporaryLife)).Exec(ctx)
	if err != nil {
		return "", false, fmt.Errorf("identity: storing a temporary password: %w", err)
	}
	n, err := res.RowsAffected()
	return password, n == 1, err
}

// use spends the temporary password for the session it began. The password before it counts no more, and a new
// one must be chosen.
func (p proof) use(ctx context.Context, tx postgres.Tx, person *Person, session Session) error {
	res, err := tx.NewRaw(`UPDATE temporary_passwords SET used_at = ?0, session_id = ?1
		WHERE person_id = ?2 AND hash = ?3 AND used_at IS NULL AND expires_at > ?0`,
		tx.Now(), session.ID, person.ID, p.TemporaryHash).Exec(ctx)
	if err != nil {
		return fmt.Errorf("identity: spending a temporary password: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errSignInFailed // somebody was faster
	}
	before := person.audited()
	person.PasswordHash, person.MustChangePassword, person.UpdatedAt = "", true, tx.Now()
	_, err = tx.NewUpdate().Model(person).Column("password_hash", "must_change_password", "updated_at").WherePK().Exec(ctx)
	if err != nil {
		return fmt.Errorf("identity: ending a password: %w", err)
	}
	by := person.actor(session, session.Address)
	return audit.Write(ctx, tx, by, "person.use_temporary_password", "person", person.ID, before, person.audited())
}
