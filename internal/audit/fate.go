package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Fate is what became of one field that a change set.
type Fate struct {
	Field string
	// Set is the value that the change set, Now that of the trail's last line; nil for none.
	Set, Now json.RawMessage
	// OverwrittenBy is the first later change that set another value; nil while the value stands.
	OverwrittenBy *Change
}

// lastChanges is how many later changes are looked through.
const lastChanges = 1000

// Last gives the person's own last change of an object; false when there is none.
func Last(ctx context.Context, db bun.IDB, objectKind string, objectID, actorID uuid.UUID) (Change, bool, error) {
	lines, err := Changes(ctx, db, Filter{ObjectKind: objectKind, ObjectID: objectID, ActorID: actorID, Limit: 1})
	if err != nil || len(lines) == 0 {
		return Change{}, false, err
	}
	return lines[0], true, nil
}

// ByID gives one line of an object's trail; false when there is none.
func ByID(ctx context.Context, db bun.IDB, objectKind string, objectID, id uuid.UUID) (Change, bool, error) {
	var at []struct{ At bun.NullTime }
	err := db.NewSelect().TableExpr("audit_trail").Column("at").
		Where("id = ? AND object_kind = ? AND object_id = ?", id, objectKind, objectID).Scan(ctx, &at)
	if err != nil || len(at) == 0 {
		return Change{}, false, err
	}
	until := at[0].At.Add(1000) // a microsecond: what the database tells apart
	lines, err := Changes(ctx, db, Filter{ObjectKind: objectKind, ObjectID: objectID, Since: &at[0].At.Time, Until: &until, Limit: lastChanges})
	i := slices.IndexFunc(lines, func(c Change) bool { return c.ID == id })
	if err != nil || i < 0 {
		return Change{}, false, err
	}
	return lines[i], true, nil
}

// Fates tells what became of each field that a change set, by the lines of its object that came after.
func Fates(ctx context.Context, db bun.IDB, change Change) ([]Fate, error) {
	var later []Change
	lines, err := Changes(ctx, db, Filter{ObjectKind: change.ObjectKind, ObjectID: change.ObjectID, Since: &change.At, Limit: lastChanges})
	if err != nil {
		return nil, fmt.Errorf("audit: what came after: %w", err)
	}
	for _, line := range slices.Backward(lines) {
		if p, at := line.Place(), change.Place(); p.At.After(at.At) || (p.At.Equal(at.At) && bytes.Compare(p.ID[:], at.ID[:]) > 0) {
			later = append(later, line)
		}
	}
	set := Flatten(change.After)
	var fates []Fate
	for _, name := range change.ChangedFields() {
		fate := Fate{Field: name, Set: set[name], Now: set[name]}
		for i := range later {
			after := Flatten(later[i].After)
			before := Flatten(later[i].Before)
			value, has := after[name]
			if _, had := before[name]; !has && !had {
				continue // a line of another sort, which does not tell of this field
			}
			fate.Now = value
			if fate.OverwrittenBy == nil && !bytes.Equal(value, fate.Set) {
				fate.OverwrittenBy = &later[i]
			}
		}
		fates = append(fates, fate)
	}
	return fates, nil
}
