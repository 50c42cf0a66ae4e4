package notify

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/postgres"
)

// maxRefusals in a row is how often mail servers may say that there is no such recipient before mail to the
// address is paused. Nothing is sent there any more; a person who changes their address is written to again.
const maxRefusals = 3

// addressHash is the SQL of an address's key in mail_addresses.
func addressHash(expression string) string {
	return "sha256(convert_to(lower(" + expression + "), 'UTF8'))"
}

// askMail fills in what recipients want no mail of, and whose address is paused, in one statement; none for nobody.
func askMail(ctx context.Context, tx postgres.Tx, recipients []*recipient) error {
	if len(recipients) == 0 {
		return nil
	}
	ids, addresses := make([]uuid.UUID, len(recipients)), make([]string, len(recipients))
	for i, r := range recipients {
		ids[i], addresses[i] = r.ID, r.Email
	}
	var rows []struct {
		N      int      `bun:"n"`
		Off    []string `bun:"off,array"`
		Paused bool     `bun:"paused"`
	}
	err := tx.NewRaw(`SELECT w.n, COALESCE(a.refusals >= ?, false) AS paused,
			CASE WHEN w.person = ? THEN COALESCE(a.off, '{}')
				ELSE ARRAY(SELECT o.class FROM mail_preferences o WHERE o.person_id = w.person) END AS off
		FROM unnest(ARRAY[?]::uuid[], ARRAY[?]::text[]) WITH ORDINALITY AS w (person, email, n)
		LEFT JOIN mail_addresses a ON a.address_hash = `+addressHash("w.email"),
		maxRefusals, uuid.Nil, bun.List(ids), bun.List(addresses)).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("notify: reading who wants mail: %w", err)
	}
	for _, row := range rows {
		recipients[row.N-1].Off, recipients[row.N-1].Paused = row.Off, row.Paused
	}
	return nil
}

// recordAddress keeps count of the refusals of the address that a mail went to: one more, or none any more.
func recordAddress(ctx context.Context, tx postgres.Tx, w work, f fate) error {
	var err error
	switch {
	case f.state == Sent:
		_, err = tx.NewRaw(`UPDATE mail_addresses SET refusals = 0, updated_at = ?
			WHERE address_hash = `+addressHash("?")+` AND refusals > 0`, tx.Now(), w.Email).Exec(ctx)
	case f.badAddress:
		_, err = tx.NewRaw(`INSERT INTO mail_addresses AS a (address_hash, refusals, updated_at)
			VALUES (`+addressHash("?")+`, 1, ?)
			ON CONFLICT (address_hash) DO UPDATE SET refusals = a.refusals + 1, updated_at = EXCLUDED.updated_at`,
			w.Email, tx.Now()).Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("notify: recording what became of an address: %w", err)
	}
	return nil
}
