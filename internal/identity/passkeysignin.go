package identity

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

// errPasskeyRefused does not say what was wrong, nor whether there is such a passkey or person.
var errPasskeyRefused = fault.NewUnauthenticated("passkey_refused", "The passkey was not accepted.")

// BeginPasskeySignIn gives anybody's browser what it needs to sign in with a passkey, whosever: no user ID is
// asked for, so nothing can be learnt about user IDs.
//
// Errors: WrongState passkeys_unavailable; Limited sign_in_limited while the address has to wait.
func (s *Service) BeginPasskeySignIn(ctx context.Context, address string) (Challenge, error) {
	if s.relying == nil {
		return Challenge{}, errNoPasskeys
	}
	if err := s.throttled(ctx, addressKey(address)); err != nil {
		return Challenge{}, err
	}
	assertion, session, err := s.relying.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Challenge{}, fmt.Errorf("identity: beginning a sign-in: %w", err)
	}
	return s.challenge(ctx, uuid.Nil, session, assertion.Response)
}

// FinishPasskeySignIn takes the browser's answer and starts a session like any other. Whoever should choose a new
// password is not held back: that is for when somebody else may know it, and a passkey is only its owner's.
//
// Errors: Unauthenticated passkey_refused for an unknown passkey, a wrong answer, a passkey that seems copied
// (its counter went back) and a disabled person alike; NotFound passkey_challenge_over; Limited as for SignIn,
// by address.
func (s *Service) FinishPasskeySignIn(ctx context.Context, ceremonyID uuid.UUID, answer []byte, label, address string,
) (token string, session Session, person Person, err error) {
	fail := func(err error) (string, Session, Person, error) { return "", Session{}, Person{}, err }
	if s.relying == nil {
		return fail(errNoPasskeys)
	}
	from := addressKey(address)
	if err := s.throttled(ctx, from); err != nil {
		return fail(err)
	}
	given, err := s.spend(ctx, ceremonyID, uuid.Nil)
	if err != nil {
		return fail(err)
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err == nil {
		err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) (err error) {
			if person, err = s.usePasskey(ctx, tx, given, parsed); err != nil {
				return err
			}
			token, session, err = startSession(ctx, tx, person.ID, entry{
				kind: SessionWeb, method: ByPasskey, label: label, address: address,
			})
			return err
		})
	} else {
		err = errPasskeyRefused.With(fault.Cause(err))
	}
	if errors.Is(err, errPasskeyRefused) {
		if err := s.countAddress(ctx, from); err != nil {
			return fail(err)
		}
	}
	if err != nil {
		return fail(err)
	}
	return token, session, person, nil
}

// usePasskey finds whose passkey it is, checks the signature under a lock, and stores the counter.
func (s *Service) usePasskey(ctx context.Context, tx postgres.Tx, given webauthn.SessionData, parsed *protocol.ParsedCredentialAssertionData) (Person, error) {
	var passkeys []Passkey
	err := tx.NewSelect().Model(&passkeys).Where("credential_id = ?", parsed.RawID).For("UPDATE").Scan(ctx)
	if err != nil {
		return Person{}, fmt.Errorf("identity: reading a passkey: %w", err)
	}
	if len(passkeys) == 0 {
		return Person{}, errPasskeyRefused
	}
	passkey := passkeys[0]
	var person Person
	if err := tx.NewSelect().Model(&person).Where("id = ?", passkey.PersonID).For("NO KEY UPDATE").Scan(ctx); err != nil {
		return Person{}, notFound(err)
	}
	h, err := newHolder(person, passkeys)
	if err != nil {
		return Person{}, err
	}
	_, credential, err := s.relying.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		if !bytes.Equal(handle, person.ID[:]) {
			return nil, errPasskeyRefused
		}
		return h, nil
	}, given, parsed)
	switch {
	case err != nil:
		return Person{}, errPasskeyRefused.With(fault.Cause(err))
	case credential.Authenticator.CloneWarning, person.DisabledAt != nil:
		return Person{}, errPasskeyRefused
	}
	if passkey.Credential, err = json.Marshal(credential); err != nil {
		return Person{}, fmt.Errorf("identity: storing a passkey: %w", err)
	}
	now := tx.Now()
	passkey.LastUsedAt = &now
	if _, err := tx.NewUpdate().Model(&passkey).Column("credential", "last_used_at").WherePK().Exec(ctx); err != nil {
		return Person{}, fmt.Errorf("identity: storing a passkey: %w", err)
	}
	return person, nil
}
