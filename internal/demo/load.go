package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"utsendt/internal/postgres"
	"utsendt/portal/transfer"
)

// Write writes the demo's file of one kind, as transfer.Import reads it. What happened in the demo happened in the two
// years before at.
func Write(w io.Writer, kind transfer.Kind, at time.Time) error {
	return transfer.Write(w, kind, files(at)[kind])
}

// Load puts the demo into a migrated database and reports whether there was anything to do. passwordHash is
// the argon2id hash of Password in PHC form, made once by the caller because it is slow by design; it is given to
// those of the demo's people who have no password yet. Where all its people are there with a password and their registrations, nothing is
// touched, so that what happened since stays.
func Load(ctx context.Context, db *postgres.DB, passwordHash string) (loaded bool, err error) {
	var ids []string
	for _, p := range peopleRows() {
		ids = append(ids, p[0])
	}
	var there int
	if err := db.Pool.QueryRow(ctx, `SELECT count(*) FROM people WHERE user_id = ANY($1) AND password_hash IS NOT NULL
			AND (account_id IS NULL OR EXISTS (SELECT FROM registrations WHERE person_id = people.id))`, ids).
		Scan(&there); err != nil {
		return false, fmt.Errorf("demo: looking for the demo: %w", err)
	}
	if there == len(ids) {
		return false, nil
	}
	all := files(db.Now())
	for _, kind := range transfer.Kinds() {
		var file bytes.Buffer
		if err := transfer.Write(&file, kind, all[kind]); err != nil {
			return false, err
		}
		_, err := transfer.Import(ctx, db, kind, &file, transfer.Options{OnRow: func(r transfer.RowResult) error {
			if r.Outcome == transfer.Refused {
				return fmt.Errorf("demo: row %d of %s was refused: %s", r.Row, kind, r.Message)
			}
			return nil
		}})
		if err != nil {
			return false, fmt.Errorf("demo: loading %s: %w", kind, err)
		}
		if kind == transfer.Accounts {
			// From the database, so that a load that was interrupted is completed with the same times.
			var at time.Time
			if err := db.Pool.QueryRow(ctx, `SELECT created_at FROM accounts WHERE number = $1`, accountNumber(1)).Scan(&at); err != nil {
				return false, fmt.Errorf("demo: when the demo was loaded: %w", err)
			}
			all = files(at)
		}
	}
	// Last, because it is the mark of a whole load.
	if _, err := db.Pool.Exec(ctx, `UPDATE people SET password_hash = $2, activated_at = coalesce(activated_at, $3), updated_at = $3
		WHERE user_id = ANY($1) AND password_hash IS NULL`, ids, passwordHash, db.Now()); err != nil {
		return false, fmt.Errorf("demo: setting passwords: %w", err)
	}
	return true, nil
}
