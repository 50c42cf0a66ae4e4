package transfer

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// modelsExist refuses the drafts that name a model which is not there.
func modelsExist(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	at := t.at("models")
	var names []string
	for _, d := range drafts {
		names = append(names, splitNames(d.cells[at])...)
	}
	found, err := pairs(ctx, tx, `SELECT name, name FROM models WHERE name = ANY($1)`, names)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		for _, name := range splitNames(d.cells[at]) {
			if name != "" && found[name] == "" {
				d.refuse("model_unknown", "models", "There is no model %s.", name)
			}
		}
	}
	return nil
}

// writeModels makes the models of rows what their cells say. links is the table that has them, owner its column, from the
// table of the rows and name their key; all are ours.
func writeModels(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft, links, owner, from, name string) error {
	at, key := t.at("models"), t.at(name)
	if _, err := tx.Exec(ctx, `DELETE FROM `+links+` l USING `+from+` t WHERE t.id = l.`+owner+` AND t.`+name+` = ANY($1)`,
		cellsOf(drafts, key)); err != nil {
		return err
	}
	var owners, models []string
	for _, d := range drafts {
		for _, model := range splitNames(d.cells[at]) {
			if model != "" {
				owners, models = append(owners, d.cells[key]), append(models, model)
			}
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO `+links+` (`+owner+`, model_id)
		SELECT t.id, m.id FROM unnest($1::text[], $2::text[]) AS w(owner, model)
			JOIN `+from+` t ON t.`+name+` = w.owner JOIN models m ON m.name = w.model`, owners, models)
	return err
}
