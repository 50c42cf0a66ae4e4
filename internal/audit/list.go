package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Change is one line of the audit trail.
type Change struct {
	ID uuid.UUID
	At time.Time
	// ActorID is uuid.Nil for the server itself.
	ActorID   uuid.UUID
	ActorRole string
	// ActorName is the person's as it is now.
	ActorName  string
	Address    string
	Action     string
	ObjectKind string
	ObjectID   uuid.UUID
	// Before and After are JSON; nil where there was or is nothing.
	Before, After json.RawMessage
}

// Filter chooses lines; zero values let everything through.
type Filter struct {
	ObjectKind        string
	ObjectID, ActorID uuid.UUID
	// Action is one, or a group with its dot: "device.".
	Action       string
	Since, Until *time.Time
	// After is where the former page ended.
	After Place
	// Limit is how many lines at most.
	Limit int
}

// Place is where a line stands in the trail.
type Place struct {
	At time.Time `json:"t"`
	ID uuid.UUID `json:"i"`
}

// Place gives where the line stands.
func (c Change) Place() Place { return Place{c.At, c.ID} }

// Changes gives lines of the audit trail, newest first.
func Changes(ctx context.Context, db bun.IDB, f Filter) ([]Change, error) {
	q := db.NewSelect().TableExpr("audit_trail AS l").
		ColumnExpr("l.id, l.at, l.actor_id, l.actor_role, l.address, l.action, l.object_kind, l.object_id, l.before, l.after").
		ColumnExpr("trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')) AS actor_name").
		Join("LEFT JOIN people AS p ON p.id = l.actor_id")
	if f.ObjectID != uuid.Nil {
		q = q.Where("l.object_id = ?", f.ObjectID)
	}
	q = f.narrow(q)
	var lines []Change
	if err := q.Scan(ctx, &lines); err != nil {
		return nil, fmt.Errorf("audit: listing changes: %w", err)
	}
	return lines, nil
}

// Seen is one look at personal data.
type Seen struct {
	ID                                                uuid.UUID
	At                                                time.Time
	ActorID                                           uuid.UUID
	ActorRole, ActorName, Address, Action, ObjectKind string
	// ObjectIDs are the first 100 of Objects.
	ObjectIDs []uuid.UUID `bun:"object_ids,array"`
	Objects   int64
}

// Place gives where the line stands.
func (s Seen) Place() Place { return Place{s.At, s.ID} }

// Reads gives who was shown personal data, newest first.
func Reads(ctx context.Context, db bun.IDB, f Filter) ([]Seen, error) {
	q := db.NewSelect().TableExpr("personal_data_reads AS l").
		ColumnExpr("l.id, l.at, l.actor_id, l.actor_role, l.address, l.action, l.object_kind").
		ColumnExpr("l.object_ids[1:100] AS object_ids, cardinality(l.object_ids) AS objects").
		ColumnExpr("trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')) AS actor_name").
		Join("LEFT JOIN people AS p ON p.id = l.actor_id")
	if f.ObjectID != uuid.Nil {
		q = q.Where("l.object_ids @> ARRAY[?]::uuid[]", f.ObjectID)
	}
	q = f.narrow(q)
	var lines []Seen
	if err := q.Scan(ctx, &lines); err != nil {
		return nil, fmt.Errorf("audit: listing readings: %w", err)
	}
	return lines, nil
}

// narrow applies what both tables have.
func (f Filter) narrow(q *bun.SelectQuery) *bun.SelectQuery {
	if f.ObjectKind != "" {
		q = q.Where("l.object_kind = ?", f.ObjectKind)
	}
	if f.ActorID != uuid.Nil {
		q = q.Where("l.actor_id = ?", f.ActorID)
	}
	switch {
	case strings.HasSuffix(f.Action, "."):
		q = q.Where("starts_with(l.action, ?)", f.Action)
	case f.Action != "":
		q = q.Where("l.action = ?", f.Action)
	}
	if f.Since != nil {
		q = q.Where("l.at >= ?", *f.Since)
	}
	if f.Until != nil {
		q = q.Where("l.at < ?", *f.Until)
	}
	if !f.After.At.IsZero() {
		q = q.Where("(l.at, l.id) < (?, ?)", f.After.At, f.After.ID)
	}
	return q.OrderExpr("l.at DESC, l.id DESC").Limit(int64(f.Limit))
}
