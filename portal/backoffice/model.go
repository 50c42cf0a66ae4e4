package backoffice

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/dispatch"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/revision"
	"utsendt/portal"
)

// Model is a printer model.
type Model struct {
	bun.BaseModel `bun:"table:models,alias:model"`

	ID uuid.UUID `bun:"id,pk,type:uuid"`
	ModelFields

	// Devices in use.
	Devices int64 `bun:"devices,scanonly"`
}

// ModelFields are what may be changed of a model.
type ModelFields struct {
	Name string `bun:"name"`
	// Skills that a technician needs for it, in lower case and in order.
	Skills dispatch.Texts `bun:"skills"`
	Colour bool           `bun:"colour"`
	// Counters of black, colour, black_a3, colour_a3, scan, in the order in which people are asked.
	Counters dispatch.Texts `bun:"counters"`
	// PagesPerMinute is the most it can print or scan in a minute.
	PagesPerMinute int `bun:"pages_per_minute"`
	// Categories of faults that its devices can have (dispatch.Category), as portal.FaultCategories puts them; none means all.
	Categories dispatch.Texts `bun:"categories"`
}

// Revision is what a change of it must be based on.
func (m *Model) Revision() string { return m.fields().Revision() }

func (m *Model) begin(id uuid.UUID, _ time.Time) { m.ID = id }
func (m *Model) touch(time.Time)                 {}
func (m *Model) fields() revision.Fields {
	return revision.Fields{
		{Name: "name", Value: m.Name}, {Name: "skills", Value: m.Skills}, {Name: "colour", Value: m.Colour},
		{Name: "counters", Value: m.Counters}, {Name: "pages_per_minute", Value: m.PagesPerMinute},
		{Name: "categories", Value: m.Categories},
	}
}

func (f *ModelFields) check() error {
	f.Skills = tidyWords(f.Skills)
	f.Categories = portal.FaultCategories(f.Categories)
	return required(map[string]*string{"name": &f.Name})
}

// ModelQuery asks for models.
type ModelQuery struct {
	Text string
	// Skill that the model needs; empty for all.
	Skill string
	Page  Page
}

var modelOrder = ordering[Model]{"model.name", "model.id::text", func(m *Model) place { return place{m.Name, m.ID.String()} }}

func modelColumns(q *bun.SelectQuery) *bun.SelectQuery {
	return q.ColumnExpr("model.id, model.name, model.skills, model.colour, model.counters, model.pages_per_minute, model.categories").
		ColumnExpr("(SELECT count(*) FROM devices d WHERE d.model_id = model.id AND d.retired_at IS NULL) AS devices")
}

// Models lists models by name. For staff.
func (s *Service) Models(ctx context.Context, actor identity.Actor, query ModelQuery) (Found[Model], error) {
	if err := staff(actor); err != nil {
		return Found[Model]{}, err
	}
	return list(ctx, s.db, query.Page, modelOrder, func(q *bun.SelectQuery) *bun.SelectQuery {
		if query.Skill != "" {
			q = q.Where("? = ANY (model.skills)", query.Skill)
		}
		return matching(q, query.Text, "model.name, array_to_string(model.skills, ' ')")
	}, modelColumns)
}

// Model gives one. For staff; NotFound model_not_found.
func (s *Service) Model(ctx context.Context, actor identity.Actor, id uuid.UUID) (Model, error) {
	if err := staff(actor); err != nil {
		return Model{}, err
	}
	return model(ctx, s.db, id)
}

func model(ctx context.Context, db bun.IDB, id uuid.UUID) (Model, error) {
	return one[Model](ctx, db, "model", "model.id", id, everything, modelColumns)
}

// CreateModel makes one. For staff. Exists name_taken; Invalid with the field.
func (s *Service) CreateModel(ctx context.Context, actor identity.Actor, op uuid.UUID, f ModelFields) (Model, error) {
	if err := staff(actor); err != nil {
		return Model{}, err
	}
	if err := f.check(); err != nil {
		return Model{}, err
	}
	return do(ctx, s, actor, op, "model.create", f, func(ctx context.Context, tx postgres.Tx) (Model, error) {
		id, err := insert(ctx, tx, actor, "model", &Model{ModelFields: f})
		if err != nil {
			return Model{}, err
		}
		return model(ctx, tx, id)
	})
}

// UpdateModel changes one that was seen at a revision. For staff. Requests that are open keep the skills they were
// opened with.
func (s *Service) UpdateModel(ctx context.Context, actor identity.Actor, op, id uuid.UUID, seen string, f ModelFields) (Model, error) {
	if err := staff(actor); err != nil {
		return Model{}, err
	}
	if err := f.check(); err != nil {
		return Model{}, err
	}
	return do(ctx, s, actor, op, "model.update", []any{id, seen, f}, func(ctx context.Context, tx postgres.Tx) (Model, error) {
		row := new(Model)
		if err := update(ctx, tx, actor, "model", id, seen, row, func() error { row.ModelFields = f; return nil }); err != nil {
			return Model{}, err
		}
		return model(ctx, tx, id)
	})
}
