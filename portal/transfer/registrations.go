package transfer

import (
	"context"

	"github.com/jackc/pgx/v5"
)

var registrations = table{
	kind: Registrations,
	about: "Which person follows which device. Known by person and device. A registration that waits for staff has the state " +
		"pending and a moment until which it is answered.",
	columns: []column{
		{name: "user_id", need: key, parse: userID, stored: "p.user_id",
			meaning: "Who follows the device", example: "kunde01"},
		{name: "serial_number", need: key, parse: serial, stored: "d.serial_number",
			meaning: "Serial number of the device", example: "DEMO-000001"},
		{name: "state", parse: oneOf("pending", "active", "refused", "removed"), absent: "active", stored: "t.state",
			meaning: "pending, active, refused or removed; empty means active", example: "active"},
		{name: "friendly_name", parse: text(200), stored: "t.friendly_name", show: shownLine(200), free: true,
			meaning: "The name wished for the device while the registration waits", example: "Resepsjonen"},
		{name: "backup_email", parse: email, stored: "t.backup_email", free: true,
			meaning: "Where reminders also go", example: "reserve@example.com"},
		{name: "reminders", parse: yesNo, absent: "true", stored: "t.reminders::text",
			meaning: "Whether they are reminded of readings: true or false; empty means true", example: "true"},
		{name: "requested_at", parse: instant, stored: instantSQL("t.requested_at"),
			meaning: "When they asked for it; empty means the time of the import", example: "2026-01-31T12:30:00Z"},
		{name: "answer_by", parse: instant, stored: instantSQL("t.answer_by"),
			meaning: "Until when a pending one is answered", example: "2026-02-03T15:00:00Z"},
		{name: "decided_at", parse: instant, stored: instantSQL("t.decided_at"),
			meaning: "When staff approved or refused it", example: "2026-02-02T08:15:00Z"},
		{name: "decided_by", parse: userID, stored: "coalesce(s.user_id, '')",
			meaning: "Who approved or refused it", example: "kunde01"},
		{name: "reason", parse: prose(2000), stored: "t.reason", show: shownProse(2000), free: true,
			meaning: "Why it was refused", example: "Ikke deres maskin"},
	},
	from: `registrations t JOIN people p ON p.id = t.person_id JOIN devices d ON d.id = t.device_id
		LEFT JOIN people s ON s.id = t.decided_by`,
	id: "t.id::text",
	upsert: `INSERT INTO registrations AS t (id, person_id, device_id, state, friendly_name, backup_email, reminders,
			requested_at, answer_by, decided_at, decided_by, reason, updated_at)
		SELECT r.id::uuid, p.id, d.id, r.state, r.friendly_name, r.backup_email, r.reminders::boolean,
			` + momentOrNowSQL("r.requested_at") + `, ` + momentSQL("r.answer_by") + `, ` + momentSQL("r.decided_at") + `,
			s.id, r.reason, r.now
		FROM r JOIN people p ON p.user_id = r.user_id JOIN devices d ON d.serial_number = r.serial_number
			LEFT JOIN people s ON s.user_id = r.decided_by
		ON CONFLICT (person_id, device_id) DO UPDATE SET state = excluded.state, friendly_name = excluded.friendly_name,
			backup_email = excluded.backup_email, reminders = excluded.reminders, requested_at = excluded.requested_at,
			answer_by = excluded.answer_by, decided_at = excluded.decided_at, decided_by = excluded.decided_by,
			reason = excluded.reason, updated_at = excluded.updated_at`,
	check: checkRegistrations,
}

func checkRegistrations(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	keepStored(t, drafts, "requested_at")
	if err := peopleExist(ctx, tx, t, drafts, "user_id", "decided_by"); err != nil {
		return err
	}
	state, answer, decided, reason := t.at("state"), t.at("answer_by"), t.at("decided_at"), t.at("reason")
	for _, d := range drafts {
		switch {
		case d.cells[state] == "pending" && (d.cells[answer] == "" || d.cells[decided] != ""):
			d.refuse("registration_waits", "answer_by", "A pending registration has a moment until which it is answered, and is not decided.")
		case d.cells[state] == "refused" && (d.cells[reason] == "" || d.cells[decided] == ""):
			d.refuse("registration_refusal", "reason", "A refused registration has a reason and a moment at which it was decided.")
		}
	}
	return devicesExist(ctx, tx, t, drafts)
}
