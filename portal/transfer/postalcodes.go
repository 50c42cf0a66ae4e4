package transfer

var postalCodes = table{
	kind: PostalCodes,
	about: "Postal codes with their positions, in the layout of GeoNames: twelve columns with tabs between, without a " +
		"header. The columns not named here are read over, and an export leaves them empty. Known by country, code and " +
		"place. Sites imported later without a position take theirs from here; sites already there keep theirs.",
	columns: []column{
		{name: "country", need: key, parse: country, stored: "t.country",
			meaning: "Column 1: ISO 3166-1 code of two letters", example: "NO"},
		{name: "postal_code", need: key, parse: text(20), stored: "t.postal_code",
			meaning: "Column 2: postal code", example: "0150"},
		{name: "place", need: key, parse: text(200), stored: "t.place",
			meaning: "Column 3: place name", example: "Oslo"},
		{name: "latitude", need: required, parse: decimal(-90, 90), stored: "t.latitude::text", show: decimal(-90, 90),
			meaning: "Column 10: degrees north, WGS84", example: "59.9127"},
		{name: "longitude", need: required, parse: decimal(-180, 180), stored: "t.longitude::text", show: decimal(-180, 180),
			meaning: "Column 11: degrees east, WGS84", example: "10.7461"},
	},
	from: "postal_codes t",
	upsert: `INSERT INTO postal_codes AS t (country, postal_code, place, latitude, longitude)
		SELECT r.country, r.postal_code, r.place, r.latitude::float8, r.longitude::float8 FROM r
		ON CONFLICT (country, postal_code, place) DO UPDATE
			SET latitude = excluded.latitude, longitude = excluded.longitude`,
	geonames: true,
	fields:   []int{0, 1, 2, 9, 10},
}

// geonamesWidth is how many columns GeoNames has.
const geonamesWidth = 12
