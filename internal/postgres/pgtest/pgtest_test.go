package pgtest_test

import (
	"context"
	"testing"

	"utsendt/internal/postgres/pgtest"
)

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	a, b := pgtest.New(t), pgtest.New(t)
	if _, err := a.ExecContext(ctx, "CREATE TABLE mine (x int)"); err != nil {
		t.Fatal(err)
	}
	var there bool
	if err := b.NewRaw("SELECT to_regclass('mine') IS NOT NULL").Scan(ctx, &there); err != nil {
		t.Fatal(err)
	}
	if there {
		t.Fatal("two tests share one database")
	}
	for _, table := range []string{"river_job", "bun_migrations"} {
		if err := a.NewRaw("SELECT to_regclass(?) IS NOT NULL", table).Scan(ctx, &there); err != nil {
			t.Fatal(err)
		}
		if !there {
			t.Errorf("the clone lacks %s", table)
		}
	}
}
