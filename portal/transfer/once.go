package transfer

import (
	"context"
	"crypto/sha256"
	"strings"

	"utsendt/internal/postgres"
)

// A key may stand in a file once: were the last row to win, the same file again would change the rows
// back and forth. The first row that is accepted holds the key.

// hash is the first half of the SHA-256 of the natural key.
func (d *draft) hash(t *table) (h [16]byte) {
	var parts []string
	for _, k := range t.keys() {
		parts = append(parts, d.cells[k])
	}
	// Cells hold no line ends, so these keep the parts apart.
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	copy(h[:], sum[:])
	return h
}

// writeOnce writes the drafts of one chunk. Where several have the same key, the later ones wait to see
// whether the first is accepted.
func (imp *importer) writeOnce(ctx context.Context, tx postgres.Tx, drafts []*draft) error {
	t := imp.layout.table
	holders := make(map[[16]byte]*draft, len(drafts))
	for pending := accepted(drafts); len(pending) > 0; {
		var now, later []*draft
		for _, d := range pending {
			h := d.hash(t)
			holder := holders[h]
			switch first, taken := imp.seen[h]; {
			case taken:
				d.refuse("row_twice", "", "%s stands in row %d already.", d.name(t), first)
			case holder == nil || holder.refusal != nil:
				holders[h] = d
				now = append(now, d)
			default:
				later = append(later, d)
			}
		}
		if err := write(ctx, tx.PgxTx(), imp.layout, now, tx.Now()); err != nil {
			return err
		}
		if settle := t.settle; settle != nil && !imp.opts.DryRun {
			if err := settle(ctx, tx.PgxTx(), t, accepted(now)); err != nil {
				return err
			}
		}
		pending = pending[:0]
		for _, d := range later {
			holder := holders[d.hash(t)]
			if holder.refusal != nil {
				pending = append(pending, d)
				continue
			}
			d.refuse("row_twice", "", "%s stands in row %d already.", d.name(t), holder.row)
		}
	}
	return nil
}
