package archive

import (
	"context"

	"utsendt/internal/postgres"
)

// LeftOut and Withheld are what stays behind.
var (
	LeftOut  = leftOut
	Withheld = withheld
	Archived = archived
)

// TableColumns gives the archived tables with their columns.
func TableColumns(ctx context.Context, db *postgres.DB) (found map[string][]string, err error) {
	found = map[string][]string{}
	err = postgres.InTx(ctx, db, func(ctx context.Context, tx postgres.Tx) error {
		all, err := tables(ctx, tx.PgxTx())
		for _, t := range all {
			found[t.name] = t.columns
		}
		return err
	})
	return found, err
}
