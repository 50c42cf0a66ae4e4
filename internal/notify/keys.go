package notify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify/webpush"
	"utsendt/internal/postgres"
)

// keyLock is the advisory lock of whoever changes the current key. Any number does, so long as it never
// changes.
const keyLock = 0x7574_7365_6e64_7432

// Key is one VAPID key as an operator sees it: without its private half.
type Key struct {
	ID uuid.UUID `bun:"id,type:uuid"`
	// PublicKey is in base64url.
	PublicKey string    `bun:"public_key"`
	CreatedAt time.Time `bun:"created_at"`
	// RetiredAt is nil for the current key.
	RetiredAt *time.Time `bun:"retired_at"`
	// Subscriptions is how many browsers still use it.
	Subscriptions int `bun:"subscriptions"`
}

// storedKey is a row of vapid_keys.
type storedKey struct {
	bun.BaseModel `bun:"table:vapid_keys,alias:key"`

	ID         uuid.UUID  `bun:"id,pk,type:uuid"`
	PublicKey  string     `bun:"public_key"`
	PrivateKey string     `bun:"private_key"`
	CreatedAt  time.Time  `bun:"created_at"`
	RetiredAt  *time.Time `bun:"retired_at"`
}

// CurrentKey gives the key that browsers subscribe with, and makes the first one. Any number of servers may
// ask at once; they get the same.
func (s *Service) CurrentKey(ctx context.Context) (webpush.Keys, error) {
	key, err := s.currentKey(ctx)
	if err != nil {
		return webpush.Keys{}, err
	}
	return s.keys.parse(key.ID, key.PublicKey, key.PrivateKey)
}

func (s *Service) currentKey(ctx context.Context) (storedKey, error) {
	key, found, err := findKey(ctx, s.db, "retired_at IS NULL")
	if err != nil || found {
		return key, err
	}
	err = s.changeKey(ctx, func(ctx context.Context, tx postgres.Tx) error {
		if key, found, err = findKey(ctx, tx, "retired_at IS NULL"); err != nil || found {
			return err
		}
		fresh, err := webpush.GenerateKeys()
		if err != nil {
			return err
		}
		key, err = insertKey(ctx, tx, fresh)
		return err
	})
	return key, err
}

// RotateKey makes a new current key. Browsers that subscribed with an older one get their messages signed
// with that one until they subscribe anew, which ListSubscriptions asks them to.
func (s *Service) RotateKey(ctx context.Context) (webpush.Keys, error) {
	fresh, err := webpush.GenerateKeys()
	if err != nil {
		return webpush.Keys{}, err
	}
	err = s.changeKey(ctx, func(ctx context.Context, tx postgres.Tx) error {
		if err := retireKeys(ctx, tx); err != nil {
			return err
		}
		_, err := insertKey(ctx, tx, fresh)
		return err
	})
	if err != nil {
		return webpush.Keys{}, err
	}
	return fresh, nil
}

// EnsureKey makes a pair from the configuration, in base64url, the current key; it changes nothing when it
// already is. A pair that is malformed is an Invalid fault, push_keys_invalid.
func (s *Service) EnsureKey(ctx context.Context, public, private string) error {
	given, err := webpush.ParseKeys(public, private)
	if err != nil {
		return err
	}
	return s.changeKey(ctx, func(ctx context.Context, tx postgres.Tx) error {
		key, found, err := findKey(ctx, tx, "public_key = ?", given.Public())
		switch {
		case err != nil:
			return err
		case found && key.RetiredAt == nil:
			return nil
		}
		if err := retireKeys(ctx, tx); err != nil {
			return err
		}
		if !found {
			_, err = insertKey(ctx, tx, given)
			return err
		}
		if _, err := tx.NewRaw(`UPDATE vapid_keys SET retired_at = NULL WHERE id = ?`, key.ID).Exec(ctx); err != nil {
			return fmt.Errorf("notify: bringing back a VAPID key: %w", err)
		}
		return auditKey(ctx, tx, "vapid_key.restore", key)
	})
}

// ListKeys gives all keys, the current one first, then the newest retired.
func (s *Service) ListKeys(ctx context.Context) ([]Key, error) {
	var keys []Key
	err := s.db.NewRaw(`SELECT k.id, k.public_key, k.created_at, k.retired_at, count(s.id) AS subscriptions
		FROM vapid_keys k LEFT JOIN push_subscriptions s ON s.vapid_key_id = k.id
		GROUP BY k.id ORDER BY k.retired_at DESC NULLS FIRST, k.id DESC`).Scan(ctx, &keys)
	if err != nil {
		return nil, fmt.Errorf("notify: reading the VAPID keys: %w", err)
	}
	return keys, nil
}

// changeKey runs fn while nobody else changes which key is current.
func (s *Service) changeKey(ctx context.Context, fn func(ctx context.Context, tx postgres.Tx) error) error {
	return postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		if _, err := tx.NewRaw(`SELECT pg_advisory_xact_lock(?)`, int64(keyLock)).Exec(ctx); err != nil {
			return fmt.Errorf("notify: waiting for the VAPID keys: %w", err)
		}
		return fn(ctx, tx)
	})
}

func findKey(ctx context.Context, db bun.IDB, where string, args ...any) (key storedKey, found bool, err error) {
	err = db.NewSelect().Model(&key).Where(where, args...).Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return storedKey{}, false, nil
	case err != nil:
		return storedKey{}, false, fmt.Errorf("notify: reading a VAPID key: %w", err)
	}
	return key, true, nil
}

func insertKey(ctx context.Context, tx postgres.Tx, keys webpush.Keys) (storedKey, error) {
	key := storedKey{ID: newID(), PublicKey: keys.Public(), PrivateKey: keys.Private(), CreatedAt: tx.Now()}
	if _, err := tx.NewInsert().Model(&key).Exec(ctx); err != nil {
		return storedKey{}, fmt.Errorf("notify: storing a VAPID key: %w", err)
	}
	return key, auditKey(ctx, tx, "vapid_key.create", key)
}

func retireKeys(ctx context.Context, tx postgres.Tx) error {
	if _, err := tx.NewRaw(`UPDATE vapid_keys SET retired_at = ? WHERE retired_at IS NULL`, tx.Now()).Exec(ctx); err != nil {
		return fmt.Errorf("notify: retiring a VAPID key: %w", err)
	}
	return nil
}

func auditKey(ctx context.Context, tx postgres.Tx, action string, key storedKey) error {
	return audit.Write(ctx, tx, identity.System(), action, "vapid_key", key.ID, nil,
		map[string]any{"public_key": key.PublicKey})
}

// keyFor finds the key that a browser says it subscribed with; the current one when it does not say.
func (s *Service) keyFor(ctx context.Context, public string) (storedKey, error) {
	if public == "" {
		return s.currentKey(ctx)
	}
	key, found, err := findKey(ctx, s.db, "public_key = ?", strings.TrimRight(public, "="))
	if err == nil && !found {
		err = fault.NewInvalid("public_key", "push_key_unknown",
			"The browser subscribed with a key that is not ours. Subscribe again.")
	}
	return key, err
}

// keyCache keeps keys that were read before: checking a pair costs as much as sealing a message, and a key
// never changes.
type keyCache struct{ byID sync.Map }

func (c *keyCache) parse(id uuid.UUID, public, private string) (webpush.Keys, error) {
	if keys, ok := c.byID.Load(id); ok {
		return keys.(webpush.Keys), nil
	}
	keys, err := webpush.ParseKeys(public, private)
	if err == nil {
		c.byID.Store(id, keys)
	}
	return keys, err
}
