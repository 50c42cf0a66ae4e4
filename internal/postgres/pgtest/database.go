package pgtest

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"utsendt/internal/postgres"
)

const (
	// setUpTimeout bounds everything from starting the cluster to the clone.
	setUpTimeout = 3 * time.Minute
	// defaultMaxConns of a test's pool: some for the test, and enough tests for the cluster's 400.
	defaultMaxConns = 10
)

// New gives the test its own migrated database, open, closed and dropped when the test ends.
func New(t testing.TB) *postgres.DB {
	t.Helper()
	return Open(t, postgres.Config{})
}

// Open is New with a configuration: a clock, more connections, hooks. Its URL is filled in here; MaxConns
// is 10 unless given.
func Open(t testing.TB, cfg postgres.Config) *postgres.DB {
	t.Helper()
	cfg.URL = URL(t)
	return open(t, cfg)
}

// URL gives the connection string of a migrated database of the test's own, for tests that start real
// servers. It is dropped when the test ends, open connections and all.
func URL(t testing.TB) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), setUpTimeout)
	defer cancel()
	admin, err := cluster(ctx)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	template, err := template(ctx, admin)
	if err != nil {
		t.Fatalf("pgtest: making the template: %v", err)
	}
	return create(ctx, t, admin, template)
}

// EmptyURL gives the connection string of a database without any schema, for tests of the migrations.
func EmptyURL(t testing.TB) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), setUpTimeout)
	defer cancel()
	admin, err := cluster(ctx)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return create(ctx, t, admin, "template0")
}

// Empty is an open database without any schema.
func Empty(t testing.TB) *postgres.DB {
	t.Helper()
	return open(t, postgres.Config{URL: EmptyURL(t)})
}

func open(t testing.TB, cfg postgres.Config) *postgres.DB {
	t.Helper()
	if cfg.MaxConns == 0 {
		cfg.MaxConns = defaultMaxConns
	}
	ctx, cancel := context.WithTimeout(context.Background(), setUpTimeout)
	defer cancel()
	db, err := postgres.Open(ctx, cfg)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() {
		closed := make(chan error, 1)
		go func() { closed <- db.Close() }()
		select {
		case err := <-closed:
			if err != nil {
				t.Errorf("pgtest: closing the database: %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Errorf("pgtest: the test ended with a connection or transaction still in use")
		}
	})
	return db
}

var created atomic.Int64

// create makes a database from a template and has it dropped when the test ends.
func create(ctx context.Context, t testing.TB, admin, template string) string {
	t.Helper()
	// The process's number is in the name so that others can tell what a killed test left behind.
	name := fmt.Sprintf("%s%d_%d", testPrefix, os.Getpid(), created.Add(1))
	// FILE_COPY is the faster of the two strategies when nothing is synced to disk.
	if err := execAdmin(ctx, admin, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s STRATEGY FILE_COPY",
		ident(name), ident(template))); err != nil {
		t.Fatalf("pgtest: making a database: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := execAdmin(ctx, admin, "DROP DATABASE IF EXISTS "+ident(name)+" WITH (FORCE)"); err != nil {
			t.Errorf("pgtest: dropping the database: %v", err)
		}
	})
	return databaseURL(admin, name)
}

func ident(name string) string { return pgx.Identifier{name}.Sanitize() }

// execAdmin runs one statement on a connection of its own: a kept one would show as a leak in tests that
// look for those.
func execAdmin(ctx context.Context, admin, statement string) error {
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, statement)
	return err
}
