package audit_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/identity"
	"utsendt/internal/postgres/pgtest"
)

func TestRead(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	actor := identity.Actor{PersonID: uuid.New(), Role: identity.RoleAdmin, Address: "192.0.2.7"}
	one, two := uuid.New(), uuid.New()
	if err := audit.Read(t.Context(), db, actor, "people.list", "person", one, two); err != nil {
		t.Fatal(err)
	}
	if err := audit.Read(t.Context(), db, actor, "people.list", "person"); err != nil { // a search that found nobody
		t.Fatal(err)
	}
	if err := audit.Read(t.Context(), db, identity.System(), "export", "person", one); err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		At                         time.Time
		ActorID                    uuid.NullUUID
		ActorRole, Address, Action string
		Shown                      int
	}
	err := db.NewRaw(`SELECT at, actor_id, actor_role, address, action, cardinality(object_ids) AS shown
		FROM personal_data_reads WHERE object_ids @> ARRAY[?]::uuid[] ORDER BY id`, one).Scan(t.Context(), &rows)
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v; want 2", len(rows), err)
	}
	if r := rows[0]; r.ActorID.UUID != actor.PersonID || r.ActorRole != "admin" || r.Address != "192.0.2.7" ||
		r.Action != "people.list" || r.Shown != 2 || r.At.IsZero() {
		t.Errorf("row: %+v", r)
	}
	if rows[1].ActorID.Valid {
		t.Errorf("the server itself is somebody: %+v", rows[1])
	}
}
