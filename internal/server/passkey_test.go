package server_test

import (
	"fmt"
	"testing"

	"connectrpc.com/connect"
	"github.com/descope/virtualwebauthn"
	"github.com/google/uuid"

	"utsendt/internal/server/servertest"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
)

var relying = virtualwebauthn.RelyingParty{Name: "Utsendt", ID: "utsendt.example.com", Origin: baseURL}

// passkey is a phone or key with one passkey.
type passkey struct {
	id            string
	authenticator virtualwebauthn.Authenticator
	credential    virtualwebauthn.Credential
}

// made answers what a browser is asked to make, for the person.
func (k *passkey) made(t *testing.T, person, optionsJSON string) string {
	t.Helper()
	options, err := virtualwebauthn.ParseAttestationOptions(fmt.Sprintf(`{"publicKey":%s}`, optionsJSON))
	if err != nil {
		t.Fatal(err)
	}
	handle := uuid.MustParse(person)
	k.authenticator = virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: handle[:]})
	// virtualwebauthn leaves out leading zeros of a coordinate, which browsers do not: one key in 128 would be refused.
	for k.credential.Key == nil || len(k.credential.Key.AttestationData()) != 77 {
		k.credential = virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	}
	k.authenticator.AddCredential(k.credential)
	return virtualwebauthn.CreateAttestationResponse(relying, k.authenticator, k.credential, *options)
}

// finish begins a registration and gives the message that finishes it.
func (k *passkey) finish(t *testing.T, p *servertest.Person) *identityv1.FinishRegistrationRequest {
	t.Helper()
	me, err := p.Session.GetMe(t.Context(), &identityv1.GetMeRequest{})
	if err != nil {
		t.Fatal(err)
	}
	begun, err := p.Passkeys.BeginRegistration(t.Context(), &identityv1.BeginRegistrationRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return &identityv1.FinishRegistrationRequest{
		OperationId: uuid.NewString(), CeremonyId: begun.CeremonyId, Name: "Nøkkel", CredentialJson: k.made(t, me.Person.Id, begun.OptionsJson),
	}
}

func registerPasskey(t *testing.T, p *servertest.Person) *passkey {
	t.Helper()
	k := &passkey{}
	res, err := p.Passkeys.FinishRegistration(t.Context(), k.finish(t, p))
	if err != nil {
		t.Fatal(err)
	}
	k.id = res.Passkey.Id
	return k
}

// TestPasskeyOverTheWire: registered in one browser, it opens another, beside a phone.
func TestPasskeyOverTheWire(t *testing.T) {
	t.Parallel()
	p := newPeople(t)
	ctx := t.Context()
	p.setEmail(t, "tekniker01", "tekniker01@example.com")
	phone, browser := p.Phone(t, "tekniker01"), p.Browser(t, "tekniker01")
	passkey := registerPasskey(t, browser)
	list, err := browser.Passkeys.ListPasskeys(ctx, &identityv1.ListPasskeysRequest{})
	if err != nil || len(list.Passkeys) != 1 || list.Passkeys[0].Name != "Nøkkel" {
		t.Fatalf("%v, %v", list, err)
	}
	p.box.letter(t, "tekniker01@example.com", "En passnøkkel er lagt til")

	other := p.stranger(t)
	begun, err := other.Passkeys.BeginSignIn(ctx, &identityv1.BeginSignInRequest{})
	if err != nil {
		t.Fatal(err)
	}
	options, err := virtualwebauthn.ParseAssertionOptions(fmt.Sprintf(`{"publicKey":%s}`, begun.OptionsJson))
	if err != nil {
		t.Fatal(err)
	}
	in, err := other.Passkeys.FinishSignIn(ctx, &identityv1.FinishSignInRequest{
		CeremonyId:     begun.CeremonyId,
		CredentialJson: virtualwebauthn.CreateAssertionResponse(relying, passkey.authenticator, passkey.credential, *options),
	})
	if err != nil || in.Person.UserId != "tekniker01" || in.ExpiresAt == nil {
		t.Fatalf("%v, %v", in, err)
	}
	sessions, err := other.Session.ListSessions(ctx, &identityv1.ListSessionsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range sessions.Sessions {
		got[s.Kind+" "+s.Method] = s.Id
		if s.Current != (s.Method == "passkey") {
			t.Errorf("%v", s)
		}
	}
	if len(got) != 3 || got["web passkey"] == "" || got["web password"] == "" || got["device password"] == "" {
		t.Fatalf("sessions: %v", got)
	}
	// One ended from the other.
	if _, err := other.Session.EndSession(ctx, &identityv1.EndSessionRequest{SessionId: got["device password"]}); err != nil {
		t.Fatal(err)
	}
	if _, err := phone.Session.GetMe(ctx, &identityv1.GetMeRequest{}); connect.CodeOf(err) != connect.CodeUnauthenticated {
		t.Errorf("the phone: %v", err)
	}
}
