package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

func TestPasskeys(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	ctx := t.Context()
	person := g.customer(t, "kjent", "kjent@example.com")
	actor := g.actorOf(person)
	phone, key := newDevice(person.ID), newDevice(person.ID)
	first := g.register(t, actor, phone, " Telefonen ")
	g.clock.turn(1e9)
	second := g.register(t, actor, key, "Nøkkel")
	list, err := g.ListPasskeys(ctx, person.ID)
	if err != nil || len(list) != 2 || list[0].ID != first.ID || list[0].Name != "Telefonen" || list[1].LastUsedAt != nil {
		t.Fatalf("%+v, %v", list, err)
	}
	// The second time the browser is told of those there are.
	challenge, err := g.BeginPasskey(ctx, actor)
	if err != nil || strings.Count(string(challenge.Options), `"type":"public-key","id"`) != 2 {
		t.Errorf("%s, %v", challenge.Options, err)
	}
	_, err = g.FinishPasskey(ctx, actor, uuid.New(), challenge.CeremonyID, phone.create(t, challenge), "igjen")
	wantFault(t, err, fault.Exists, "passkey_known")

	for range 2 {
		challenge := g.challenge(t)
		key.credential.Counter++
		answer := key.get(t, challenge)
		token, session, in, err := g.enter(ctx, challenge.CeremonyID, answer)
		if err != nil || in.ID != person.ID || session.Method != ByPasskey || session.Kind != SessionWeb || session.Label != "Firefox, Linux" {
			t.Fatalf("%+v, %v: %v", session, err, fault.From(err).Unwrap())
		}
		g.mustBeIn(t, token)
		_, _, _, err = g.enter(ctx, challenge.CeremonyID, answer)
		wantFault(t, err, fault.NotFound, "passkey_challenge_over")
	}
	// A counter that went back: somebody copied it.
	key.credential.Counter--
	challenge = g.challenge(t)
	_, _, _, err = g.enter(ctx, challenge.CeremonyID, key.get(t, challenge))
	wantFault(t, err, fault.Unauthenticated, "passkey_refused")

	operation := uuid.New()
	for range 2 {
		renamed, err := g.RenamePasskey(ctx, actor, operation, second.ID, "Nøkkelen")
		if err != nil || renamed.Name != "Nøkkelen" {
			t.Errorf("%+v, %v", renamed, err)
		}
		if err := g.RemovePasskey(ctx, actor, uuid.Max, first.ID); err != nil {
			t.Error(err)
		}
	}
	stranger := g.actorOf(g.customer(t, "fremmed", ""))
	wantFault(t, g.RemovePasskey(ctx, stranger, uuid.New(), second.ID), fault.NotFound, "passkey_not_found")
	_, err = g.RenamePasskey(ctx, stranger, uuid.New(), second.ID, "min")
	wantFault(t, err, fault.NotFound, "passkey_not_found")
	challenge = g.challenge(t)
	_, _, _, err = g.enter(ctx, challenge.CeremonyID, phone.get(t, challenge))
	wantFault(t, err, fault.Unauthenticated, "passkey_refused")
	if mails := g.post.of(MailPasskeyAdded); len(mails) != 2 || mails[0].Params["passkey"] != "Telefonen" {
		t.Errorf("mails: %+v", mails)
	}
	var actions []string
	if err := g.db.NewRaw("SELECT action FROM audit_trail WHERE object_kind = 'passkey' ORDER BY at, id").Scan(ctx, &actions); err != nil ||
		!slices.Equal(actions, []string{"passkey.add", "passkey.add", "passkey.rename", "passkey.remove"}) {
		t.Errorf("%v, %v", actions, err)
	}
}

