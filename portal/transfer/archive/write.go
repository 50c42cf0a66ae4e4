package archive

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

// written makes every database write the same bytes for the same values.
const written = "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1"

// Write writes an archive into a folder, which is made when needed and must be empty: WrongState folder_not_empty. The files are
// readable for their owner alone, because they name people.
func Write(ctx context.Context, db *postgres.DB, dir string) (m Manifest, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return m, fmt.Errorf("archive: making the folder: %w", err)
	}
	if there, err := os.ReadDir(dir); err != nil {
		return m, fmt.Errorf("archive: looking into the folder: %w", err)
	} else if len(there) > 0 {
		return m, fault.NewWrongState("folder_not_empty", "The folder is not empty. An archive needs one of its own.")
	}
	if m.Schema, err = schemaOf(ctx, db); err != nil {
		return m, err
	}
	m.Format, m.Tables = 1, map[string]Content{}
	err = postgres.InTx(ctx, db, func(ctx context.Context, wrapped postgres.Tx) error {
		tx := wrapped.PgxTx()
		if _, err := tx.Exec(ctx, written); err != nil {
			return fmt.Errorf("archive: preparing: %w", err)
		}
		all, err := tables(ctx, tx)
		if err != nil {
			return err
		}
		for _, t := range all {
			if m.Tables[t.name], err = writeTable(ctx, tx, t, filepath.Join(dir, t.file())); err != nil {
				return err
			}
		}
		m.Sequences, err = readSequences(ctx, tx)
		return err
	}, postgres.ReadOnly(), postgres.Isolation(sql.LevelRepeatableRead))
	if err != nil {
		return m, err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return m, fmt.Errorf("archive: writing the manifest: %w", err)
	}
	// The last: a folder without it is no archive.
	return m, writeFile(filepath.Join(dir, manifestFile), func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	})
}

func writeTable(ctx context.Context, tx pgx.Tx, t table, path string) (c Content, err error) {
	err = writeFile(path, func(w io.Writer) error {
		buffered := bufio.NewWriterSize(w, 256<<10)
		sum := newSummer(buffered)
		tag, err := tx.Conn().PgConn().CopyTo(ctx, sum, "COPY ("+t.out()+") TO STDOUT WITH (FORMAT csv, HEADER)")
		if err != nil {
			return fmt.Errorf("archive: reading %s: %w", t.name, err)
		}
		c = Content{Rows: tag.RowsAffected(), SHA256: sum.String()}
		return buffered.Flush()
	})
	return c, err
}

func writeFile(path string, write func(io.Writer) error) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("archive: making a file: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := write(file); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("archive: writing %s: %w", path, err)
	}
	return nil
}

// schemaOf gives the last migration that was applied.
func schemaOf(ctx context.Context, db *postgres.DB) (string, error) {
	all, err := postgres.MigrationStatus(ctx, db)
	if err != nil {
		return "", err
	}
	last := ""
	for _, m := range all {
		if !m.AppliedAt.IsZero() {
			last = max(last, m.Name)
		}
	}
	return last, nil
}
