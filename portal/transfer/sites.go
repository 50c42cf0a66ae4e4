package transfer

import (
	"context"

	"github.com/jackc/pgx/v5"

	"utsendt/portal"
)

var sites = table{
	kind: Sites,
	about: "Addresses of accounts. Known by account and number. A row without latitude and longitude keeps the position " +
		"stored for the same address, or else stands at the middle of its postal code (quality `postal_code`), or else " +
		"nowhere (quality `none`).",
	columns: []column{
		{name: "account", need: key, parse: text(64), stored: "a.number",
			meaning: "Number of the account", example: "K-1001"},
		{name: "number", need: key, parse: text(64), stored: "t.number",
			meaning: "Number of the site, unique in the account", example: "01"},
		{name: "name", parse: text(200), stored: "t.name", show: shownLine(200), free: true,
			meaning: "What people call it", example: "Hovedkontoret"},
		{name: "line1", need: required, parse: text(200), stored: "t.line1", show: shownLine(200), free: true,
			meaning: "Street and number", example: "Eksempelveien 1"},
		{name: "line2", parse: text(200), stored: "t.line2", show: shownLine(200), free: true,
			meaning: "Further line of the address", example: "Oppgang B"},
		{name: "line3", parse: text(200), stored: "t.line3", show: shownLine(200), free: true,
			meaning: "Further line of the address", example: "3. etasje"},
		{name: "postal_code", need: required, parse: text(20), stored: "t.postal_code",
			meaning: "Postal code; Nordic codes are put into their usual form (`150` is Oslo's `0150`)", example: "0150"},
		{name: "city", need: required, parse: text(100), stored: "t.city", show: shownLine(100), free: true,
			meaning: "City", example: "Oslo"},
		{name: "country", need: required, parse: country, stored: "t.country",
			meaning: "ISO 3166-1 code of two letters", example: "NO"},
		{name: "latitude", parse: decimal(-90, 90), stored: "coalesce(t.latitude::text, '')", show: decimal(-90, 90),
			meaning: "Degrees north, WGS84; decimal point or comma", example: "59.9127"},
		{name: "longitude", parse: decimal(-180, 180), stored: "coalesce(t.longitude::text, '')", show: decimal(-180, 180),
			meaning: "Degrees east, WGS84; decimal point or comma", example: "10.7461"},
		{name: "quality", parse: oneOf(qualityRooftop, qualityStreet, qualityPostalCode, qualityNone), stored: "t.quality",
			meaning: "How good the position is: rooftop, street, postal_code or none; empty means street where latitude and longitude are given. " +
				"`none` takes the position away, `postal_code` without latitude and longitude looks it up anew", example: "rooftop"},
		{name: "time_zone", parse: timeZone, stored: "t.time_zone",
			meaning: "IANA name; empty means that of the country, which must have only one", example: "Europe/Oslo"},
		{name: "notes", parse: prose(2000), stored: "t.notes", show: shownProse(2000), free: true,
			meaning: "What a technician must know to get in; customers do not see it", example: "Inngang bak, nøkkel i resepsjonen"},
	},
	from: "sites t JOIN accounts a ON a.id = t.account_id",
	id:   "t.id::text",
	upsert: `INSERT INTO sites AS t (id, account_id, number, name, line1, line2, line3, postal_code, city, country,
			latitude, longitude, quality, time_zone, notes, created_at, updated_at)
		SELECT r.id::uuid, a.id, r.number, r.name, r.line1, r.line2, r.line3, r.postal_code, r.city, r.country,
			nullif(r.latitude, '')::float8, nullif(r.longitude, '')::float8, r.quality, r.time_zone, r.notes, r.now, r.now
		FROM r JOIN accounts a ON a.number = r.account
		ON CONFLICT (account_id, number) DO UPDATE SET name = excluded.name, line1 = excluded.line1,
			line2 = excluded.line2, line3 = excluded.line3, postal_code = excluded.postal_code, city = excluded.city,
			country = excluded.country, latitude = excluded.latitude, longitude = excluded.longitude,
			quality = excluded.quality, time_zone = excluded.time_zone, notes = excluded.notes, updated_at = excluded.updated_at`,
	check: checkSites,
}

func checkSites(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	land, code := t.at("country"), t.at("postal_code")
	for _, d := range drafts {
		d.cells[code] = portal.PostalCode(d.cells[land], d.cells[code])
		setTimeZone(t, d)
	}
	if err := accountsExist(ctx, tx, drafts, t.at("account")); err != nil {
		return err
	}
	return setPositions(ctx, tx, t, drafts)
}

// timeZones are the countries that lie in one time zone.
var timeZones = map[string]string{
	"NO": "Europe/Oslo", "SE": "Europe/Stockholm", "DK": "Europe/Copenhagen", "FI": "Europe/Helsinki",
	"IS": "Atlantic/Reykjavik", "FO": "Atlantic/Faroe", "AX": "Europe/Mariehamn", "SJ": "Arctic/Longyearbyen",
	"DE": "Europe/Berlin", "NL": "Europe/Amsterdam", "BE": "Europe/Brussels", "LU": "Europe/Luxembourg",
	"GB": "Europe/London", "IE": "Europe/Dublin", "FR": "Europe/Paris", "CH": "Europe/Zurich", "AT": "Europe/Vienna",
	"IT": "Europe/Rome", "PL": "Europe/Warsaw", "CZ": "Europe/Prague", "EE": "Europe/Tallinn", "LV": "Europe/Riga",
	"LT": "Europe/Vilnius",
}

func setTimeZone(t *table, d *draft) {
	zone, land := t.at("time_zone"), t.at("country")
	if d.cells[zone] != "" {
		return
	}
	if d.cells[zone] = timeZones[d.cells[land]]; d.cells[zone] == "" {
		d.refuse("time_zone_needed", "time_zone", "The time zone of %s is not known; fill the column time_zone.", d.cells[land])
	}
}