// One answer at the same moment opens one session.
func TestPasskeyAnswerCountsOnce(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	person := g.customer(t, "kjent", "")
	d := newDevice(person.ID)
	g.register(t, g.actorOf(person), d, "x")
	challenge := g.challenge(t)
	answer := d.get(t, challenge)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, _, _, err := g.enter(t.Context(), challenge.CeremonyID, answer); err != nil && fault.ReasonOf(err) != "passkey_challenge_over" {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if sessions, err := g.ListSessions(t.Context(), person.ID); err != nil || len(sessions) != 1 {
		t.Errorf("%d sessions, %v", len(sessions), err)
	}
}

// Whoever must choose a new password is not held back by a passkey, and stays held back by the password.
func TestPasskeyIsNotHeldBack(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	person := g.customer(t, "kjent", "")
	d := newDevice(person.ID)
	g.register(t, g.actorOf(person), d, "x")
	if err := g.SetPassword(t.Context(), System(), person.ID, otherPassword, true); err != nil {
		t.Fatal(err)
	}
	challenge := g.challenge(t)
	token, _, _, err := g.enter(t.Context(), challenge.CeremonyID, d.get(t, challenge))
	if err != nil {
		t.Fatal(err)
	}
	if actor, _, err := g.Authenticate(t.Context(), token, ""); err != nil || actor.MustChangePassword {
		t.Errorf("%+v, %v", actor, err)
	}
	token, _, _, err = g.SignIn(t.Context(), "kjent", otherPassword, SessionWeb, "x", "")
	if err != nil {
		t.Fatal(err)
	}
	if actor, _, err := g.Authenticate(t.Context(), token, ""); err != nil || !actor.MustChangePassword {
		t.Errorf("%+v, %v", actor, err)
	}
}

func TestPasskeysAreLimited(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	person := g.customer(t, "kjent", "")
	actor := g.actorOf(person)
	for i := range MaxPasskeys - 1 {
		g.exec(t, `INSERT INTO passkeys (id, person_id, credential_id, credential, name, created_at) VALUES (?, ?, ?, '{"id":"YQ=="}', 'x', now())`,
			uuid.New(), person.ID, fmt.Appendf(nil, "credential %d", i))
	}
	var group sync.WaitGroup
	added := make(chan error, 4)
	challenges := make([]Challenge, cap(added))
	for i := range challenges {
		var err error
		if challenges[i], err = g.BeginPasskey(t.Context(), actor); err != nil {
			t.Fatal(err)
		}
	}
	for _, challenge := range challenges {
		group.Go(func() {
			_, err := g.FinishPasskey(t.Context(), actor, uuid.New(), challenge.CeremonyID, newDevice(person.ID).create(t, challenge), "x")
			added <- err
		})
	}
	group.Wait()
	close(added)
	in := 0
	for err := range added {
		if err == nil {
			in++
		} else if fault.ReasonOf(err) != "passkeys_too_many" {
			t.Error(err)
		}
	}
	if n := g.count(t, "SELECT count(*) FROM passkeys"); in != 1 || n != MaxPasskeys {
		t.Errorf("%d were added, %d there are", in, n)
	}
	_, err := g.BeginPasskey(t.Context(), actor)
	wantFault(t, err, fault.WrongState, "passkeys_too_many")
}

func TestNoPasskeysWithoutAHostName(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]bool{
		"": false, "http://127.0.0.1:8080": false, "https://[::1]": false, "://": false,
		"http://localhost:8080": true, "https://utsendt.example.com/x": true,
	} {
		if got := relyingParty(base); (got != nil) != want {
			t.Errorf("%q: %v", base, got)
		}
	}
	w := newWorld(t)
	_, err := w.BeginPasskeySignIn(t.Context(), "")
	wantFault(t, err, fault.WrongState, "passkeys_unavailable")
	_, err = w.BeginPasskey(t.Context(), Actor{})
	wantFault(t, err, fault.WrongState, "passkeys_unavailable")
}

// Removing a person removes what they come in by.
func TestPasskeysGoWithTheirPerson(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	person := g.customer(t, "kjent", "")
	g.register(t, g.actorOf(person), newDevice(person.ID), "x")
	err := postgres.InTx(t.Context(), g.db, func(ctx context.Context, tx postgres.Tx) error {
		_, err := tx.NewRaw("DELETE FROM people WHERE id = ?", person.ID).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := g.count(t, "SELECT (SELECT count(*) FROM passkeys) + (SELECT count(*) FROM security_answers)"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}
