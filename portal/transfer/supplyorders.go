package transfer

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
)

var supplyOrders = table{
	kind: SupplyOrders,
	about: "Orders of supplies, with their lines. Known by their number, which they keep. An order that is there is not changed by " +
		"a file. Orders placed later get higher numbers than any in the file.",
	columns: slices.Concat([]column{
		{name: "number", need: key, parse: text(64), stored: "t.number",
			meaning: "Number of the order with its check digit", example: "SO-1000017"},
		{name: "account", need: required, parse: text(64), stored: "a.number",
			meaning: "Number of the account", example: "K-1001"},
		{name: "serial_number", need: required, parse: serial, stored: "d.serial_number",
			meaning: "Serial number of the device", example: "DEMO-000001"},
		{name: "model", need: required, parse: text(100), stored: "t.model", show: shownLine(100), free: true,
			meaning: "Name of its model when it was ordered", example: "Polar C300"},
		{name: "friendly_name", parse: text(200), stored: "t.friendly_name", show: shownLine(200), free: true,
			meaning: "What the customer called it then", example: "Resepsjonen"},
		{name: "contract_number", need: required, parse: text(64), stored: "t.contract_number", show: shownLine(64),
			meaning: "Number of the contract then", example: "AV-2001"},
		{name: "ordered_by", need: required, parse: userID, stored: "p.user_id",
			meaning: "User ID of who ordered", example: "kunde01"},
		{name: "name", parse: text(200), stored: "t.name", show: shownLine(200), free: true,
			meaning: "Who receives it", example: "Eksempel Kontor 01 AS"},
	}, addressColumns("", "Delivery"), []column{
		{name: "contact_name", parse: text(200), stored: "t.contact_name", show: shownLine(200), free: true,
			meaning: "Whom to ask", example: "Demo Kunde-01"},
		{name: "contact_phone", parse: text(50), stored: "t.contact_phone", show: shownLine(50), free: true,
			meaning: "Phone number", example: "+47 000 00 101"},
		{name: "contact_email", parse: text(254), stored: "t.contact_email", show: shownLine(254), free: true,
			meaning: "E-mail address", example: "kunde01@example.com"},
		{name: "lines", need: required, parse: orderLines, stored: orderLinesSQL, show: orderLines,
			meaning: "What was ordered, as JSON: supply and quantity, and number, name_nb and name_en as they were then; those three may be left out",
			example: `[{"supply":"DEMO-TK-300","quantity":2}]`},
		{name: "state", parse: oneOf("placed", "picked", "shipped", "delivered", "cancelled"), absent: "placed", stored: "t.state",
			meaning: "placed, picked, shipped, delivered or cancelled; empty means placed", example: "shipped"},
		{name: "placed_at", need: required, parse: instant, stored: instantSQL("t.placed_at"),
			meaning: "When it was placed", example: "2026-01-31T12:30:00Z"},
		{name: "picked_at", parse: instant, stored: instantSQL("t.picked_at"),
			meaning: "When it was picked; from picked on", example: "2026-02-01T08:00:00Z"},
		{name: "shipped_at", parse: instant, stored: instantSQL("t.shipped_at"),
			meaning: "When it was shipped; from shipped on", example: "2026-02-01T14:00:00Z"},
		{name: "delivered_at", parse: instant, stored: instantSQL("t.delivered_at"),
			meaning: "When it was delivered", example: "2026-02-03T10:00:00Z"},
		{name: "cancelled_at", parse: instant, stored: instantSQL("t.cancelled_at"),
			meaning: "When it was cancelled", example: "2026-01-31T13:00:00Z"},
		{name: "cancel_reason", parse: prose(2000), stored: "t.cancel_reason", show: shownProse(2000), free: true,
			meaning: "Why it was cancelled", example: "Bestilt to ganger"},
		{name: "carrier", parse: text(100), stored: "t.carrier", show: shownLine(100), free: true,
			meaning: "Who carries it; from shipped on", example: "Eksempelpost"},
		{name: "tracking_number", parse: text(200), stored: "t.tracking_number", show: shownLine(200), free: true,
			meaning: "The carrier's number; from shipped on", example: "DEMO0001"},
	}),
	from: `supply_orders t JOIN accounts a ON a.id = t.account_id JOIN devices d ON d.id = t.device_id JOIN people p ON p.id = t.ordered_by`,
	id:   "t.id::text",
	// An order begins as placed, which the database insists on; walkOrders takes it further.
	upsert: `INSERT INTO supply_orders AS t (id, number, state, version, account_id, device_id, serial_number, model, friendly_name,
			contract_number, ordered_by, name, line1, line2, line3, postal_code, city, country, contact_name, contact_phone,
			contact_email, placed_at, updated_at)
		SELECT r.id::uuid, r.number, 'placed', 1, a.id, d.id, d.serial_number, r.model, r.friendly_name, r.contract_number, p.id,
			r.name, r.line1, r.line2, r.line3, r.postal_code, r.city, r.country, r.contact_name, r.contact_phone, r.contact_email,
			r.placed_at::timestamptz, r.now
		FROM r JOIN accounts a ON a.number = r.account JOIN devices d ON d.serial_number = r.serial_number
			JOIN people p ON p.user_id = r.ordered_by`,
	fixed:  true,
	check:  checkOrders,
	after:  walkOrders,
	settle: passNumbers,
}

