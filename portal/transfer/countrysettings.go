package transfer

var countrySettings = table{
	kind:  CountrySettings,
	about: "What is turned on in which country. Known by the country; a country without a row has nothing turned on.",
	columns: []column{
		{name: "country", need: key, parse: country, stored: "t.country",
			meaning: "ISO 3166-1 code of two letters", example: "NO"},
		{name: "bulk_readings", parse: yesNo, absent: "false", stored: "t.bulk_readings::text",
			meaning: "Whether customers may send readings as a file: true or false; empty means false", example: "true"},
	},
	from: "country_settings t",
	upsert: `INSERT INTO country_settings AS t (country, bulk_readings, updated_at)
		SELECT r.country, r.bulk_readings::boolean, r.now FROM r
		ON CONFLICT (country) DO UPDATE SET bulk_readings = excluded.bulk_readings, updated_at = excluded.updated_at`,
}
