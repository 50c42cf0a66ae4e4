package identity

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
)

var (
	errPasskeyUnfit = fault.NewInvalid("credential_json", "passkey_unfit", "The browser's answer does not fit. Please try again.")
	errTooMany      = fault.NewWrongState("passkeys_too_many", "You have as many passkeys as you may have. Remove one first.")
)

// BeginPasskey gives the signed-in person's browser what it needs to make a passkey. Those they have are left out.
//
// Errors: WrongState passkeys_unavailable or passkeys_too_many.
func (s *Service) BeginPasskey(ctx context.Context, actor Actor) (Challenge, error) {
	if s.relying == nil {
		return Challenge{}, errNoPasskeys
	}
	person, err := ByID(ctx, s.db, actor.PersonID)
	if err != nil {
		return Challenge{}, err
	}
	passkeys, err := passkeysOf(ctx, s.db, person.ID)
	if err != nil {
		return Challenge{}, err
	}
	if len(passkeys) >= MaxPasskeys {
		return Challenge{}, errTooMany
	}
	h, err := newHolder(person, passkeys)
	if err != nil {
		return Challenge{}, err
	}
	var have []protocol.CredentialDescriptor
	for _, credential := range h.passkeys {
		have = append(have, credential.Descriptor())
	}
	creation, session, err := s.relying.BeginRegistration(h, webauthn.WithExclusions(have))
	if err != nil {
		return Challenge{}, fmt.Errorf("identity: beginning a passkey: %w", err)
	}
	return s.challenge(ctx, person.ID, session, creation.Response)
}

// FinishPasskey takes the browser's answer and stores the passkey under a name, and tells the person by mail.
// The answer to a challenge counts once.
//
// Errors: Invalid naming name or credential_json; NotFound passkey_challenge_over; Exists passkey_known;
// WrongState as for BeginPasskey.
func (s *Service) FinishPasskey(ctx context.Context, actor Actor, operationID, ceremonyID uuid.UUID, answer []byte, name string) (Passkey, error) {
	if s.relying == nil {
		return Passkey{}, errNoPasskeys
	}
	name, err := line("name", name, maxName, true)
	if err != nil {
		return Passkey{}, err
	}
	key, asked := once.Key{Person: actor.PersonID, ID: operationID, Kind: "finish_passkey"}, []any{ceremonyID, answer, name}
	if operationID == uuid.Nil {
		return Passkey{}, errNoOperation
	}
	if passkey, known, err := once.Stored[Passkey](ctx, s.db, key, asked); err != nil || known {
		return passkey, err
	}
	session, err := s.spend(ctx, ceremonyID, actor.PersonID)
	if err != nil {
		return Passkey{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Passkey{}, errPasskeyUnfit.With(fault.Cause(err))
	}
	person, err := ByID(ctx, s.db, actor.PersonID)
	if err != nil {
		return Passkey{}, err
	}
	credential, err := s.relying.CreateCredential(holder{person: person}, session, parsed)
	if err != nil {
		return Passkey{}, errPasskeyUnfit.With(fault.Cause(err))
	}
	return once.InTx(ctx, s.db, key, asked, func(ctx context.Context, tx postgres.Tx) (Passkey, error) {
		return s.addPasskey(ctx, tx, actor, *credential, name)
	})
}

func (s *Service) addPasskey(ctx context.Context, tx postgres.Tx, actor Actor, credential webauthn.Credential, name string) (Passkey, error) {
	// The row is locked, so that two at once do not both become the last that may be.
	if _, err := tx.NewRaw("SELECT 1 FROM people WHERE id = ? FOR NO KEY UPDATE", actor.PersonID).Exec(ctx); err != nil {
		return Passkey{}, fmt.Errorf("identity: locking a person: %w", err)
	}
	have, err := passkeysOf(ctx, tx, actor.PersonID)
	if err != nil {
		return Passkey{}, err
	}
	if len(have) >= MaxPasskeys {
		return Passkey{}, errTooMany
	}
	record, err := json.Marshal(credential)
	if err != nil {
		return Passkey{}, fmt.Errorf("identity: storing a passkey: %w", err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Passkey{}, fmt.Errorf("identity: making an id: %w", err)
	}
	passkey := Passkey{
		ID: id, PersonID: actor.PersonID, CredentialID: credential.ID, Credential: record, Name: name, CreatedAt: tx.Now(),
	}
	if _, err := tx.NewInsert().Model(&passkey).Exec(ctx); err != nil {
		if postgres.IsUnique(err, "passkeys_credential_id_key") {
			return Passkey{}, fault.NewExists("passkey_known", "This passkey is registered already.",
				fault.Field("credential_json"), fault.Cause(err))
		}
		return Passkey{}, fmt.Errorf("identity: storing a passkey: %w", err)
	}
	if err := audit.Write(ctx, tx, actor, "passkey.add", "passkey", id, nil, passkey.audited()); err != nil {
		return Passkey{}, err
	}
	return passkey, s.mailer.Mail(ctx, tx, Mail{
		Kind: MailPasskeyAdded, Person: actor.PersonID, Subject: id, Page: "/account", Params: map[string]string{"passkey": name},
	})
}
