package audit_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	ctx := t.Context()
	actor := identity.Actor{PersonID: uuid.New(), Role: identity.RoleDispatcher, Address: "192.0.2.1"}
	object := uuid.New()
	boom := errors.New("boom")
	write := func(after any, end error) error {
		return postgres.InTx(ctx, db, func(ctx context.Context, tx postgres.Tx) error {
			if err := audit.Write(ctx, tx, actor, "thing.change", "thing", object, nil, after); err != nil {
				return err
			}
			return end
		})
	}
	if err := write(map[string]any{"name": "it's ?0 \"æ\""}, nil); err != nil {
		t.Fatal(err)
	}
	if err := write(1, boom); !errors.Is(err, boom) { // rolled back with its change
		t.Fatal(err)
	}
	if err := write(func() {}, nil); err == nil {
		t.Error("what is no JSON is accepted")
	}
	var lines []struct {
		ActorID                  uuid.UUID
		ActorRole, Address, Name string
		WithoutBefore            bool
	}
	err := db.NewRaw(`SELECT actor_id, actor_role, address, after->>'name' AS name, before IS NULL AS without_before
		FROM audit_trail WHERE object_kind = 'thing' AND object_id = ? AND action = 'thing.change'`, object).Scan(ctx, &lines)
	if err != nil || len(lines) != 1 {
		t.Fatalf("%d lines, %v; want 1", len(lines), err)
	}
	if l := lines[0]; l.ActorID != actor.PersonID || l.ActorRole != "dispatcher" || l.Address != "192.0.2.1" ||
		l.Name != "it's ?0 \"æ\"" || !l.WithoutBefore {
		t.Errorf("line: %+v", l)
	}
}
