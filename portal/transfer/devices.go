package transfer

import (
	"context"

	"github.com/jackc/pgx/v5"
)

var devices = table{
	kind: Devices,
	about: "Printers. Known by their serial number, which is stored upper-case, without blanks at the ends and with " +
		"single blanks inside. Site and contract must be the account's own.",
	columns: []column{
		{name: "serial_number", need: key, parse: serial, stored: "t.serial_number",
			meaning: "Serial number; case does not matter", example: "DEMO-000001"},
		{name: "model", need: required, parse: text(100), stored: "m.name",
			meaning: "Name of the model", example: "Polar C300"},
		{name: "account", need: required, parse: text(64), stored: "a.number",
			meaning: "Number of the account", example: "K-1001"},
		{name: "site", need: required, parse: text(64), stored: "s.number",
			meaning: "Number of the account's site it stands at", example: "01"},
		{name: "contract", parse: text(64), stored: "coalesce(c.number, '')",
			meaning: "Number of the contract; empty means none", example: "AV-2001"},
		{name: "friendly_name", parse: text(200), stored: "t.friendly_name", show: shownLine(200), free: true,
			meaning: "What the customer calls it", example: "Resepsjonen"},
		{name: "retired", parse: yesNo, absent: "false", stored: "(t.retired_at IS NOT NULL)::text",
			meaning: "Whether it is out of use, kept for its history and shown to no customer: true or false; empty means false", example: "false"},
	},
	from: `devices t JOIN models m ON m.id = t.model_id JOIN accounts a ON a.id = t.account_id
		JOIN sites s ON s.id = t.site_id LEFT JOIN contracts c ON c.id = t.contract_id`,
	id: "t.id::text",
	upsert: `INSERT INTO devices AS t (id, serial_number, model_id, account_id, site_id, contract_id, friendly_name,
			retired_at, created_at, updated_at)
		SELECT r.id::uuid, r.serial_number, m.id, a.id, s.id, c.id, r.friendly_name,
			CASE WHEN r.retired::boolean THEN r.now END, r.now, r.now
		FROM r JOIN models m ON m.name = r.model JOIN accounts a ON a.number = r.account
			JOIN sites s ON s.account_id = a.id AND s.number = r.site
			LEFT JOIN contracts c ON c.number = r.contract AND c.account_id = a.id
		ON CONFLICT (serial_number) DO UPDATE SET model_id = excluded.model_id, account_id = excluded.account_id,
			site_id = excluded.site_id, contract_id = excluded.contract_id, friendly_name = excluded.friendly_name,
			retired_at = CASE WHEN excluded.retired_at IS NOT NULL THEN coalesce(t.retired_at, excluded.retired_at) END,
			updated_at = excluded.updated_at`,
	check: checkDevices,
}

func checkDevices(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	model, account, site, contract := t.at("model"), t.at("account"), t.at("site"), t.at("contract")
	if err := accountsExist(ctx, tx, drafts, account); err != nil {
		return err
	}
	known, err := pairs(ctx, tx, `SELECT name, name FROM models WHERE name = ANY($1)`, cellsOf(drafts, model))
	if err != nil {
		return err
	}
	if err := sitesExist(ctx, tx, drafts, account, site); err != nil {
		return err
	}
	owners, err := pairs(ctx, tx, `SELECT c.number, a.number FROM contracts c JOIN accounts a ON a.id = c.account_id
		WHERE c.number = ANY($1)`, cellsOf(drafts, contract))
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if known[d.cells[model]] == "" {
			d.refuse("model_unknown", "model", "There is no model %s.", d.cells[model])
		}
		if number := d.cells[contract]; number != "" && owners[number] != d.cells[account] {
			d.refuse("contract_unknown", "contract", "Account %s has no contract %s.", d.cells[account], number)
		}
	}
	return nil
}
