package postgres_test

import (
	"context"
	"fmt"
	"testing"
	"testing/fstest"

	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

func file(sql string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(sql)} }

// numbered are two migrations. The second counts how often it is applied, and fails the second time.
func numbered() fstest.MapFS {
	return fstest.MapFS{
		"0001_first.tx.up.sql":    file("CREATE TABLE first (x int);\nCREATE TABLE runs (x int);"),
		"0001_first.tx.down.sql":  file("DROP TABLE runs;\nDROP TABLE first;"),
		"0002_second.tx.up.sql":   file("SELECT pg_sleep(0.05);\nINSERT INTO runs VALUES (1);\nCREATE TABLE second (x int);"),
		"0002_second.tx.down.sql": file("DELETE FROM runs;\nDROP TABLE second;"),
		"schema.sql":              file("this is not a migration"),
	}
}

func applied(t *testing.T, db *postgres.DB, files fstest.MapFS) (names []string) {
	t.Helper()
	list, err := postgres.MigrationStatusOf(context.Background(), db, files)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range list {
		if !one.AppliedAt.IsZero() {
			names = append(names, one.Name)
		}
	}
	return names
}

func TestTenServersMigrateAtOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.EmptyURL(t)
	const servers = 10
	errs := make(chan error, servers)
	for range servers {
		go func() {
			errs <- func() error {
				db, err := postgres.Open(context.Background(), postgres.Config{URL: url, MaxConns: 3})
				if err != nil {
					return err
				}
				defer db.Close()
				return postgres.MigrateFrom(context.Background(), db, numbered())
			}()
		}()
	}
	for range servers {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	db, err := postgres.Open(t.Context(), postgres.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if got := count(t, db, "SELECT count(*) FROM runs"); got != 1 {
		t.Errorf("a migration was applied %d times", got)
	}
	if got := count(t, db, "SELECT count(*) FROM bun_migrations"); got != 2 {
		t.Errorf("%d marks for two migrations", got)
	}
	if got := count(t, db, "SELECT count(*) FROM river_job"); got != 0 {
		t.Errorf("river_job holds %d rows", got)
	}
}

func TestFailingMigrationLeavesNothing(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t)
	files := numbered()
	files["0002_second.tx.up.sql"] = file("CREATE TABLE second (x int);\nSELECT 1/0;")
	if err := postgres.MigrateFrom(t.Context(), db, files); err == nil {
		t.Fatal("the migration divides by zero and succeeded")
	}
	if got := fmt.Sprint(applied(t, db, files)); got != "[0001]" {
		t.Errorf("applied %s", got)
	}
	if got := count(t, db, "SELECT count(*) FROM pg_class WHERE relname = 'second'"); got != 0 {
		t.Error("half of the failed migration stayed")
	}
	// Mended, it goes on from there.
	if err := postgres.MigrateFrom(t.Context(), db, numbered()); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(applied(t, db, files)); got != "[0001 0002]" {
		t.Errorf("applied %s", got)
	}
}

func TestMigrateDownAndUpAgain(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t)
	files := numbered()
	if got := applied(t, db, files); got != nil {
		t.Errorf("applied %v on an empty database", got)
	}
	if err := postgres.MigrateFrom(t.Context(), db, files); err != nil {
		t.Fatal(err)
	}
	broken := numbered()
	broken["0002_second.tx.down.sql"] = file("DROP TABLE second;\nSELECT 1/0;")
	if err := postgres.MigrateDownFrom(t.Context(), db, broken, 1); err == nil {
		t.Fatal("a way down that divides by zero succeeded")
	}
	if got := fmt.Sprint(applied(t, db, files)); got != "[0001 0002]" {
		t.Errorf("after a failed way down applied %s", got)
	}
	for _, step := range []struct {
		steps int
		want  string
	}{{1, "[0001]"}, {5, "[]"}} {
		if err := postgres.MigrateDownFrom(t.Context(), db, files, step.steps); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(applied(t, db, files)); got != step.want {
			t.Errorf("%d down: applied %s, want %s", step.steps, got, step.want)
		}
	}
	if got := count(t, db, "SELECT count(*) FROM pg_class WHERE relname IN ('first', 'second', 'runs')"); got != 0 {
		t.Errorf("%d tables are left", got)
	}
	if err := postgres.MigrateDownFrom(t.Context(), db, files, 0); err == nil {
		t.Error("no steps at all must be an error")
	}
	if err := postgres.MigrateFrom(t.Context(), db, files); err != nil {
		t.Fatal(err)
	}
}

// Our own migrations: all the way up, all the way down, and up again.
func TestOwnMigrationsBothWays(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t)
	for range 2 {
		if err := postgres.Migrate(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		list, err := postgres.MigrationStatus(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		for i, one := range list {
			if one.AppliedAt.IsZero() || one.Name != fmt.Sprintf("%04d", i+1) {
				t.Errorf("migration %d is %+v", i+1, one)
			}
		}
		if err := postgres.MigrateDown(t.Context(), db, len(list)); err != nil {
			t.Fatal(err)
		}
		left := count(t, db, `SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace
			AND relkind IN ('r', 'p', 'v', 'm', 'S') AND relname NOT LIKE 'river\_%' AND relname NOT LIKE 'bun\_%'`)
		if left != 0 {
			t.Errorf("the way down leaves %d tables, views and sequences", left)
		}
	}
}
