package signedlink

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/postgres"
)

// ErrUnknown is for a token that is not one of ours, ErrExpired for one that was.
var (
	ErrUnknown = errors.New("signedlink: the token is not one of ours")
	ErrExpired = errors.New("signedlink: the token has expired")
)

// version begins every token; another form of token would begin with another.
const version = "1"

// maxSubject bounds a subject, in octets.
const maxSubject = 200

// Keys signs and opens. It is safe for any number of goroutines and servers.
type Keys struct {
	db *postgres.DB
}

// New makes Keys on a migrated database. The first key is made when it is first needed.
func New(db *postgres.DB) *Keys { return &Keys{db: db} }

// Sign makes a token about a subject (at most 200 octets) for a purpose, good until the given time, to the second.
func (k *Keys) Sign(ctx context.Context, tx postgres.Tx, purpose, subject string, until time.Time) (string, error) {
	if len(subject) > maxSubject {
		return "", fmt.Errorf("signedlink: a subject of %d octets", len(subject))
	}
	id, secret, err := current(ctx, tx)
	if err != nil {
		return "", err
	}
	content := binary.BigEndian.AppendUint64(append([]byte(nil), id[:]...), uint64(until.Unix()))
	content = append(content, subject...)
	return version + "." + encode(content) + "." + encode(sign(secret, purpose, content)), nil
}

// Open gives the subject of a token for the purpose; ErrUnknown, ErrExpired, or the database's error.
func (k *Keys) Open(ctx context.Context, purpose, token string) (subject string, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 || parts[0] != version {
		return "", ErrUnknown
	}
	content, err := decode(parts[1])
	if err != nil || len(content) < 24 || len(content) > 24+maxSubject {
		return "", ErrUnknown
	}
	mac, err := decode(parts[2])
	if err != nil {
		return "", ErrUnknown
	}
	var secret []byte
	err = k.db.QueryRowContext(ctx, `SELECT secret FROM signing_keys WHERE id = ?`, uuid.UUID(content[:16])).Scan(&secret)
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrUnknown
	}
	if err != nil {
		return "", fmt.Errorf("signedlink: reading a key: %w", err)
	}
	if !hmac.Equal(mac, sign(secret, purpose, content)) {
		return "", ErrUnknown
	}
	if until := time.Unix(int64(binary.BigEndian.Uint64(content[16:24])), 0); !k.db.Now().Before(until) {
		return "", ErrExpired
	}
	return string(content[24:]), nil
}

// Rotate makes a new key that signs from now on.
func (k *Keys) Rotate(ctx context.Context) error {
	return postgres.InTx(ctx, k.db, func(ctx context.Context, tx postgres.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE signing_keys SET retired_at = ? WHERE retired_at IS NULL`, tx.Now()); err != nil {
			return fmt.Errorf("signedlink: retiring a key: %w", err)
		}
		_, _, err := current(ctx, tx)
		return err
	})
}

// current gives the key that signs, making the first.
func current(ctx context.Context, tx postgres.Tx) (id uuid.UUID, secret []byte, err error) {
	const read = `SELECT id, secret FROM signing_keys WHERE retired_at IS NULL`
	if err = tx.QueryRowContext(ctx, read).Scan(&id, &secret); !errors.Is(err, sql.ErrNoRows) {
		return id, secret, wrap(err)
	}
	secret = make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	// Of two servers that make the first key at once, the second waits and takes the first one's.
	if _, err = tx.ExecContext(ctx, `INSERT INTO signing_keys (id, secret, created_at) VALUES (?, ?, ?)
		ON CONFLICT ((true)) WHERE retired_at IS NULL DO NOTHING`, uuid.New(), secret, tx.Now()); err != nil {
		return id, nil, wrap(err)
	}
	err = tx.QueryRowContext(ctx, read).Scan(&id, &secret)
	return id, secret, wrap(err)
}

func wrap(err error) error {
	if err != nil {
		return fmt.Errorf("signedlink: the key: %w", err)
	}
	return nil
}

// sign covers version and purpose too, so that a token is good for nothing else.
func sign(secret []byte, purpose string, content []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(version + "\x00" + purpose + "\x00"))
	mac.Write(content)
	return mac.Sum(nil)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// decode is strict, so that a token has one spelling.
func decode(s string) ([]byte, error) { return base64.RawURLEncoding.Strict().DecodeString(s) }
