package identity

import (
	"testing"

	"github.com/descope/virtualwebauthn"
	"github.com/google/uuid"

	"utsendt/internal/fault"
)

// TestPasskeyRefusals: whatever is wrong, the answer is one.
func TestPasskeyRefusals(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	person := g.customer(t, "kjent", "")
	actor := g.actorOf(person)
	d := newDevice(person.ID)
	g.register(t, actor, d, "x")
	other := g.customer(t, "annen", "")
	imposter := &device{authenticator: d.authenticator, credential: d.credential}
	imposter.authenticator.Options.UserHandle = other.ID[:]
	forged := newDevice(person.ID)
	forged.credential.ID = d.credential.ID
	unseen := &device{authenticator: d.authenticator, credential: d.credential}
	unseen.authenticator.Options.UserNotVerified = true
	phishing := virtualwebauthn.RelyingParty{Name: "Utsendt", ID: relying.ID, Origin: "https://utsendt.example.org"}
	for name, answer := range map[string]func(Challenge) []byte{
		"garbage":               func(Challenge) []byte { return []byte("{}") },
		"no JSON":               func(Challenge) []byte { return []byte("\x00") },
		"an unknown passkey":    func(c Challenge) []byte { return newDevice(person.ID).get(t, c) },
		"somebody else's":       func(c Challenge) []byte { return imposter.get(t, c) },
		"another key":           func(c Challenge) []byte { return forged.get(t, c) },
		"nobody at the device":  func(c Challenge) []byte { return unseen.get(t, c) },
		"another site":          func(c Challenge) []byte { return d.getFor(t, c, phishing) },
		"for another challenge": func(Challenge) []byte { return d.get(t, g.challenge(t)) },
	} {
		challenge := g.challenge(t)
		_, _, _, err := g.enter(t.Context(), challenge.CeremonyID, answer(challenge))
		if e := wantFault(t, err, fault.Unauthenticated, "passkey_refused"); e.Message != errPasskeyRefused.Message {
			t.Errorf("%s: %q", name, e.Message)
		}
		// One challenge, one try.
		_, _, _, err = g.enter(t.Context(), challenge.CeremonyID, d.get(t, challenge))
		wantFault(t, err, fault.NotFound, "passkey_challenge_over")
	}
	// A challenge for making a passkey is none for signing in, and only for who asked.
	creation, err := g.BeginPasskey(t.Context(), actor)
	if err != nil {
		t.Fatal(err)
	}
	_, _, _, err = g.enter(t.Context(), creation.CeremonyID, d.get(t, creation))
	wantFault(t, err, fault.NotFound, "passkey_challenge_over")
	_, err = g.FinishPasskey(t.Context(), g.actorOf(other), uuid.New(), creation.CeremonyID, newDevice(other.ID).create(t, creation), "x")
	wantFault(t, err, fault.NotFound, "passkey_challenge_over")
	_, err = g.FinishPasskey(t.Context(), actor, uuid.New(), creation.CeremonyID, []byte("{}"), "x")
	wantFault(t, err, fault.Invalid, "passkey_unfit")

	late := g.challenge(t)
	g.clock.turn(ceremonyLife)
	_, _, _, err = g.enter(t.Context(), late.CeremonyID, d.get(t, late))
	wantFault(t, err, fault.NotFound, "passkey_challenge_over")
	if err := g.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := g.count(t, "SELECT count(*) FROM passkey_ceremonies WHERE expires_at < ?", g.db.Now()); n != 0 {
		t.Errorf("%d old challenges are kept", n)
	}

	last := g.challenge(t)
	if err := g.Disable(t.Context(), System(), person.ID); err != nil {
		t.Fatal(err)
	}
	_, _, _, err = g.enter(t.Context(), last.CeremonyID, d.get(t, last))
	wantFault(t, err, fault.Unauthenticated, "passkey_refused")
	limitedAfter(t, addressGuard.free+1, func(int) error {
		_, _, _, err := g.FinishPasskeySignIn(t.Context(), g.challenge(t).CeremonyID, []byte("{}"), "", "203.0.113.4")
		if fault.ReasonOf(err) == "passkey_refused" {
			return nil
		}
		return err
	})
}
