package transfer

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// pairs runs a query that gives two texts a row and returns them as a map. Queries for single texts give
// the same text twice.
func pairs(ctx context.Context, tx pgx.Tx, query string, args ...any) (map[string]string, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	found := make(map[string]string)
	var from, to string
	_, err = pgx.ForEachRow(rows, []any{&from, &to}, func() error {
		found[from] = to
		return nil
	})
	return found, err
}

// cellsOf gives the cells of one column of all drafts.
func cellsOf(drafts []*draft, column int) []string {
	cells := make([]string, len(drafts))
	for i, d := range drafts {
		cells[i] = d.cells[column]
	}
	return cells
}

// accountsExist refuses the drafts whose account, when they name one, is not there.
func accountsExist(ctx context.Context, tx pgx.Tx, drafts []*draft, column int) error {
	found, err := pairs(ctx, tx, `SELECT number, number FROM accounts WHERE number = ANY($1)`, cellsOf(drafts, column))
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if number := d.cells[column]; number != "" && found[number] == "" {
			d.refuse("account_unknown", "account", "There is no account %s.", number)
		}
	}
	return nil
}

// peopleExist refuses the drafts whose person, when they name one, is not there.
func peopleExist(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft, columns ...string) error {
	for _, name := range columns {
		at := t.at(name)
		found, err := pairs(ctx, tx, `SELECT user_id, user_id FROM people WHERE user_id = ANY($1)`, cellsOf(drafts, at))
		if err != nil {
			return err
		}
		for _, d := range drafts {
			if id := d.cells[at]; id != "" && found[id] == "" {
				d.refuse("person_unknown", name, "There is no person %s.", id)
			}
		}
	}
	return nil
}

// devicesExist refuses the drafts whose device is not there.
func devicesExist(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	at := t.at("serial_number")
	found, err := pairs(ctx, tx, `SELECT serial_number, serial_number FROM devices WHERE serial_number = ANY($1)`, cellsOf(drafts, at))
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if found[d.cells[at]] == "" {
			d.refuse("device_unknown", "serial_number", "There is no device %s.", d.cells[at])
		}
	}
	return nil
}

// keepStored lets cells that the file leaves empty be what is stored, where their default is the time of the import.
func keepStored(t *table, drafts []*draft, columns ...string) {
	for _, name := range columns {
		at := t.at(name)
		for _, d := range drafts {
			if d.cells[at] == "" && d.stored != nil {
				d.cells[at] = d.stored[at]
			}
		}
	}
}

// sitesExist refuses the drafts whose account has no such site.
func sitesExist(ctx context.Context, tx pgx.Tx, drafts []*draft, account, site int) error {
	// Line ends cannot be part of either number, so they keep the two apart.
	sites, err := pairs(ctx, tx, `SELECT DISTINCT a.number || E'\n' || s.number, s.id::text
		FROM unnest($1::text[], $2::text[]) AS w(account, site)
		JOIN accounts a ON a.number = w.account JOIN sites s ON s.account_id = a.id AND s.number = w.site`,
		cellsOf(drafts, account), cellsOf(drafts, site))
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if sites[d.cells[account]+"\n"+d.cells[site]] == "" {
			d.refuse("site_unknown", "site", "Account %s has no site %s.", d.cells[account], d.cells[site])
		}
	}
	return nil
}
