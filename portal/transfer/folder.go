package transfer

import (
	"archive/zip"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

// ExportAll writes one file for each kind into a folder, which is made when needed; files that are there
// already are replaced. All files show one moment. They are readable for their owner alone, because they
// name people.
func ExportAll(ctx context.Context, db *postgres.DB, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("transfer: making the folder: %w", err)
	}
	return exportEach(ctx, db, func(name string, write func(io.Writer) error) error {
		return writeFile(filepath.Join(dir, name), write)
	})
}

// ExportZip is ExportAll into one zip file. The same rows give the same bytes.
func ExportZip(ctx context.Context, db *postgres.DB, w io.Writer) error {
	archive := zip.NewWriter(w)
	err := exportEach(ctx, db, func(name string, write func(io.Writer) error) error {
		file, err := archive.Create(name)
		if err != nil {
			return err
		}
		return write(file)
	})
	return errors.Join(err, archive.Close())
}

func exportEach(ctx context.Context, db *postgres.DB, file func(name string, write func(io.Writer) error) error) error {
	return postgres.InTx(ctx, db, func(ctx context.Context, tx postgres.Tx) error {
		for _, t := range tables {
			err := file(t.kind.FileName(), func(w io.Writer) error { return export(ctx, tx.PgxTx(), t, w) })
			if err != nil {
				return err
			}
		}
		return nil
	}, postgres.ReadOnly(), postgres.Isolation(sql.LevelRepeatableRead))
}

// writeFile puts a file in place only when it is whole.
func writeFile(path string, write func(io.Writer) error) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("transfer: making a file: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close(), os.Remove(file.Name()))
		}
	}()
	if err := write(file); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("transfer: writing %s: %w", path, err)
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return fmt.Errorf("transfer: writing %s: %w", path, err)
	}
	return file.Close()
}

// ImportAll imports what a folder holds of the files that ExportAll writes, in the order of Kinds; Invalid
// ("no_files") when it holds none. It stops at the first file that cannot be read as a whole; refused rows
// stop nothing. OnRow is not told which file a row is from: where that matters, use ImportFS.
func ImportAll(ctx context.Context, db *postgres.DB, dir string, opts Options) ([]Summary, error) {
	return ImportFS(ctx, db, os.DirFS(dir), func(Kind) Options { return opts })
}

// ImportFS is ImportAll from any file system, such as a zip.Reader; options makes the options for each
// kind, of which DryRun must be the same for all. A dry run of all files is one: each kind finds the rows
// of those before it.
func ImportFS(ctx context.Context, db *postgres.DB, files fs.FS, options func(Kind) Options) ([]Summary, error) {
	if len(tables) > 0 && options(tables[0].kind).DryRun {
		var sums []Summary
		err := dryRun(ctx, db, func(ctx context.Context, tx postgres.Tx) (err error) {
			sums, err = importEach(files, options, func(imp *importer) error { return imp.runIn(ctx, tx) })
			return err
		})
		return sums, err
	}
	return importEach(files, options, func(imp *importer) error {
		return imp.run(ctx, func(work func(context.Context, postgres.Tx) error) error { return postgres.InTx(ctx, db, work) })
	})
}

func importEach(files fs.FS, options func(Kind) Options, run func(*importer) error) ([]Summary, error) {
	var sums []Summary
	for _, t := range tables {
		sum, err := importFile(files, t.kind, options(t.kind), run)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		sums = append(sums, sum)
		if err != nil {
			return sums, fmt.Errorf("%s: %w", t.kind.FileName(), err)
		}
	}
	if len(sums) == 0 {
		return nil, fault.NewInvalid("", "no_files", "The folder holds none of the files that can be imported, such as "+Devices.FileName()+".")
	}
	return sums, nil
}

func importFile(files fs.FS, kind Kind, opts Options, run func(*importer) error) (Summary, error) {
	file, err := files.Open(kind.FileName())
	if err != nil {
		return Summary{}, err
	}
	defer file.Close()
	imp, err := newImporter(kind, file, opts)
	if err != nil {
		return Summary{Kind: kind, DryRun: opts.DryRun}, err
	}
	err = run(imp)
	return imp.summary(), err
}
