package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

// errSignInFailed does not say which of the two was wrong, nor whether the person exists.
var errSignInFailed = fault.NewUnauthenticated("sign_in_failed", "The user ID or the password is wrong.")

// SignIn checks the pair and starts a session. The token is handed out here and never again. label is what
// the device calls itself, address where the call came from ("" counts for no address). With roles, only a
// person who has one of them may sign in here.
//
// A temporary password (see AnswerRecovery) is taken once: the password before it ends, and the person must
// choose a new one.
//
// Errors: Unauthenticated sign_in_failed for a wrong password, an unknown and a disabled person alike;
// Limited sign_in_limited with the wait after too many failures for the user ID or the address; Limited
// sign_in_busy when too many sign in at once; Forbidden role_refused for the right pair with another role.
func (s *Service) SignIn(ctx context.Context, userID, password string, kind SessionKind, label, address string,
	roles ...Role,
) (token string, session Session, person Person, err error) {
	userID = NormalizeUserID(userID)
	fail := func(err error) (string, Session, Person, error) { return "", Session{}, Person{}, err }

	proof, err := s.verify(ctx, userID, password, address, uuid.Nil)
	if err != nil {
		return fail(err)
	}
	if len(roles) > 0 && !slices.Contains(roles, proof.Role) {
		if err := clearThrottle(ctx, s.db, userID); err != nil { // it was no guess
			return fail(err)
		}
		return fail(fault.NewForbidden("role_refused", "You may not sign in here."))
	}
	var fresh string
	if proof.outdated {
		if fresh, err = s.hasher.hash(ctx, password); err != nil {
			return fail(err)
		}
	}
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		// The person is read again under a lock: one who was disabled, or whose password was changed,
		// while the hash was computed must not get in.
		person = Person{}
		err := tx.NewSelect().Model(&person).Where("user_id = ?", userID).For("NO KEY UPDATE").Scan(ctx)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return errSignInFailed
		case err != nil:
			return fmt.Errorf("identity: reading a person: %w", err)
		case person.DisabledAt != nil || person.PasswordHash != proof.PasswordHash:
			return errSignInFailed
		}
		begin := entry{kind: kind, method: ByPassword, label: label, address: address}
		if proof.temporary {
			begin.method = ByTemporaryPassword
		}
		if token, session, err = startSession(ctx, tx, person.ID, begin); err != nil {
			return err
		}
		if proof.temporary {
			err = proof.use(ctx, tx, &person, session)
		} else {
			err = letIn(ctx, tx, &person, fresh)
		}
		if err != nil {
			return err
		}
		return clearThrottle(ctx, tx, userID)
	})
	if err != nil {
		return fail(err)
	}
	return token, session, person, nil
}

// letIn notes what a sign-in with the person's own password changes: the hash where it was outdated, and that
// the account is in use.
func letIn(ctx context.Context, tx postgres.Tx, person *Person, fresh string) error {
	now := tx.Now()
	activate := person.ActivatedAt == nil && !person.MustChangePassword
	if fresh == "" && !activate {
		return nil
	}
	if fresh != "" {
		person.PasswordHash = fresh
	}
	if activate {
		person.ActivatedAt = &now
	}
	_, err := tx.NewUpdate().Model(person).Column("password_hash", "activated_at").WherePK().Exec(ctx)
	if err != nil {
		return fmt.Errorf("identity: noting a sign-in: %w", err)
	}
	return nil
}

// clearThrottle forgets the failures of a user ID; those of the address stay.
func clearThrottle(ctx context.Context, db bun.IDB, userID string) error {
	_, err := db.NewRaw("DELETE FROM sign_in_throttle WHERE key = ?", userKey(userID)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("identity: clearing the throttle: %w", err)
	}
	return nil
}
