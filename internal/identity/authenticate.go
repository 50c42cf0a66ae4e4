package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"utsendt/internal/fault"
)

// errSessionOver is the answer to a token that is unknown, garbage, ended or expired alike.
var errSessionOver = fault.NewUnauthenticated("session_over", "You are not signed in any more. Please sign in again.")

// signedIn is a session and its person in one row.
type signedIn struct {
	Session `bun:",extend"`
	Person  *Person `bun:"rel:belongs-to,join:person_id=id"`
}

// Authenticate gives whoever holds the token, and their session. address is where the call came from. It
// costs one indexed query, and a write once a minute that notes the use and moves the expiry.
//
// Errors: Unauthenticated session_over for a token that is unknown, ended or expired, or whose person is
// disabled.
func (s *Service) Authenticate(ctx context.Context, token, address string) (Actor, Session, error) {
	hash, ok := hashToken(token)
	if !ok {
		return Actor{}, Session{}, errSessionOver
	}
	found, err := s.find(ctx, "session.token_hash = ?", hash)
	if err != nil {
		return Actor{}, Session{}, err
	}
	session := found.Session
	now := s.db.Now()
	if now.Sub(session.LastSeenAt) >= touchEvery {
		session.LastSeenAt, session.Address, session.ExpiresAt = now, address, session.expiry(now)
		// The condition keeps several servers to one write a minute. An ended session stays ended.
		_, err := s.db.NewUpdate().Model(&session).
			Column("last_seen_at", "address", "expires_at").
			WherePK().Where("revoked_at IS NULL").Where("last_seen_at <= ?", now.Add(-touchEvery)).Exec(ctx)
		if err != nil {
			return Actor{}, Session{}, fmt.Errorf("identity: noting a session's use: %w", err)
		}
	}
	return found.Person.actor(session, address), session, nil
}

// Recheck gives the actor of a session as it is now, for calls that last. It does not count as use.
//
// Errors: Unauthenticated session_over when the session ended or the person was disabled.
func (s *Service) Recheck(ctx context.Context, sessionID uuid.UUID) (Actor, error) {
	found, err := s.find(ctx, "session.id = ?", sessionID)
	if err != nil {
		return Actor{}, err
	}
	return found.Person.actor(found.Session, found.Session.Address), nil
}

// find gives a session that counts, with its person.
func (s *Service) find(ctx context.Context, where string, arg any) (signedIn, error) {
	var found signedIn
	err := s.db.NewSelect().Model(&found).Relation("Person").Where(where, arg).Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return signedIn{}, errSessionOver
	case err != nil:
		return signedIn{}, fmt.Errorf("identity: reading a session: %w", err)
	case found.Session.over(s.db.Now()) || found.Person == nil || found.Person.DisabledAt != nil:
		return signedIn{}, errSessionOver
	}
	return found, nil
}
