package transfer

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
)

var technicians = table{
	kind: Technicians,
	about: "Technicians. Known by their number. Making one inactive takes them off duty. The stock in the van goes down " +
		"with each part used: leave the column out to leave the stock as it is.",
	columns: []column{
		{name: "number", need: key, parse: text(64), stored: "t.number",
			meaning: "Technician number", example: "T-01"},
		{name: "first_name", need: required, parse: text(100), stored: "t.first_name", show: shownLine(100), free: true,
			meaning: "First name, which customers see", example: "Testa"},
		{name: "last_name", parse: text(100), stored: "t.last_name", show: shownLine(100), free: true,
			meaning: "Last name", example: "Tekniker-01"},
		{name: "phone", parse: text(50), stored: "t.phone", show: shownLine(50), free: true,
			meaning: "Phone number", example: "+47 000 00 001"},
		{name: "email", parse: email, stored: "t.email", free: true,
			meaning: "E-mail address", example: "tekniker01@example.com"},
		{name: "skills", parse: list(skill), stored: "array_to_string(t.skills, '|')",
			meaning: "Skills, with `|` between; lower-cased and sorted", example: "colour-a3|mono-a4"},
		{name: "home_latitude", need: required, parse: decimal(-90, 90), stored: "t.home_latitude::text", show: decimal(-90, 90),
			meaning: "Where they start from: degrees north, WGS84", example: "59.9127"},
		{name: "home_longitude", need: required, parse: decimal(-180, 180), stored: "t.home_longitude::text", show: decimal(-180, 180),
			meaning: "Where they start from: degrees east, WGS84", example: "10.7461"},
		{name: "territory", parse: list(postalPrefix), stored: "array_to_string(t.territory, '|')",
			meaning: "Beginnings of the postal codes they work in, with `|` between; empty means everywhere", example: "0|13|20"},
		{name: "shift_start", parse: clock, absent: "08:00", stored: clockSQL("t.shift_start"),
			meaning: "Start of the working day by the clock of the time zone; empty means 08:00", example: "08:00"},
		{name: "shift_end", parse: clock, absent: "16:00", stored: clockSQL("t.shift_end"),
			meaning: "End of the working day, before the start when it goes past midnight; empty means 16:00", example: "16:00"},
		{name: "time_zone", parse: timeZone, absent: "Europe/Oslo", stored: "t.time_zone",
			meaning: "IANA name; empty means Europe/Oslo", example: "Europe/Oslo"},
		{name: "active", parse: yesNo, absent: "true", stored: "t.active::text",
			meaning: "Whether they work here: true or false; empty means true", example: "true"},
		{name: "van_stock", parse: vanStock, stored: `coalesce((SELECT string_agg(v.part_number || '=' || v.quantity, '|'
				ORDER BY v.part_number COLLATE "C") FROM van_stock v WHERE v.technician_id = t.id), '')`,
			meaning: "Parts in the van and how many, with `|` between", example: "DEMO-FUSER=1|DEMO-ROLLER=4"},
	},
	from: "technicians t",
	id:   "t.id::text",
	upsert: `INSERT INTO technicians AS t (id, number, first_name, last_name, phone, email, skills, home_latitude,
			home_longitude, territory, shift_start, shift_end, time_zone, active, created_at, updated_at)
		SELECT r.id::uuid, r.number, r.first_name, r.last_name, r.phone, r.email, string_to_array(r.skills, '|'),
			r.home_latitude::float8, r.home_longitude::float8, string_to_array(r.territory, '|'), r.shift_start::time,
			r.shift_end::time, r.time_zone, r.active::boolean, r.now, r.now
		FROM r
		ON CONFLICT (number) DO UPDATE SET first_name = excluded.first_name, last_name = excluded.last_name,
			phone = excluded.phone, email = excluded.email, skills = excluded.skills,
			home_latitude = excluded.home_latitude, home_longitude = excluded.home_longitude,
			territory = excluded.territory, shift_start = excluded.shift_start, shift_end = excluded.shift_end,
			time_zone = excluded.time_zone, active = excluded.active, on_duty = t.on_duty AND excluded.active,
			duty_since = CASE WHEN excluded.active THEN t.duty_since END, version = t.version + 1,
			updated_at = excluded.updated_at`,
	check: checkTechnicians,
	after: writeVanStock,
}

// clockSQL gives a time of day as the parser clock does.
func clockSQL(expression string) string {
	return "regexp_replace(to_char(" + expression + ", 'HH24:MI:SS'), ':00$', '')"
}

func checkTechnicians(_ context.Context, _ pgx.Tx, t *table, drafts []*draft) error {
	start, end := t.at("shift_start"), t.at("shift_end")
	for _, d := range drafts {
		if d.cells[start] == d.cells[end] {
			d.refuse("shift_empty", "shift_end", "The shift ends when it starts, at %s; round the clock is 00:00 to 23:59.", d.cells[start])
		}
	}
	return nil
}

// writeVanStock makes the stock of the technicians what their rows say.
func writeVanStock(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	number, van := t.at("number"), t.at("van_stock")
	var owners, parts, quantities []string
	for _, d := range drafts {
		if d.cells[van] == "" {
			continue
		}
		for item := range strings.SplitSeq(d.cells[van], "|") {
			cut := strings.LastIndexByte(item, '=')
			owners = append(owners, d.cells[number])
			parts = append(parts, item[:cut])
			quantities = append(quantities, item[cut+1:])
		}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM van_stock WHERE technician_id IN
		(SELECT id FROM technicians WHERE number = ANY($1))`, cellsOf(drafts, number)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO van_stock (technician_id, part_number, quantity)
		SELECT t.id, w.part, w.quantity::integer FROM unnest($1::text[], $2::text[], $3::text[]) AS w(number, part, quantity)
		JOIN technicians t ON t.number = w.number`, owners, parts, quantities)
	return err
}
