package transfer

import "strings"

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
		{name: "counters", parse: counterNames, absent: "black", stored: "array_to_string(t.counters, '|')", show: counterNames,
			meaning: "Counters it has, with `|` between: black, colour, black_a3, colour_a3, scan; empty means black", example: "black|colour|scan"},
		{name: "pages_per_minute", parse: whole(1, 1000), absent: "60", stored: "t.pages_per_minute::text",
			meaning: "The most it can print or scan in a minute; empty means 60", example: "30"},
		{name: "categories", parse: faultCategories, absent: allFaultCategories, stored: "array_to_string(t.categories, '|')", show: faultCategories,
			meaning: "What can be wrong with its devices, as customers are asked, with `|` between: " + strings.ReplaceAll(allFaultCategories, "|", ", ") +
				"; other is always among them, and empty means all", example: "paper_jam|print_quality|network|other"},
	},
	from: "models t",
	id:   "t.id::text",
	upsert: `INSERT INTO models AS t (id, name, skills, colour, counters, pages_per_minute, categories)
		SELECT r.id::uuid, r.name, string_to_array(r.skills, '|'), r.colour::boolean, string_to_array(r.counters, '|'),
			r.pages_per_minute::integer, string_to_array(r.categories, '|') FROM r
		ON CONFLICT (name) DO UPDATE SET skills = excluded.skills, colour = excluded.colour, counters = excluded.counters,
			pages_per_minute = excluded.pages_per_minute, categories = excluded.categories`,
}
