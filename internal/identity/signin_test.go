package identity

import (
	"bytes"
	"context"
	"crypto/sha256"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"golang.org/x/sync/errgroup"

	"utsendt/internal/fault"
)

func TestSignInIgnoresCaseOfUserIDButNotOfPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.dispatcher(t, "Kari.Demo")
	for _, userID := range []string{"kari.demo", "KARI.DEMO", "Kari.Demo", "ｋａｒｉ.demo"} {
		if err := w.try(t.Context(), userID, goodPassword, address); err != nil {
			t.Errorf("%s: %v", userID, err)
		}
	}
	wantFault(t, w.try(t.Context(), "kari.demo", strings.ToUpper(goodPassword), address),
		fault.Unauthenticated, "sign_in_failed")
}

func TestSignInSameWorkAndAnswerWhoeverFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.dispatcher(t, "known")
	disabled := w.dispatcher(t, "disabled")
	if err := w.Disable(ctx, System(), disabled.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.CreatePerson(ctx, System(), NewPerson{UserID: "without", Role: RoleAdmin}); err != nil {
		t.Fatal(err)
	}
	answers := map[string]string{}
	for name, pair := range map[string][2]string{
		"wrong password": {"known", "wrong"},
		"unknown":        {"nobody", goodPassword},
		"disabled":       {"disabled", goodPassword},
		"no password":    {"without", ""},
	} {
		before := w.hasher.runs.Load()
		err := w.try(ctx, pair[0], pair[1], address)
		if n := w.hasher.runs.Load() - before; n != 1 {
			t.Errorf("%s: %d hashes, want 1", name, n)
		}
		answers[wantFault(t, err, fault.Unauthenticated, "sign_in_failed").Error()] = name
	}
	if len(answers) != 1 {
		t.Errorf("answers differ: %v", answers)
	}
	// The dummy costs the same parameters as a real hash.
	params, _, _, err := argon2id.DecodeHash(newHasher(hashParams, 1).dummy)
	if err != nil || *params != hashParams {
		t.Errorf("dummy hash has %+v, %v; want %+v", params, err, hashParams)
	}
}

func TestTokensAreHashedAtRest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.dispatcher(t, "known")
	token, session := w.signIn(t, "known", SessionWeb)
	if !strings.HasPrefix(token, "uts_") || len(token) != 47 {
		t.Errorf("token has an unexpected form")
	}
	sum := sha256.Sum256([]byte(token))
	var stored []byte
	var row string
	err := w.db.NewRaw("SELECT token_hash, s::text FROM sessions s WHERE id = ?", session.ID).Scan(t.Context(), &stored, &row)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(stored, sum[:]) || strings.Contains(row, token) {
		t.Error("the token is not stored as its SHA-256")
	}
	var hash string
	if err := w.db.NewRaw("SELECT password_hash FROM people").Scan(t.Context(), &hash); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$") {
		t.Errorf("stored password is %q", hash)
	}
}

func TestSignInRefusedByRoleStartsNoSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person := w.dispatcher(t, "known")
	for range 8 { // a right password is no guess: no wait comes of it
		_, _, _, err := w.SignIn(t.Context(), "known", goodPassword, SessionDevice, "", address, RoleTechnician)
		wantFault(t, err, fault.Forbidden, "role_refused")
	}
	if sessions, err := w.ListSessions(t.Context(), person.ID); err != nil || len(sessions) != 0 {
		t.Errorf("%d sessions, %v; want none", len(sessions), err)
	}
}

func TestHashesAreRenewed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person := w.dispatcher(t, "known")
	old, err := argon2id.CreateHash(goodPassword, &argon2id.Params{Memory: 16, Iterations: 2, Parallelism: 1, SaltLength: 8, KeyLength: 16})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.NewRaw("UPDATE people SET password_hash = ?", old).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.signIn(t, "known", SessionWeb)
	person, err = ByID(t.Context(), w.db, person.ID)
	if err != nil {
		t.Fatal(err)
	}
	params, _, _, err := argon2id.DecodeHash(person.PasswordHash)
	if err != nil || *params != w.hasher.params {
		t.Errorf("after sign-in the hash has %+v, %v; want %+v", params, err, w.hasher.params)
	}
	w.signIn(t, "known", SessionWeb)
}

func TestHashQueueIsBoundedAndHeedsContext(t *testing.T) {
	t.Parallel()
	h := newHasher(argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}, 1)
	release, err := h.acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for range queuePerSlot {
		group.Go(func() {
			if _, err := h.acquire(ctx); err == nil {
				t.Error("got a slot that was taken")
			}
		})
	}
	deadline := time.Now().Add(30 * time.Second)
	for h.waiting.Load() < queuePerSlot+1 {
		if time.Now().After(deadline) {
			t.Fatal("the queue did not fill")
		}
		time.Sleep(time.Millisecond)
	}
	_, err = h.acquire(t.Context())
	if e := wantFault(t, err, fault.Limited, "sign_in_busy"); e.RetryAfter <= 0 {
		t.Error("no wait is given")
	}
	cancel()
	group.Wait()
	release()
	release, err = h.acquire(t.Context())
	if err != nil {
		t.Fatalf("after the queue is gone: %v", err)
	}
	release()
	if n := h.waiting.Load(); n != 0 {
		t.Errorf("%d still counted as waiting", n)
	}
}

// A sign-in that has verified the password must not get in when the person is disabled meanwhile.
func TestDisableWinsOverRunningSignIns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person := w.dispatcher(t, "known")
	var mu sync.Mutex
	var tokens []string
	var group errgroup.Group
	for range 4 {
		group.Go(func() error {
			for range 10 {
				token, _, _, err := w.SignIn(t.Context(), "known", goodPassword, SessionWeb, "", "")
				if err == nil {
					mu.Lock()
					tokens = append(tokens, token)
					mu.Unlock()
				} else if k := fault.KindOf(err); k != fault.Unauthenticated && k != fault.Limited {
					return err
				}
			}
			return nil
		})
	}
	group.Go(func() error { return w.Disable(t.Context(), System(), person.ID) })
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, token := range tokens {
		_, _, err := w.Authenticate(t.Context(), token, address)
		wantFault(t, err, fault.Unauthenticated, "session_over")
	}
	var open int
	if err := w.db.NewRaw("SELECT count(*) FROM sessions WHERE revoked_at IS NULL").Scan(t.Context(), &open); err != nil || open != 0 {
		t.Errorf("%d sessions of a disabled person are open, %v", open, err)
	}
}
