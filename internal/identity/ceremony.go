package identity

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
)

// errCeremony is the answer to a challenge that was answered before, was never given out, is somebody else's or
// ran out.
var errCeremony = fault.NewNotFound("passkey_challenge_over", "That took too long. Please try again.", fault.Field("ceremony_id"))

// ceremony is a challenge that was given out, a row of passkey_ceremonies. Any server may take the answer, once.
type ceremony struct {
	bun.BaseModel `bun:"table:passkey_ceremonies"`

	ID        uuid.UUID       `bun:"id,pk,type:uuid"`
	PersonID  uuid.UUID       `bun:"person_id,type:uuid,nullzero"`
	Session   json.RawMessage `bun:"session,type:jsonb"`
	ExpiresAt time.Time       `bun:"expires_at"`
}

// Challenge is what a browser needs to make or use a passkey.
type Challenge struct {
	// CeremonyID comes back with the answer.
	CeremonyID uuid.UUID
	// Options are the JSON for PublicKeyCredential.parseCreationOptionsFromJSON or parseRequestOptionsFromJSON.
	Options json.RawMessage
}

// challenge stores a ceremony and gives what the browser needs.
func (s *Service) challenge(ctx context.Context, personID uuid.UUID, session *webauthn.SessionData, options any) (Challenge, error) {
	stored, err := json.Marshal(session)
	if err != nil {
		return Challenge{}, fmt.Errorf("identity: storing a challenge: %w", err)
	}
	given, err := json.Marshal(options)
	if err != nil {
		return Challenge{}, fmt.Errorf("identity: giving a challenge: %w", err)
	}
	row := &ceremony{
		// Not one that grows with time: who does not know it cannot answer.
		ID: uuid.New(), PersonID: personID, Session: stored, ExpiresAt: s.db.Now().Add(ceremonyLife),
	}
	if _, err := s.db.NewInsert().Model(row).Exec(ctx); err != nil {
		return Challenge{}, fmt.Errorf("identity: storing a challenge: %w", err)
	}
	return Challenge{CeremonyID: row.ID, Options: given}, nil
}

// spend takes a ceremony of the person (uuid.Nil: a sign-in) away, for good: whether the answer is right or
// wrong, there is no second try. It is a change of its own.
func (s *Service) spend(ctx context.Context, id, personID uuid.UUID) (webauthn.SessionData, error) {
	var stored []byte
	err := s.db.NewRaw(`DELETE FROM passkey_ceremonies WHERE id = ? AND person_id IS NOT DISTINCT FROM ? AND expires_at > ?
		RETURNING session`, id, uuid.NullUUID{UUID: personID, Valid: personID != uuid.Nil}, s.db.Now()).Scan(ctx, &stored)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return webauthn.SessionData{}, errCeremony
	case err != nil:
		return webauthn.SessionData{}, fmt.Errorf("identity: reading a challenge: %w", err)
	}
	var session webauthn.SessionData
	if err := json.Unmarshal(stored, &session); err != nil {
		return webauthn.SessionData{}, fmt.Errorf("identity: reading a challenge: %w", err)
	}
	return session, nil
}
