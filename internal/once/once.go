package once

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

// Keep is how long results are kept unless told otherwise: an operation sent again later takes effect again.
const Keep = 30 * 24 * time.Hour

// Key names an operation.
type Key struct {
	// Person who does it.
	Person uuid.UUID
	// ID made by the client.
	ID uuid.UUID
	// Kind of operation, for example "accept".
	Kind string
}

// Do runs fn unless the operation was done before, and stores its result as JSON. asked is what the client asked
// for, in a form that is equal for equal questions: the same id for something else is
// fault.Invalid "operation_id_reused". When fn fails, its error is returned and the caller must roll back.
func Do[T any](ctx context.Context, tx postgres.Tx, key Key, asked any, fn func() (T, error)) (T, error) {
	var result T
	if key.ID == uuid.Nil {
		return result, fault.NewInvalid("operation_id", "operation_id_missing", "The operation needs an id of its own.")
	}
	digest, err := digestOf(key, asked)
	if err != nil {
		return result, err
	}
	claimed, err := tx.ExecContext(ctx, `INSERT INTO operations (person_id, id, kind, digest, created_at)
		VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, key.Person, key.ID, key.Kind, digest[:], tx.Now())
	if err != nil {
		return result, fmt.Errorf("once: claiming: %w", err)
	}
	if n, err := claimed.RowsAffected(); err != nil {
		return result, fmt.Errorf("once: claiming: %w", err)
	} else if n == 0 {
		result, known, err := read[T](ctx, tx, key, digest)
		if err == nil && !known { // purged between the two statements
			err = fault.NewUnavailable("operation_expired", "Please try again.")
		}
		return result, err
	}
	if result, err = fn(); err != nil {
		return result, err
	}
	answer, err := json.Marshal(result)
	if err != nil {
		return result, fmt.Errorf("once: %s: %w", key.Kind, err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE operations SET result = ? WHERE person_id = ? AND id = ?`,
		string(answer), key.Person, key.ID); err != nil {
		return result, fmt.Errorf("once: storing: %w", err)
	}
	return result, nil
}

// InTx is Do in a transaction of its own: what most operations are. Errors as for Do, and the transaction's.
func InTx[T any](ctx context.Context, db *postgres.DB, key Key, asked any,
	fn func(ctx context.Context, tx postgres.Tx) (T, error),
) (result T, err error) {
	err = postgres.InTx(ctx, db, func(ctx context.Context, tx postgres.Tx) (err error) {
		result, err = Do(ctx, tx, key, asked, func() (T, error) { return fn(ctx, tx) })
		return err
	})
	return result, err
}

// Stored gives the result of an operation that took effect, and false when it did not. Errors as for Do.
func Stored[T any](ctx context.Context, db bun.IDB, key Key, asked any) (result T, known bool, err error) {
	digest, err := digestOf(key, asked)
	if err != nil {
		return result, false, err
	}
	return read[T](ctx, db, key, digest)
}

func digestOf(key Key, asked any) ([32]byte, error) {
	question, err := json.Marshal(asked)
	if err != nil {
		return [32]byte{}, fmt.Errorf("once: %s: %w", key.Kind, err)
	}
	return sha256.Sum256(question), nil
}

func read[T any](ctx context.Context, db bun.IDB, key Key, digest [32]byte) (result T, known bool, err error) {
	var (
		kind         string
		asked, reply []byte
	)
	err = db.QueryRowContext(ctx, `SELECT kind, digest, result FROM operations WHERE person_id = ? AND id = ?`,
		key.Person, key.ID).Scan(&kind, &asked, &reply)
	if errors.Is(err, sql.ErrNoRows) {
		return result, false, nil
	}
	if err != nil {
		return result, false, fmt.Errorf("once: reading: %w", err)
	}
	if kind != key.Kind || string(asked) != string(digest[:]) {
		return result, false, fault.NewInvalid("operation_id", "operation_id_reused",
			"This operation id was used for something else. A new operation needs a new id.")
	}
	if err := json.Unmarshal(reply, &result); err != nil {
		return result, false, fmt.Errorf("once: %s: %w", key.Kind, err)
	}
	return result, true, nil
}

// Purge removes results older than keep.
func Purge(ctx context.Context, db *postgres.DB, keep time.Duration) error {
	_, err := db.ExecContext(ctx, `DELETE FROM operations WHERE created_at < ?`, db.Now().Add(-keep))
	return err
}
