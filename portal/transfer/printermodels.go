package transfer

var models = table{
	kind:  Models,
	about: "Printer models. Known by their name.",
	columns: []column{
		{name: "name", need: key, parse: text(100), stored: "t.name",
			meaning: "Name of the model", example: "Polar C300"},
		{name: "skills", parse: list(skill), stored: "array_to_string(t.skills, '|')",
			meaning: "Skills a technician needs for it, with `|` between; lower-cased and sorted", example: "colour-a3|finisher"},
		{name: "colour", parse: yesNo, absent: "false", stored: "t.colour::text",
			meaning: "Whether it prints in colour: true or false (also yes/no, ja/nei, 1/0); empty means false", example: "true"},
	},
	from: "models t",
	id:   "t.id::text",
	upsert: `INSERT INTO models AS t (id, name, skills, colour)
		SELECT r.id::uuid, r.name, string_to_array(r.skills, '|'), r.colour::boolean FROM r
		ON CONFLICT (name) DO UPDATE SET skills = excluded.skills, colour = excluded.colour`,
}
