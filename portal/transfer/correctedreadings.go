package transfer

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
)

var correctedReadings = table{
	kind: CorrectedReadings,
	about: "Readings that a correction took the place of, newest first for each device. Known by device, moment and when they " +
		"were entered. What replaced one is a reading that counts, or a corrected one that stands before it in the file.",
	columns: append(append([]column{
		{name: "serial_number", need: key, parse: serial, stored: "d.serial_number",
			meaning: "Serial number of the device", example: "DEMO-000001"},
		{name: "taken_at", need: key, parse: instant, stored: instantSQL("t.taken_at"), match: "t.taken_at = %s::timestamptz",
			meaning: "When it was read", example: "2026-01-31T12:30:00Z"},
	}, enteredAsKey()...),
		column{name: "replaced_by_taken_at", need: required, parse: instant, stored: instantSQL("s.taken_at"),
			meaning: "`taken_at` of what replaced it", example: "2026-01-31T12:30:00Z"},
		column{name: "replaced_by_entered_at", need: required, parse: instant, stored: instantSQL("s.entered_at"),
			meaning: "`entered_at` of what replaced it", example: "2026-01-31T12:35:00Z"},
	),
	from: `meter_readings t JOIN devices d ON d.id = t.device_id JOIN meter_readings s ON s.id = t.superseded_by
		LEFT JOIN people p ON p.id = t.entered_by`,
	id:    "t.id::text",
	order: `d.serial_number COLLATE "C", t.entered_at DESC, t.taken_at DESC, t.id`,
	upsert: `INSERT INTO meter_readings AS t (id, device_id, taken_at, counters, source, entered_by, entered_at, reason, superseded_by)
		SELECT r.id::uuid, d.id, r.taken_at::timestamptz, ` + countersSQL + `, r.source, p.id, r.entered_at::timestamptz,
			r.reason, coalesce(s.id, n.id::uuid)
		FROM r JOIN devices d ON d.serial_number = r.serial_number LEFT JOIN people p ON p.user_id = r.entered_by
			LEFT JOIN meter_readings s ON s.device_id = d.id AND s.taken_at = r.replaced_by_taken_at::timestamptz
				AND s.entered_at = r.replaced_by_entered_at::timestamptz
			LEFT JOIN r n ON n.serial_number = r.serial_number AND n.taken_at = r.replaced_by_taken_at
				AND n.entered_at = r.replaced_by_entered_at
		WHERE coalesce(s.id, n.id::uuid) IS NOT NULL`,
	fixed: true,
	check: checkCorrected,
}

// enteredAsKey are the columns of a reading, in which the time it was entered is part of the key.
func enteredAsKey() []column {
	columns := readingColumns()
	for i := range columns {
		if columns[i].name == "entered_at" {
			columns[i].need, columns[i].match = key, "t.entered_at = %s::timestamptz"
			columns[i].meaning, columns[i].example = "When it was entered", "2026-01-31T12:31:00Z"
		}
	}
	return columns
}

func checkCorrected(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	if err := checkReadings(ctx, tx, t, drafts); err != nil {
		return err
	}
	number, taken, entered := t.at("serial_number"), t.at("taken_at"), t.at("entered_at")
	byTaken, byEntered := t.at("replaced_by_taken_at"), t.at("replaced_by_entered_at")
	there, err := pairs(ctx, tx, `SELECT concat_ws(E'\n', w.serial, w.taken, w.entered), t.id::text
		FROM unnest($1::text[], $2::text[], $3::text[]) AS w(serial, taken, entered) JOIN devices d ON d.serial_number = w.serial
			JOIN meter_readings t ON t.device_id = d.id AND t.taken_at = w.taken::timestamptz AND t.entered_at = w.entered::timestamptz`,
		cellsOf(drafts, number), cellsOf(drafts, byTaken), cellsOf(drafts, byEntered))
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if d.refusal != nil {
			continue
		}
		if d.cells[taken] == d.cells[byTaken] && d.cells[entered] == d.cells[byEntered] ||
			there[strings.Join([]string{d.cells[number], d.cells[byTaken], d.cells[byEntered]}, "\n")] == "" {
			d.refuse("reading_unknown", "replaced_by_taken_at", "What replaced the reading is neither there nor before it in the file.")
			continue
		}
		there[strings.Join([]string{d.cells[number], d.cells[taken], d.cells[entered]}, "\n")] = d.id
	}
	return nil
}
