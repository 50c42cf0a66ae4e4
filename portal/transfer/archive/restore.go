package archive

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"

	"github.com/jackc/pgx/v5"

	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

// Restore brings an archive into an empty database of the same schema, whole or not at all. Nobody else may use the database
// meanwhile. Invalid archive_broken when a file is missing or not what was written; WrongState schema_differs, or
// database_not_empty (with the table).
func Restore(ctx context.Context, db *postgres.DB, files fs.FS) (m Manifest, err error) {
	if m, err = readManifest(files); err != nil {
		return m, err
	}
	schema, err := schemaOf(ctx, db)
	if err != nil {
		return m, err
	}
	if schema != m.Schema {
		return m, fault.NewWrongState("schema_differs", "The archive is of the schema "+m.Schema+", the database has "+schema+
			". Use the version that wrote it, and migrate then.", fault.Param("archive", m.Schema), fault.Param("database", schema))
	}
	return m, postgres.InTx(ctx, db, func(ctx context.Context, wrapped postgres.Tx) error {
		tx := wrapped.PgxTx()
		all, err := tables(ctx, tx)
		if err != nil {
			return err
		}
		if err := empty(ctx, tx, all); err != nil {
			return err
		}
		guarded, err := openUp(ctx, tx, all)
		if err != nil {
			return err
		}
		for _, t := range all {
			if err := restoreTable(ctx, tx, t, files, m.Tables[t.name]); err != nil {
				return err
			}
		}
		if err := closeUp(ctx, tx, all, guarded); err != nil {
			return err
		}
		for name, last := range m.Sequences {
			if _, err := tx.Exec(ctx, "SELECT setval($1::text::regclass, $2)", quoted(name), last); err != nil {
				return fmt.Errorf("archive: setting a sequence: %w", err)
			}
		}
		return nil
	})
}

func readManifest(files fs.FS) (m Manifest, err error) {
	text, err := fs.ReadFile(files, manifestFile)
	if err != nil {
		return m, broken(manifestFile, err)
	}
	if err := json.Unmarshal(text, &m); err != nil || m.Format != 1 {
		return m, broken(manifestFile, err)
	}
	return m, nil
}

func broken(file string, cause error) error {
	return fault.NewInvalid("", "archive_broken", "The archive is not whole: "+file+" is missing or not what was written.",
		fault.Param("file", file), fault.Cause(cause))
}

// empty refuses a database that has anything in it.
func empty(ctx context.Context, tx pgx.Tx, all []table) error {
	for _, t := range all {
		var filled bool
		if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+quoted(t.name)+")").Scan(&filled); err != nil {
			return fmt.Errorf("archive: looking into %s: %w", t.name, err)
		}
		if filled {
			return fault.NewWrongState("database_not_empty", "The database is not empty: there are rows in "+t.name+".", fault.Param("table", t.name))
		}
	}
	return nil
}

// openUp lets rows come in any order, and as they are: references are looked at in the end, and no step is taken again.
func openUp(ctx context.Context, tx pgx.Tx, all []table) (references []string, err error) {
	rows, err := tx.Query(ctx, `SELECT format('ALTER TABLE %I ALTER CONSTRAINT %I', c.relname, f.conname)
		FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
		WHERE f.contype = 'f' AND NOT f.condeferrable AND f.connamespace = 'public'::regnamespace AND NOT c.relispartition AND c.relkind = 'r'`)
	if err == nil {
		references, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil {
		return nil, fmt.Errorf("archive: reading references: %w", err)
	}
	for _, reference := range references {
		if _, err := tx.Exec(ctx, reference+" DEFERRABLE INITIALLY DEFERRED"); err != nil {
			return nil, fmt.Errorf("archive: putting off a reference: %w", err)
		}
	}
	for _, t := range all {
		if !t.steps {
			continue
		}
		if _, err := tx.Exec(ctx, "ALTER TABLE "+quoted(t.name)+" DISABLE TRIGGER USER"); err != nil {
			return nil, fmt.Errorf("archive: putting off the steps of %s: %w", t.name, err)
		}
	}
	return references, nil
}

func closeUp(ctx context.Context, tx pgx.Tx, all []table, references []string) error {
	if _, err := tx.Exec(ctx, "SET CONSTRAINTS ALL IMMEDIATE"); err != nil {
		return broken("a reference", err)
	}
	for _, reference := range references {
		if _, err := tx.Exec(ctx, reference+" NOT DEFERRABLE"); err != nil {
			return fmt.Errorf("archive: setting a reference: %w", err)
		}
	}
	for _, t := range all {
		if !t.steps {
			continue
		}
		if _, err := tx.Exec(ctx, "ALTER TABLE "+quoted(t.name)+" ENABLE TRIGGER USER"); err != nil {
			return fmt.Errorf("archive: setting the steps of %s: %w", t.name, err)
		}
	}
	return nil
}

func restoreTable(ctx context.Context, tx pgx.Tx, t table, files fs.FS, want Content) error {
	file, err := files.Open(t.file())
	if err != nil {
		return broken(t.file(), err)
	}
	defer file.Close() // it is only read
	sum := newSummer(io.Discard)
	in := io.TeeReader(bufio.NewReaderSize(file, 256<<10), sum)
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, in, "COPY "+quoted(t.name)+" ("+t.columnList()+") FROM STDIN WITH (FORMAT csv, HEADER MATCH)")
	if err != nil {
		return broken(t.file(), err)
	}
	if tag.RowsAffected() != want.Rows || sum.String() != want.SHA256 {
		return broken(t.file(), fmt.Errorf("archive: %d rows, %s", tag.RowsAffected(), sum))
	}
	return nil
}
