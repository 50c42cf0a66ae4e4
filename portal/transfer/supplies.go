package transfer

import (
	"context"

	"github.com/jackc/pgx/v5"
)

var supplies = table{
	kind:  Supplies,
	about: "Toner and other supplies. Known by their number.",
	columns: []column{
		{name: "number", need: key, parse: text(64), stored: "t.number",
			meaning: "Number on the box", example: "DEMO-TK-300"},
		{name: "name_nb", need: required, parse: text(200), stored: "t.name_nb", show: shownLine(200), free: true,
			meaning: "Name in bokmål", example: "Toner svart"},
		{name: "name_en", need: required, parse: text(200), stored: "t.name_en", show: shownLine(200), free: true,
			meaning: "Name in English", example: "Black toner"},
		{name: "kind", need: required, parse: oneOf(supplyKindNames...), stored: "t.kind",
			meaning: "toner, drum, waste_toner, staples, fuser or other", example: "toner"},
		{name: "colour", parse: oneOf("black", "cyan", "magenta", "yellow"), stored: "t.colour",
			meaning: "Colour of a toner or drum: black, cyan, magenta or yellow; empty for what has none", example: "black"},
		{name: "yield", parse: whole(1, 100_000_000), stored: "coalesce(t.yield::text, '')",
			meaning: "Pages one lasts, by its maker's word; empty where pages do not wear it", example: "15000"},
		{name: "retired", parse: yesNo, absent: "false", stored: "t.retired::text",
			meaning: "Whether customers cannot order it: it is sold no more, or it is a spare part that only technicians use and has its name here; true or false, empty means false", example: "false"},
		{name: "models", parse: modelNames, stored: modelNamesSQL("supply_models", "l.supply_id = t.id"),
			meaning: "Names of the models it fits, with `|` between; `\\|` stands for a bar in a name", example: "Polar C300"},
	},
	from: "supplies t",
	id:   "t.id::text",
	upsert: `INSERT INTO supplies AS t (id, number, name_nb, name_en, kind, colour, yield, retired)
		SELECT r.id::uuid, r.number, r.name_nb, r.name_en, r.kind, r.colour, nullif(r.yield, '')::integer, r.retired::boolean FROM r
		ON CONFLICT (number) DO UPDATE SET name_nb = excluded.name_nb, name_en = excluded.name_en, kind = excluded.kind,
			colour = excluded.colour, yield = excluded.yield, retired = excluded.retired`,
	check: modelsExist,
	after: func(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
		return writeModels(ctx, tx, t, drafts, "supply_models", "supply_id", "supplies", "number")
	},
}
