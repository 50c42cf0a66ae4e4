package transfer

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
)

var addressChanges = table{
	kind: AddressChanges,
	about: "What customers asked to have changed about where a site is, waiting for staff or decided. Known by account, site and " +
		"when it was asked for. A site has one change that waits. That a change came with a service request is not part of the file.",
	columns: slices.Concat([]column{
		{name: "account", need: key, parse: text(64), stored: "a.number",
			meaning: "Number of the account", example: "K-1001"},
		{name: "site", need: key, parse: text(64), stored: "s.number",
			meaning: "Number of the account's site", example: "01"},
		{name: "requested_at", need: key, parse: instant, stored: instantSQL("t.requested_at"), match: "t.requested_at = %s::timestamptz",
			meaning: "When it was asked for", example: "2026-01-31T12:30:00Z"},
		{name: "serial_number", need: required, parse: serial, stored: "d.serial_number",
			meaning: "Device it was asked for", example: "DEMO-000001"},
		{name: "requested_by", need: required, parse: userID, stored: "p.user_id",
			meaning: "User ID of who asked", example: "kunde01"},
		{name: "reason", need: required, parse: prose(2000), stored: "t.reason", show: shownProse(2000), free: true,
			meaning: "Why", example: "Vi har flyttet"},
	}, addressColumns("was_", "The address before"), addressColumns("", "The address wished"), []column{
		{name: "state", parse: oneOf("pending", "approved", "refused", "withdrawn"), absent: "pending", stored: "t.state",
			meaning: "pending, approved, refused or withdrawn; empty means pending", example: "pending"},
		{name: "answer_by", need: required, parse: instant, stored: instantSQL("t.answer_by"),
			meaning: "Until when it is answered", example: "2026-02-03T15:00:00Z"},
		{name: "decided_at", parse: instant, stored: instantSQL("t.decided_at"),
			meaning: "When it was decided or withdrawn; empty while it is pending", example: "2026-02-02T08:15:00Z"},
		{name: "decided_by", parse: userID, stored: "coalesce(q.user_id, '')",
			meaning: "User ID of who decided", example: "kunde01"},
		{name: "decision_reason", parse: prose(2000), stored: "t.decision_reason", show: shownProse(2000), free: true,
			meaning: "Why it was refused", example: "Ukjent adresse"},
	}),
	from: `address_changes t JOIN accounts a ON a.id = t.account_id JOIN sites s ON s.id = t.site_id JOIN devices d ON d.id = t.device_id
		JOIN people p ON p.id = t.requested_by LEFT JOIN people q ON q.id = t.decided_by`,
	id: "t.id::text",
	upsert: `INSERT INTO address_changes AS t (id, account_id, site_id, device_id, requested_by, reason, was_line1, was_line2, was_line3,
			was_postal_code, was_city, was_country, line1, line2, line3, postal_code, city, country, state, requested_at, answer_by,
			decided_at, decided_by, decision_reason, updated_at)
		SELECT r.id::uuid, a.id, s.id, d.id, p.id, r.reason, r.was_line1, r.was_line2, r.was_line3, r.was_postal_code, r.was_city,
			r.was_country, r.line1, r.line2, r.line3, r.postal_code, r.city, r.country, r.state, r.requested_at::timestamptz,
			r.answer_by::timestamptz, ` + momentSQL("r.decided_at") + `, q.id, r.decision_reason, r.now
		FROM r JOIN accounts a ON a.number = r.account JOIN sites s ON s.account_id = a.id AND s.number = r.site
			JOIN devices d ON d.serial_number = r.serial_number JOIN people p ON p.user_id = r.requested_by
			LEFT JOIN people q ON q.user_id = r.decided_by`,
	fixed: true,
	check: checkAddressChanges,
}

func checkAddressChanges(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	state, decided, reason := t.at("state"), t.at("decided_at"), t.at("decision_reason")
	for _, d := range drafts {
		if (d.cells[state] == "pending") != (d.cells[decided] == "") {
			d.refuse("change_decided", "decided_at", "A change that is not pending has a moment at which it was decided, and a pending one has none.")
		}
		if d.cells[state] == "refused" && d.cells[reason] == "" {
			d.refuse("change_refusal", "decision_reason", "A refused change has a reason.")
		}
	}
	account, site := t.at("account"), t.at("site")
	if err := accountsExist(ctx, tx, drafts, account); err != nil {
		return err
	}
	if err := sitesExist(ctx, tx, drafts, account, site); err != nil {
		return err
	}
	if err := peopleExist(ctx, tx, t, drafts, "requested_by", "decided_by"); err != nil {
		return err
	}
	return devicesExist(ctx, tx, t, drafts)
}
