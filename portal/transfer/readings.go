package transfer

import (
	"context"

	"github.com/jackc/pgx/v5"
)

var readings = table{
	kind: Readings,
	about: "Meter readings that count. Known by device and moment. A reading that is there is not changed by a file: it is " +
		"corrected where people enter readings, so that what was read stays beside the correction.",
	columns: append([]column{
		{name: "serial_number", need: key, parse: serial, stored: "d.serial_number",
			meaning: "Serial number of the device", example: "DEMO-000001"},
		{name: "taken_at", need: key, parse: instant, stored: instantSQL("t.taken_at"), match: "t.taken_at = %s::timestamptz",
			meaning: "When it was read, from the year 2000 on", example: "2026-01-31T12:30:00Z"},
	}, readingColumns()...),
	from: `meter_readings t JOIN devices d ON d.id = t.device_id AND t.superseded_by IS NULL
		LEFT JOIN people p ON p.id = t.entered_by`,
	id: "t.id::text",
	upsert: `INSERT INTO meter_readings AS t (id, device_id, taken_at, counters, source, entered_by, entered_at, reason)
		SELECT r.id::uuid, d.id, r.taken_at::timestamptz, ` + countersSQL + `, r.source, p.id,
			` + momentOrNowSQL("r.entered_at") + `, r.reason
		FROM r JOIN devices d ON d.serial_number = r.serial_number LEFT JOIN people p ON p.user_id = r.entered_by`,
	fixed: true,
	check: checkReadings,
}

// readingColumns are what readings and corrected ones have in common.
func readingColumns() []column {
	var columns []column
	examples := map[string]string{"black": "120034", "colour": "5501", "black_a3": "310", "colour_a3": "12", "scan": "9000"}
	for _, name := range counterOrder {
		columns = append(columns, column{
			name: name, parse: whole(0, 999_999_999_999), stored: "coalesce(trunc((t.counters ->> '" + name + "')::numeric)::text, '')",
			meaning: "What the counter " + name + " showed, in pages; empty where it was not read", example: examples[name],
		})
	}
	return append(columns,
		column{name: "source", parse: oneOf("customer", "bulk", "technician", "staff", "import"), absent: "import", stored: "t.source",
			meaning: "Who sent it: customer, bulk, technician, staff or import; empty means import", example: "customer"},
		column{name: "entered_by", parse: userID, stored: "coalesce(p.user_id, '')",
			meaning: "User ID of who entered it", example: "kunde01"},
		column{name: "entered_at", parse: instant, stored: instantSQL("t.entered_at"),
			meaning: "When it was entered; empty means the time of the import", example: "2026-01-31T12:35:00Z"},
		column{name: "reason", parse: prose(500), stored: "t.reason", show: shownProse(500), free: true,
			meaning: "Why an implausible value is right, or why an earlier reading was corrected", example: "Talte feil"},
	)
}

// countersSQL makes the stored counters of r's cells.
const countersSQL = `jsonb_strip_nulls(jsonb_build_object('black', nullif(r.black, '')::bigint, 'colour', nullif(r.colour, '')::bigint,
			'black_a3', nullif(r.black_a3, '')::bigint, 'colour_a3', nullif(r.colour_a3, '')::bigint, 'scan', nullif(r.scan, '')::bigint))`

func checkReadings(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	keepStored(t, drafts, "entered_at")
	for _, d := range drafts {
		some := false
		for _, name := range counterOrder {
			some = some || d.cells[t.at(name)] != ""
		}
		if !some {
			d.refuse("reading_empty", "black", "A reading has at least one counter.")
		}
		if d.cells[t.at("taken_at")] < "2000" {
			d.refuse("reading_too_old", "taken_at", "A reading is from the year 2000 or later.")
		}
	}
	if err := peopleExist(ctx, tx, t, drafts, "entered_by"); err != nil {
		return err
	}
	return devicesExist(ctx, tx, t, drafts)
}
