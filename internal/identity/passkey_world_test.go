package identity

import (
	"context"
	"fmt"
	"testing"

	"github.com/descope/virtualwebauthn"
	"github.com/google/uuid"

	"utsendt/internal/fault"
)

var relying = virtualwebauthn.RelyingParty{Name: "Utsendt", ID: "utsendt.example.com", Origin: "https://utsendt.example.com"}

// device is a phone or key that holds one passkey.
type device struct {
	authenticator virtualwebauthn.Authenticator
	credential    virtualwebauthn.Credential
}

// newCredential makes a key whose coordinates have all of their 32 octets. virtualwebauthn leaves leading zeros out, which one key
// in 128 has; browsers do not, and go-webauthn refuses such a key.
func newCredential() virtualwebauthn.Credential {
	const whole = 77 // octets of a COSE key of P-256
	for {
		if c := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2); len(c.Key.AttestationData()) == whole {
			return c
		}
	}
}

func newDevice(person uuid.UUID) *device {
	d := &device{
		authenticator: virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: person[:]}),
		credential:    newCredential(),
	}
	d.authenticator.AddCredential(d.credential)
	return d
}

// create answers a registration, get a sign-in, as the browser would.
func (d *device) create(t *testing.T, c Challenge) []byte {
	t.Helper()
	options, err := virtualwebauthn.ParseAttestationOptions(fmt.Sprintf(`{"publicKey":%s}`, c.Options))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(virtualwebauthn.CreateAttestationResponse(relying, d.authenticator, d.credential, *options))
}

func (d *device) get(t *testing.T, c Challenge) []byte { return d.getFor(t, c, relying) }

func (d *device) getFor(t *testing.T, c Challenge, rp virtualwebauthn.RelyingParty) []byte {
	t.Helper()
	options, err := virtualwebauthn.ParseAssertionOptions(fmt.Sprintf(`{"publicKey":%s}`, c.Options))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(virtualwebauthn.CreateAssertionResponse(rp, d.authenticator, d.credential, *options))
}

// gate is an office where passkeys are taken, and a second server of it.
type gate struct {
	*office
	second *Service
}

func newGate(t *testing.T) *gate {
	t.Helper()
	o := newOffice(t)
	cfg := Config{CheapHashes: true, BaseURL: relying.Origin + "/"}
	g := &gate{office: o, second: New(o.db, cfg)}
	g.second.UseMail(o.post)
	o.relying = g.second.relying
	if o.relying == nil {
		t.Fatal("no relying party")
	}
	return g
}

// register adds a passkey: begun on one server, finished on the other.
func (g *gate) register(t *testing.T, actor Actor, d *device, name string) Passkey {
	t.Helper()
	challenge, err := g.BeginPasskey(t.Context(), actor)
	if err != nil {
		t.Fatal(err)
	}
	answer, operation := d.create(t, challenge), uuid.New()
	passkey, err := g.second.FinishPasskey(t.Context(), actor, operation, challenge.CeremonyID, answer, name)
	if err != nil {
		t.Fatalf("%v: %v", err, fault.From(err).Unwrap())
	}
	if again, err := g.FinishPasskey(t.Context(), actor, operation, challenge.CeremonyID, answer, name); err != nil || again.ID != passkey.ID {
		t.Errorf("again: %+v, %v", again, err)
	}
	_, err = g.FinishPasskey(t.Context(), actor, uuid.New(), challenge.CeremonyID, answer, name)
	wantFault(t, err, fault.NotFound, "passkey_challenge_over")
	return passkey
}

func (g *gate) challenge(t *testing.T) Challenge {
	t.Helper()
	challenge, err := g.BeginPasskeySignIn(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	return challenge
}

func (g *gate) enter(ctx context.Context, id uuid.UUID, answer []byte) (string, Session, Person, error) {
	return g.second.FinishPasskeySignIn(ctx, id, answer, "Firefox, Linux", "")
}
