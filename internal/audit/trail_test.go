package audit_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"utsendt/internal/audit"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

func write(t *testing.T, db *postgres.DB, actor identity.Actor, action string, object uuid.UUID, before, after any) {
	t.Helper()
	if err := postgres.InTx(t.Context(), db, func(ctx context.Context, tx postgres.Tx) error {
		return audit.Write(ctx, tx, actor, action, "thing", object, before, after)
	}); err != nil {
		t.Fatal(err)
	}
}

// TestAppendOnly: nobody changes or removes a line, not with TRUNCATE and not in passing; retention alone may.
func TestAppendOnly(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	object := uuid.New()
	write(t, db, identity.System(), "thing.make", object, nil, map[string]any{"a": 1})
	if err := audit.Read(t.Context(), db, identity.System(), "thing.look", "thing", object); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"audit_trail", "personal_data_reads"} {
		for _, statement := range []string{
			"UPDATE " + table + " SET action = 'x'", "DELETE FROM " + table, "TRUNCATE " + table, "DELETE FROM " + table + " WHERE false",
			"SELECT set_config('utsendt.audit_retention', 'on', true); UPDATE " + table + " SET action = 'x'",
		} {
			_, err := db.ExecContext(t.Context(), statement)
			var pg *pgconn.PgError
			if !errors.As(err, &pg) || pg.ConstraintName != table+"_append_only" {
				t.Errorf("%s: %v", statement, err)
			}
		}
	}
	count := func() (n int) {
		if err := db.NewRaw(`SELECT (SELECT count(*) FROM audit_trail WHERE object_id = ?) + (SELECT count(*) FROM personal_data_reads)`,
			object).Scan(t.Context(), &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if err := audit.Purge(t.Context(), db, time.Hour, time.Hour); err != nil || count() != 2 {
		t.Fatalf("%d lines, %v; what is young stays", count(), err)
	}
	if err := audit.Purge(t.Context(), db, -time.Hour, -time.Hour); err != nil || count() != 0 {
		t.Fatalf("%d lines, %v; what is old goes", count(), err)
	}
	// The mark was that transaction's alone.
	write(t, db, identity.System(), "thing.make", object, nil, nil)
	if _, err := db.ExecContext(t.Context(), "DELETE FROM audit_trail"); err == nil {
		t.Error("after the retention job anybody may remove lines")
	}
}

func TestChangesFilterAndPage(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	one, two := identity.Actor{PersonID: uuid.New(), Role: identity.RoleAdmin}, identity.Actor{PersonID: uuid.New(), Role: identity.RoleDispatcher}
	object, other := uuid.New(), uuid.New()
	for range 5 {
		write(t, db, one, "thing.change", object, nil, nil)
		write(t, db, two, "thing.move", other, nil, nil)
	}
	count := func(f audit.Filter) int {
		f.Limit = 100
		lines, err := audit.Changes(t.Context(), db, f)
		if err != nil {
			t.Fatal(err)
		}
		return len(lines)
	}
	future := time.Now().Add(time.Hour)
	for what, c := range map[string]struct {
		f    audit.Filter
		want int
	}{
		"object": {audit.Filter{ObjectID: object}, 5}, "actor": {audit.Filter{ActorID: two.PersonID}, 5},
		"action": {audit.Filter{Action: "thing.move"}, 5}, "group": {audit.Filter{Action: "thing."}, 10},
		"both": {audit.Filter{ActorID: two.PersonID, ObjectID: object}, 0}, "kind": {audit.Filter{ObjectKind: "thing"}, 10},
		"since then": {audit.Filter{ObjectKind: "thing", Since: &future}, 0}, "until then": {audit.Filter{ObjectKind: "thing", Until: &future}, 10},
		"letters that are patterns": {audit.Filter{Action: "thing_"}, 0},
	} {
		if got := count(c.f); got != c.want {
			t.Errorf("by %s: %d lines, want %d", what, got, c.want)
		}
	}
	seen := map[uuid.UUID]bool{}
	f := audit.Filter{ObjectKind: "thing", Limit: 3}
	for {
		lines, err := audit.Changes(t.Context(), db, f)
		if err != nil {
			t.Fatal(err)
		}
		if len(lines) == 0 {
			break
		}
		for _, l := range lines {
			if seen[l.ID] {
				t.Fatalf("%s twice", l.ID)
			}
			seen[l.ID] = true
		}
		f.After = lines[len(lines)-1].Place()
	}
	if len(seen) != 10 {
		t.Errorf("%d lines by pages of three, want 10", len(seen))
	}
}

func TestChangedFields(t *testing.T) {
	t.Parallel()
	c := audit.Change{Before: []byte(`{"a": 1, "b": {"x": [1], "y": 2}, "gone": 1, "same": {}}`), After: []byte(`{"a": 2, "b": {"x": [1], "y": 3}, "new": null, "same": {}}`)}
	if got := c.ChangedFields(); !slices.Equal(got, []string{"a", "b.y", "gone", "new"}) {
		t.Errorf("changed: %v", got)
	}
	if got := (audit.Change{After: []byte(`3`)}).ChangedFields(); got != nil {
		t.Errorf("a number has fields: %v", got)
	}
}

// TestFates: of a change of two fields one was overwritten by a colleague and one stands.
func TestFates(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	me, colleague := identity.Actor{PersonID: uuid.New(), Role: identity.RoleDispatcher}, identity.Actor{PersonID: uuid.New(), Role: identity.RoleDispatcher}
	object := uuid.New()
	type m = map[string]any
	write(t, db, me, "thing.update", object, m{"name": "a", "city": "b"}, m{"name": "mine", "city": "mine"})
	write(t, db, identity.System(), "thing.count", object, nil, m{"n": 1}) // tells of neither
	write(t, db, colleague, "thing.update", object, m{"name": "mine", "city": "mine"}, m{"name": "theirs", "city": "mine"})
	write(t, db, colleague, "thing.update", object, m{"name": "theirs", "city": "mine"}, m{"name": "again", "city": "mine"})
	mine, found, err := audit.Last(t.Context(), db, "thing", object, me.PersonID)
	if err != nil || !found {
		t.Fatal(found, err)
	}
	if same, found, err := audit.ByID(t.Context(), db, "thing", object, mine.ID); err != nil || !found || same.ID != mine.ID {
		t.Fatalf("by id: %v %t %v", same, found, err)
	}
	if _, found, err := audit.ByID(t.Context(), db, "thing", uuid.New(), mine.ID); err != nil || found {
		t.Fatalf("a line of another object: %t %v", found, err)
	}
	fates, err := audit.Fates(t.Context(), db, mine)
	if err != nil || len(fates) != 2 {
		t.Fatalf("%v %v", fates, err)
	}
	if city := fates[0]; city.Field != "city" || city.OverwrittenBy != nil || string(city.Now) != `"mine"` {
		t.Errorf("city: %+v", city)
	}
	if name := fates[1]; name.Field != "name" || name.OverwrittenBy == nil || name.OverwrittenBy.ActorID != colleague.PersonID ||
		string(name.OverwrittenBy.After) == "" || string(name.Now) != `"again"` || string(name.Set) != `"mine"` {
		t.Errorf("name: %+v", name)
	}
}