// orderSteps are the steps after placed, in the order in which they are taken, with the states that lie behind each.
var orderSteps = []struct{ state, at, reached, also string }{
	{"picked", "picked_at", "picked|shipped|delivered", ""},
	{"shipped", "shipped_at", "shipped|delivered", ", carrier = w.carrier, tracking_number = w.tracking"},
	{"delivered", "delivered_at", "delivered", ""},
	{"cancelled", "cancelled_at", "cancelled", ", cancel_reason = w.reason"},
}

func checkOrders(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	state := t.at("state")
	for _, d := range drafts {
		for _, step := range orderSteps {
			reached := slices.Contains(splitNames(step.reached), d.cells[state])
			if reached != (d.cells[t.at(step.at)] != "") {
				d.refuse("order_times", step.at, "An order that is %s has the times of the steps it took, and no others.", d.cells[state])
			}
		}
		sent := d.cells[t.at("shipped_at")] != ""
		if sent != (d.cells[t.at("carrier")] != "") || !sent && d.cells[t.at("tracking_number")] != "" {
			d.refuse("order_carrier", "carrier", "A carrier is known from shipped on, and not before.")
		}
		if (d.cells[state] == "cancelled") != (d.cells[t.at("cancel_reason")] != "") {
			d.refuse("order_reason", "cancel_reason", "A cancelled order has a reason, and no other has.")
		}
	}
	if err := accountsExist(ctx, tx, drafts, t.at("account")); err != nil {
		return err
	}
	if err := peopleExist(ctx, tx, t, drafts, "ordered_by"); err != nil {
		return err
	}
	if err := devicesExist(ctx, tx, t, drafts); err != nil {
		return err
	}
	return completeLines(ctx, tx, t, drafts)
}

// walkOrders writes the lines of new orders and takes the orders step by step to where they are.
func walkOrders(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	ids := make([]string, len(drafts))
	for i, d := range drafts {
		ids[i] = d.id
	}
	cells := func(name string) []string { return cellsOf(drafts, t.at(name)) }
	if _, err := tx.Exec(ctx, `INSERT INTO supply_order_lines (order_id, line, supply_id, supply_number, name_nb, name_en, quantity)
		SELECT w.id, l.n, s.id, l.line ->> 'number', l.line ->> 'name_nb', l.line ->> 'name_en', (l.line ->> 'quantity')::integer
		FROM unnest($1::uuid[], $2::text[]) AS w(id, lines)
			CROSS JOIN jsonb_array_elements(w.lines::jsonb) WITH ORDINALITY AS l(line, n)
			JOIN supplies s ON s.number = l.line ->> 'supply'`, ids, cells("lines")); err != nil {
		return err
	}
	for _, step := range orderSteps {
		if _, err := tx.Exec(ctx, `UPDATE supply_orders t SET state = $7, version = version + 1, `+step.at+` = w.at::timestamptz`+step.also+`
			FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) AS w(id, state, at, carrier, tracking, reason)
			WHERE t.id = w.id AND w.state = ANY($8)`,
			ids, cells("state"), cells(step.at), cells("carrier"), cells("tracking_number"), cells("cancel_reason"),
			step.state, splitNames(step.reached)); err != nil {
			return err
		}
	}
	return nil
}

// passNumbers moves the sequence of numbers beyond those of the file, so that no new order gets one of them.
func passNumbers(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	_, err := tx.Exec(ctx, `SELECT setval('supply_order_number', w.highest)
		FROM (SELECT max(substring(n FROM '^SO-([0-9]{1,15})[0-9]$')::bigint) AS highest FROM unnest($1::text[]) AS n) w
		WHERE w.highest > (SELECT last_value FROM supply_order_number)`, cellsOf(drafts, t.at("number")))
	return err
}
