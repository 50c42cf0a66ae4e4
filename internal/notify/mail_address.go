package notify

import (
	"context"
	"fmt"

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

// markAddresses fills in what is known of the addresses that are no person's.
func markAddresses(ctx context.Context, tx postgres.Tx, addresses map[Address]*recipient) error {
	if len(addresses) == 0 {
		return nil
	}
	list := make([]string, 0, len(addresses))
	for a := range addresses {
		list = append(list, a.Email)
	}
	var rows []struct {
		Email  string   `bun:"email"`
		Off    []string `bun:"off,array"`
		Paused bool     `bun:"paused"`
	}
	err := tx.NewRaw(`SELECT w.email, a.off, a.refusals >= ? AS paused
		FROM unnest(ARRAY[?]::text[]) AS w (email) JOIN mail_addresses a ON a.address_hash = `+addressHash("w.email"),
		maxRefusals, bun.List(list)).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("notify: reading what is known of addresses: %w", err)
	}
	for a, r := range addresses {
		for _, row := range rows {
			if row.Email == a.Email {
				r.Off, r.Paused = row.Off, row.Paused
			}
		}
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
