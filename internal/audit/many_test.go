package audit_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

func TestWriteMany(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	ids := []uuid.UUID{uuid.New(), uuid.New()}
	write := func(actor identity.Actor, changes ...audit.Changed) error {
		return postgres.InTx(t.Context(), db, func(ctx context.Context, tx postgres.Tx) error {
			return audit.WriteMany(ctx, tx, actor, "thing.change", "thing", changes)
		})
	}
	if err := write(identity.System()); err != nil {
		t.Fatal(err)
	}
	if err := write(identity.System(), audit.Changed{ObjectID: ids[0], After: map[string]any{"name": "{æ,\"'\\"}},
		audit.Changed{ObjectID: ids[1], Before: 1}); err != nil {
		t.Fatal(err)
	}
	if err := write(identity.System(), audit.Changed{ObjectID: ids[0], After: func() {}}); err == nil {
		t.Error("what is no JSON is accepted")
	}
	var found int
	if err := db.NewRaw(`SELECT count(*) FROM audit_trail WHERE actor_id IS NULL AND actor_role = 'system' AND object_kind = 'thing'
		AND (object_id = ? AND before IS NULL AND after->>'name' = ? OR object_id = ? AND before = '1' AND after IS NULL)`,
		ids[0], `{æ,"'\`, ids[1]).Scan(t.Context(), &found); err != nil || found != 2 {
		t.Errorf("%d lines, %v", found, err)
	}
}
