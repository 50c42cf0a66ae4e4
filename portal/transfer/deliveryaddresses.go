package transfer

// addressColumns are the lines of an address that belongs to the row t, or to what prefix says.
func addressColumns(prefix, whose string) []column {
	return []column{
		{name: prefix + "line1", need: required, parse: text(200), stored: "t." + prefix + "line1", show: shownLine(200), free: true,
			meaning: whose + ": street and number", example: "Eksempelveien 1"},
		{name: prefix + "line2", parse: text(200), stored: "t." + prefix + "line2", show: shownLine(200), free: true,
			meaning: whose + ": further line", example: "Oppgang B"},
		{name: prefix + "line3", parse: text(200), stored: "t." + prefix + "line3", show: shownLine(200), free: true,
			meaning: whose + ": further line", example: "3. etasje"},
		{name: prefix + "postal_code", need: required, parse: text(20), stored: "t." + prefix + "postal_code", show: shownLine(20),
			meaning: whose + ": postal code", example: "0150"},
		{name: prefix + "city", need: required, parse: text(100), stored: "t." + prefix + "city", show: shownLine(100), free: true,
			meaning: whose + ": city", example: "Oslo"},
		{name: prefix + "country", need: required, parse: country, stored: "t." + prefix + "country",
			meaning: whose + ": ISO 3166-1 code of two letters", example: "NO"},
	}
}

var deliveryAddresses = table{
	kind:  DeliveryAddresses,
	about: "Where supplies for a device go when that is not the address of its site. Known by the device.",
	columns: append([]column{
		{name: "serial_number", need: key, parse: serial, stored: "d.serial_number",
			meaning: "Serial number of the device", example: "DEMO-000001"},
		{name: "name", parse: text(200), stored: "t.name", show: shownLine(200), free: true,
			meaning: "Who receives it", example: "Eksempel Kontor 01 AS"},
	}, addressColumns("", "Delivery")...),
	from: "delivery_addresses t JOIN devices d ON d.id = t.device_id",
	id:   "t.device_id::text",
	upsert: `INSERT INTO delivery_addresses AS t (device_id, name, line1, line2, line3, postal_code, city, country, updated_at)
		SELECT d.id, r.name, r.line1, r.line2, r.line3, r.postal_code, r.city, r.country, r.now
		FROM r JOIN devices d ON d.serial_number = r.serial_number
		ON CONFLICT (device_id) DO UPDATE SET name = excluded.name, line1 = excluded.line1, line2 = excluded.line2,
			line3 = excluded.line3, postal_code = excluded.postal_code, city = excluded.city, country = excluded.country,
			updated_at = excluded.updated_at`,
	check: devicesExist,
}
