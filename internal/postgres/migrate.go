package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"

	"utsendt/migrations"
)

// migrationLock is the key of the advisory lock that whoever changes the schema holds. Any number does,
// so long as it never changes.
const migrationLock = 0x7574_7365_6e64_7431

// Migration is one numbered change of the schema.
type Migration struct {
	// Name is the number, for example "0001"; Comment the rest of the file's name.
	Name, Comment string
	// AppliedAt is when it was applied, by the clock of the database; zero when it was not.
	AppliedAt time.Time
}

// Migrate brings the schema up to date: first River's tables, then ours. It may run in any number of
// processes at once; they take turns, and each migration is applied once. A migration that fails leaves
// nothing behind and is not marked as applied.
func Migrate(ctx context.Context, db *DB) error { return MigrateFrom(ctx, db, migrations.FS) }

// MigrateFrom is Migrate with other files than the program's own.
func MigrateFrom(ctx context.Context, db *DB, files fs.FS) error {
	return locked(ctx, db, func() error {
		river, err := rivermigrate.New(riverpgxv5.New(db.Pool), nil)
		if err != nil {
			return fmt.Errorf("postgres: preparing River's migrations: %w", err)
		}
		if _, err := river.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
			return fmt.Errorf("postgres: River's migrations: %w", err)
		}
		m, err := newMigrator(ctx, db, files, markApplied)
		if err != nil {
			return err
		}
		if _, err := m.Migrate(ctx); err != nil {
			return fmt.Errorf("postgres: migrating: %w", err)
		}
		return nil
	})
}

// MigrateDown takes back the newest applied migrations of ours, steps of them, newest first. River's
// tables stay. It stops at the first that fails, which then is still applied in full.
func MigrateDown(ctx context.Context, db *DB, steps int) error {
	return MigrateDownFrom(ctx, db, migrations.FS, steps)
}

// MigrateDownFrom is MigrateDown with other files than the program's own.
func MigrateDownFrom(ctx context.Context, db *DB, files fs.FS, steps int) error {
	if steps < 1 {
		return errors.New("postgres: migrating down needs at least one step")
	}
	return locked(ctx, db, func() error {
		m, err := newMigrator(ctx, db, files, markUnapplied)
		if err != nil {
			return err
		}
		all, err := m.MigrationsWithStatus(ctx)
		if err != nil {
			return fmt.Errorf("postgres: reading the applied migrations: %w", err)
		}
		applied := all.Applied()
		for i := range min(steps, len(applied)) {
			one := &applied[i]
			if one.Down == nil {
				return fmt.Errorf("postgres: migration %s has no way down", one)
			}
			if err := one.Down(ctx, m, one); err != nil {
				return fmt.Errorf("postgres: migrating %s down: %w", one, err)
			}
		}
		return nil
	})
}

// MigrationStatus lists our migrations in order. It changes nothing, so it also answers on a database
// that was never migrated.
func MigrationStatus(ctx context.Context, db *DB) ([]Migration, error) {
	return MigrationStatusOf(ctx, db, migrations.FS)
}

// MigrationStatusOf is MigrationStatus with other files than the program's own.
func MigrationStatusOf(ctx context.Context, db *DB, files fs.FS) ([]Migration, error) {
	found, err := discover(files)
	if err != nil {
		return nil, err
	}
	all := found.Sorted()
	var initialised bool
	if err := db.NewRaw("SELECT to_regclass('bun_migrations') IS NOT NULL").Scan(ctx, &initialised); err != nil {
		return nil, fmt.Errorf("postgres: reading the applied migrations: %w", err)
	}
	if initialised {
		if all, err = migrate.NewMigrator(db.DB, found).MigrationsWithStatus(ctx); err != nil {
			return nil, fmt.Errorf("postgres: reading the applied migrations: %w", err)
		}
	}
	list := make([]Migration, len(all))
	for i, one := range all {
		list[i] = Migration{Name: one.Name, Comment: one.Comment, AppliedAt: one.MigratedAt}
	}
	return list, nil
}

// locked runs fn while a connection of its own holds the advisory lock. The lock goes with the
// connection, so a crash frees it; bun's own lock is a row that a crash would leave behind.
func locked(ctx context.Context, db *DB, fn func() error) error {
	config := db.Pool.Config().ConnConfig
	config.RuntimeParams["application_name"] = "utsendt migrate"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("postgres: connecting for the migration lock: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return fmt.Errorf("postgres: waiting for the migration lock: %w", err)
	}
	return fn()
}

// mark notes a migration as applied or taken back, in the migration's own transaction.
type mark func(ctx context.Context, conn bun.IConn, one *migrate.Migration) error

func markApplied(ctx context.Context, conn bun.IConn, one *migrate.Migration) error {
	_, err := conn.ExecContext(ctx, `INSERT INTO bun_migrations (name, group_id) VALUES (?, ?)
		ON CONFLICT (name) DO NOTHING`, one.Name, one.GroupID)
	return err
}

func markUnapplied(ctx context.Context, conn bun.IConn, one *migrate.Migration) error {
	_, err := conn.ExecContext(ctx, `DELETE FROM bun_migrations WHERE name = ?`, one.Name)
	return err
}

// newMigrator must be called under the lock: two at once would fail to make the same table. bun marks
// after the migration's commit, which a crash between the two would miss; so the mark is written by a
// hook inside the transaction, and bun's own, an upsert, finds it there.
func newMigrator(ctx context.Context, db *DB, files fs.FS, note mark) (*migrate.Migrator, error) {
	found, err := discover(files)
	if err != nil {
		return nil, err
	}
	m := migrate.NewMigrator(db.DB, found,
		migrate.WithMarkAppliedOnSuccess(true),
		migrate.WithUpsert(true),
		migrate.AfterMigration(migrate.MigrationHook(note)))
	if err := m.Init(ctx); err != nil {
		return nil, fmt.Errorf("postgres: making the table of migrations: %w", err)
	}
	return m, nil
}

func discover(files fs.FS) (*migrate.Migrations, error) {
	found := migrate.NewMigrations()
	if err := found.Discover(files); err != nil {
		return nil, fmt.Errorf("postgres: reading the migrations: %w", err)
	}
	return found, nil
}
