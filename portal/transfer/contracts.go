package transfer

import (
	"context"

	"github.com/jackc/pgx/v5"
)

var contracts = table{
	kind:  Contracts,
	about: "Service contracts. Known by their number, which is unique over all accounts; a contract stays with its account.",
	columns: []column{
		{name: "number", need: key, parse: text(64), stored: "t.number",
			meaning: "Contract number", example: "AV-2001"},
		{name: "account", need: required, parse: text(64), stored: "a.number",
			meaning: "Number of the account", example: "K-1001"},
		{name: "starts_on", need: required, parse: date, stored: "to_char(t.starts_on, 'YYYY-MM-DD')",
			meaning: "First day, `2026-01-31` or `31.01.2026`", example: "2026-01-01"},
		{name: "ends_on", parse: date, stored: "coalesce(to_char(t.ends_on, 'YYYY-MM-DD'), '')",
			meaning: "Last day; empty means without end", example: "2028-12-31"},
		{name: "response_hours", parse: whole(1, 10000), stored: "coalesce(t.response_hours::text, '')",
			meaning: "Hours within which a technician is promised on site; empty means no promise", example: "8"},
		{name: "resolution_hours", parse: whole(1, 10000), stored: "coalesce(t.resolution_hours::text, '')",
			meaning: "Hours within which a fault is promised to be mended; empty means no promise", example: "24"},
		{name: "reading_months", parse: oneOf("1", "2", "3", "4", "6", "12"), absent: "1", stored: "t.reading_months::text",
			meaning: "A reading is due every so many months: 1, 2, 3, 4, 6 or 12; empty means 1", example: "3"},
		{name: "supply_kinds", parse: supplyKinds, absent: "toner|waste_toner", stored: "coalesce(nullif(array_to_string(t.supply_kinds, '|'), ''), 'none')", show: supplyKinds,
			meaning: "Kinds of supplies it includes, with `|` between: toner, drum, waste_toner, staples, fuser, other; or none; empty means toner and waste_toner", example: "staples|toner|waste_toner"},
	},
	from: "contracts t JOIN accounts a ON a.id = t.account_id",
	id:   "t.id::text",
	upsert: `INSERT INTO contracts AS t (id, account_id, number, starts_on, ends_on, response_hours, resolution_hours,
			reading_months, supply_kinds, created_at, updated_at)
		SELECT r.id::uuid, a.id, r.number, r.starts_on::date, nullif(r.ends_on, '')::date,
			nullif(r.response_hours, '')::integer, nullif(r.resolution_hours, '')::integer,
			r.reading_months::integer, CASE r.supply_kinds WHEN 'none' THEN '{}'::text[] ELSE string_to_array(r.supply_kinds, '|') END, r.now, r.now
		FROM r JOIN accounts a ON a.number = r.account
		ON CONFLICT (number) DO UPDATE SET starts_on = excluded.starts_on, ends_on = excluded.ends_on,
			response_hours = excluded.response_hours, resolution_hours = excluded.resolution_hours,
			reading_months = excluded.reading_months, supply_kinds = excluded.supply_kinds, updated_at = excluded.updated_at`,
	check: checkContracts,
}

func checkContracts(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	account, starts, ends := t.at("account"), t.at("starts_on"), t.at("ends_on")
	for _, d := range drafts {
		if d.stored != nil && d.stored[account] != d.cells[account] {
			d.refuse("contract_of_other_account", "account", "The contract belongs to account %s.", d.stored[account])
		}
		if d.cells[ends] != "" && d.cells[ends] < d.cells[starts] {
			d.refuse("contract_ends_before_start", "ends_on", "The contract ends on %s, before it starts on %s.",
				d.cells[ends], d.cells[starts])
		}
	}
	return accountsExist(ctx, tx, drafts, account)
}
