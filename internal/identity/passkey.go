package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
)

// Limits of passkeys.
const (
	// MaxPasskeys is how many one person may have.
	MaxPasskeys = 20
	// ceremonyLife is how long a challenge may be answered.
	ceremonyLife = 5 * time.Minute
)

var (
	errNoPasskeys = fault.NewWrongState("passkeys_unavailable",
		"Passkeys need the server to be reached by a host name, which this one is not.")
	errPasskeyNotFound = fault.NewNotFound("passkey_not_found", "There is no such passkey.", fault.Field("passkey_id"))
)

// Passkey is one of a person's passkeys, a row of passkeys.
type Passkey struct {
	bun.BaseModel `bun:"table:passkeys,alias:passkey"`

	ID           uuid.UUID `bun:"id,pk,type:uuid"`
	PersonID     uuid.UUID `bun:"person_id,type:uuid"`
	CredentialID []byte    `bun:"credential_id" json:"-"`
	// Credential is the library's record, as JSON.
	Credential json.RawMessage `bun:"credential,type:jsonb" json:"-"`
	// Name is what its owner calls it.
	Name       string     `bun:"name"`
	CreatedAt  time.Time  `bun:"created_at"`
	LastUsedAt *time.Time `bun:"last_used_at"`
}

// relyingParty makes what passkeys are checked by; nil where the base URL has no host that WebAuthn takes.
func relyingParty(baseURL string) *webauthn.WebAuthn {
	base, err := url.Parse(baseURL)
	if err != nil || base.Hostname() == "" || net.ParseIP(base.Hostname()) != nil {
		return nil
	}
	relying, err := webauthn.New(&webauthn.Config{
		RPID: base.Hostname(), RPDisplayName: "Utsendt", RPOrigins: []string{base.Scheme + "://" + base.Host},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			// The passkey stands in place of the password: whoever holds the device must show that it is theirs.
			UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil
	}
	return relying
}

// holder is a person as the library wants them.
type holder struct {
	person   Person
	passkeys []webauthn.Credential
}

// WebAuthnID is the person's id, in its 16 bytes.
func (h holder) WebAuthnID() []byte { return h.person.ID[:] }

// WebAuthnName is the user ID.
func (h holder) WebAuthnName() string { return h.person.UserID }

// WebAuthnDisplayName is the person's name.
func (h holder) WebAuthnDisplayName() string { return h.person.Name() }

// WebAuthnCredentials are the person's passkeys.
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.passkeys }

func newHolder(person Person, passkeys []Passkey) (holder, error) {
	h := holder{person: person}
	for _, p := range passkeys {
		var credential webauthn.Credential
		if err := json.Unmarshal(p.Credential, &credential); err != nil {
			return h, fmt.Errorf("identity: reading a passkey: %w", err)
		}
		h.passkeys = append(h.passkeys, credential)
	}
	return h, nil
}

// ListPasskeys gives the person's passkeys, oldest first; there are at most MaxPasskeys.
func (s *Service) ListPasskeys(ctx context.Context, personID uuid.UUID) ([]Passkey, error) {
	return passkeysOf(ctx, s.db, personID)
}

func passkeysOf(ctx context.Context, db bun.IDB, personID uuid.UUID) ([]Passkey, error) {
	var passkeys []Passkey
	err := db.NewSelect().Model(&passkeys).Where("person_id = ?", personID).Order("created_at", "id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("identity: reading passkeys: %w", err)
	}
	return passkeys, nil
}

// RenamePasskey gives one of the person's own passkeys another name.
//
// Errors: Invalid (name); NotFound passkey_not_found, also for somebody else's.
func (s *Service) RenamePasskey(ctx context.Context, actor Actor, operationID, passkeyID uuid.UUID, name string) (Passkey, error) {
	name, err := line("name", name, maxName, true)
	if err != nil {
		return Passkey{}, err
	}
	key := once.Key{Person: actor.PersonID, ID: operationID, Kind: "rename_passkey"}
	return once.InTx(ctx, s.db, key, []any{passkeyID, name}, func(ctx context.Context, tx postgres.Tx) (Passkey, error) {
		before, err := lockPasskey(ctx, tx, actor, passkeyID)
		if err != nil {
			return Passkey{}, err
		}
		after := before
		after.Name = name
		if _, err := tx.NewUpdate().Model(&after).Column("name").WherePK().Exec(ctx); err != nil {
			return Passkey{}, fmt.Errorf("identity: renaming a passkey: %w", err)
		}
		return after, audit.Write(ctx, tx, actor, "passkey.rename", "passkey", passkeyID, before.audited(), after.audited())
	})
}

// RemovePasskey removes one of the person's own passkeys: it opens nothing any more. Sessions it began go on
// until they are ended.
//
// Errors: NotFound passkey_not_found, also for somebody else's.
func (s *Service) RemovePasskey(ctx context.Context, actor Actor, operationID, passkeyID uuid.UUID) error {
	key := once.Key{Person: actor.PersonID, ID: operationID, Kind: "remove_passkey"}
	return postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		_, err := once.Do(ctx, tx, key, passkeyID, func() (struct{}, error) {
			before, err := lockPasskey(ctx, tx, actor, passkeyID)
			if err != nil {
				return struct{}{}, err
			}
			if _, err := tx.NewDelete().Model(&before).WherePK().Exec(ctx); err != nil {
				return struct{}{}, fmt.Errorf("identity: removing a passkey: %w", err)
			}
			return struct{}{}, audit.Write(ctx, tx, actor, "passkey.remove", "passkey", passkeyID, before.audited(), nil)
		})
		return err
	})
}

func lockPasskey(ctx context.Context, tx postgres.Tx, actor Actor, id uuid.UUID) (Passkey, error) {
	var found []Passkey
	err := tx.NewSelect().Model(&found).Where("id = ? AND person_id = ?", id, actor.PersonID).For("UPDATE").Scan(ctx)
	if err != nil {
		return Passkey{}, fmt.Errorf("identity: reading a passkey: %w", err)
	}
	if len(found) == 0 {
		return Passkey{}, errPasskeyNotFound
	}
	return found[0], nil
}

// audited is what the audit trail keeps of a passkey.
func (p Passkey) audited() map[string]any {
	return map[string]any{"person_id": p.PersonID, "name": p.Name}
}
