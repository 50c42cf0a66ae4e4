package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

// errSignInFailed does not say which of the two was wrong, nor whether the person exists.
var errSignInFailed = fault.NewUnauthenticated("sign_in_failed", "The user ID or the password is wrong.")

// maxLabel is the longest label of a session, in bytes.
const maxLabel = 200

// SignIn checks the pair and starts a session. The token is handed out here and never again. label is what
// the device calls itself, address where the call came from ("" counts for no address). With roles, only a
// person who has one of them may sign in here.
//
// Errors: Unauthenticated sign_in_failed for a wrong password, an unknown and a disabled person alike;
// Limited sign_in_limited with the wait after too many failures for the user ID or the address; Limited
// sign_in_busy when too many sign in at once; Forbidden role_refused for the right pair with another role.
func (s *Service) SignIn(ctx context.Context, userID, password string, kind SessionKind, label, address string,
	roles ...Role,
) (token string, session Session, person Person, err error) {
	userID = NormalizeUserID(userID)
	fail := func(err error) (string, Session, Person, error) { return "", Session{}, Person{}, err }

	outdated, person, err := s.verify(ctx, userID, password, address)
	if err != nil {
		return fail(err)
	}
	if len(roles) > 0 && !slices.Contains(roles, person.Role) {
		if err := clearThrottle(ctx, s.db, userID); err != nil { // it was no guess
			return fail(err)
		}
		return fail(fault.NewForbidden("role_refused", "You may not sign in here."))
	}
	var fresh string
	if outdated {
		if fresh, err = s.hasher.hash(ctx, password); err != nil {
			return fail(err)
		}
	}

	token, tokenHash := newToken()
	id, err := uuid.NewV7()
	if err != nil {
		return fail(fmt.Errorf("identity: making an id: %w", err))
	}
	verified := person.PasswordHash
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
		case person.DisabledAt != nil || person.PasswordHash != verified:
			return errSignInFailed
		}
		if fresh != "" {
			person.PasswordHash = fresh
			if _, err := tx.NewUpdate().Model(&person).Column("password_hash").WherePK().Exec(ctx); err != nil {
				return fmt.Errorf("identity: renewing a password hash: %w", err)
			}
		}
		now := tx.Now()
		session = Session{
			ID: id, PersonID: person.ID, TokenHash: tokenHash, Kind: kind,
			Label: shorten(label, maxLabel), Address: address, CreatedAt: now, LastSeenAt: now,
		}
		session.ExpiresAt = session.expiry(now)
		if _, err := tx.NewInsert().Model(&session).Exec(ctx); err != nil {
			return fmt.Errorf("identity: starting a session: %w", err)
		}
		return clearThrottle(ctx, tx, userID)
	})
	if err != nil {
		return fail(err)
	}
	return token, session, person, nil
}

// verify finds the active person with the user ID and password, and holds guessing back. Whatever it
// finds, it computes one hash, unless it refuses before. On success the failure it counted beforehand is
// still there; the caller clears it.
func (s *Service) verify(ctx context.Context, userID, password, address string) (outdated bool, person Person, err error) {
	user, from := userKey(userID), addressKey(address)
	// Refusing is cheap: no hash, no queue.
	if err := s.throttled(ctx, user, from); err != nil {
		return false, Person{}, err
	}
	release, err := s.hasher.acquire(ctx)
	if err != nil {
		return false, Person{}, err
	}
	defer release()
	// The attempt counts as failed before its outcome is known; otherwise many attempts at once would all
	// be let in on the count before the first. An address is counted after, because the many people behind
	// it may well sign in at once.
	if err := s.count(ctx, userGuard, user); err != nil {
		return false, Person{}, err
	}
	person, err = ByUserID(ctx, s.db, userID)
	if err != nil && !errors.Is(err, errPersonNotFound) {
		return false, Person{}, err
	}
	ok, outdated, err := s.hasher.verifyNow(password, person.PasswordHash)
	if err != nil {
		return false, Person{}, err
	}
	if !ok || person.DisabledAt != nil {
		if from != "" {
			// Counted even when the caller is gone by now; that it must wait is for the next try to learn.
			if err := s.count(context.WithoutCancel(ctx), addressGuard, from); err != nil &&
				fault.KindOf(err) != fault.Limited {
				return false, Person{}, err
			}
		}
		return false, Person{}, errSignInFailed
	}
	return outdated, person, nil
}

// clearThrottle forgets the failures of a user ID; those of the address stay.
func clearThrottle(ctx context.Context, db bun.IDB, userID string) error {
	_, err := db.NewRaw("DELETE FROM sign_in_throttle WHERE key = ?", userKey(userID)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("identity: clearing the throttle: %w", err)
	}
	return nil
}

// shorten cuts text to at most limit bytes, at the start of a character.
func shorten(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}
