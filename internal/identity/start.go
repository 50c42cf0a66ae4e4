package identity

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/google/uuid"

	"utsendt/internal/postgres"
)

// maxLabel is the longest label of a session, in bytes.
const maxLabel = 200

// entry is how somebody came in.
type entry struct {
	kind           SessionKind
	method         Method
	label, address string
}

// startSession begins a session of the person; the token is in no other place.
func startSession(ctx context.Context, tx postgres.Tx, personID uuid.UUID, e entry) (string, Session, error) {
	token, hash := newToken()
	id, err := uuid.NewV7()
	if err != nil {
		return "", Session{}, fmt.Errorf("identity: making an id: %w", err)
	}
	now := tx.Now()
	session := Session{
		ID: id, PersonID: personID, TokenHash: hash, Kind: e.kind, Method: e.method,
		Label: shorten(e.label, maxLabel), Address: e.address, CreatedAt: now, LastSeenAt: now,
	}
	session.ExpiresAt = session.expiry(now)
	if _, err := tx.NewInsert().Model(&session).Exec(ctx); err != nil {
		return "", Session{}, fmt.Errorf("identity: starting a session: %w", err)
	}
	return token, session, nil
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
