package transfer

var accounts = table{
	kind:  Accounts,
	about: "Customer companies. Known by their number.",
	columns: []column{
		{name: "number", need: key, parse: text(64), stored: "t.number",
			meaning: "Account number", example: "K-1001"},
		{name: "name", need: required, parse: text(200), stored: "t.name", show: shownLine(200), free: true,
			meaning: "Name of the company", example: "Eksempel Kontor 01 AS"},
		{name: "country", need: required, parse: country, stored: "t.country",
			meaning: "ISO 3166-1 code of two letters", example: "NO"},
		{name: "language", parse: oneOf("nb", "en"), absent: "nb", stored: "t.language",
			meaning: "Language of its messages: nb or en; empty means nb", example: "nb"},
	},
	from: "accounts t",
	id:   "t.id::text",
	upsert: `INSERT INTO accounts AS t (id, number, name, country, language, created_at, updated_at)
		SELECT r.id::uuid, r.number, r.name, r.country, r.language, r.now, r.now FROM r
		ON CONFLICT (number) DO UPDATE SET name = excluded.name, country = excluded.country,
			language = excluded.language, updated_at = excluded.updated_at`,
}
