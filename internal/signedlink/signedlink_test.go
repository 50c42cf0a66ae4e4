package signedlink_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/internal/signedlink"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var turned sync.Mutex
	db := pgtest.Open(t, postgres.Config{Clock: func() time.Time { turned.Lock(); defer turned.Unlock(); return now }})
	keys := signedlink.New(db)
	sign := func(purpose, subject string) (token string) {
		t.Helper()
		if err := postgres.InTx(t.Context(), db, func(ctx context.Context, tx postgres.Tx) (err error) {
			token, err = keys.Sign(ctx, tx, purpose, subject, tx.Now().Add(time.Hour))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return token
	}
	token := sign("reading", "æ.1")
	if subject, err := keys.Open(t.Context(), "reading", token); err != nil || subject != "æ.1" {
		t.Errorf("%q %v", subject, err)
	}
	unknown := []string{"", ".", "1..", "x", strings.Replace(token, "1.", "2.", 1), token + "A", token + ".x", strings.ToUpper(token), " " + token}
	for i := range token { // any letter changed
		for _, c := range []string{"A", "B", "_"} {
			if changed := token[:i] + c + token[i+1:]; changed != token {
				unknown = append(unknown, changed)
			}
		}
	}
	for _, bad := range unknown {
		if subject, err := keys.Open(t.Context(), "reading", bad); !errors.Is(err, signedlink.ErrUnknown) {
			t.Errorf("%q opens as %q, %v", bad, subject, err)
		}
	}
	if _, err := keys.Open(t.Context(), "another purpose", token); !errors.Is(err, signedlink.ErrUnknown) {
		t.Errorf("for another purpose: %v", err)
	}
	if err := keys.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Open(t.Context(), "reading", token); err != nil {
		t.Errorf("signed with a retired key: %v", err)
	}
	if sign("reading", "æ.1") == token {
		t.Error("the new key is the old one")
	}
	turned.Lock()
	now = now.Add(time.Hour)
	turned.Unlock()
	if _, err := keys.Open(t.Context(), "reading", token); !errors.Is(err, signedlink.ErrExpired) {
		t.Errorf("an hour later: %v", err)
	}
}

// TestFirstKey: servers that need the first key at once agree on one.
func TestFirstKey(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	keys := signedlink.New(db)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if err := postgres.InTx(t.Context(), db, func(ctx context.Context, tx postgres.Tx) error {
				_, err := keys.Sign(ctx, tx, "x", "y", tx.Now())
				return err
			}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	var n int
	if err := db.NewRaw(`SELECT count(*) FROM signing_keys`).Scan(t.Context(), &n); err != nil || n != 1 {
		t.Errorf("%d keys, %v", n, err)
	}
}
