package backoffice

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/portal/transfer"
)

// MaxFile is the largest file that is imported here, in bytes; the command line takes larger ones.
const MaxFile = 16 << 20

// Imported is what became of a file.
type Imported struct {
	transfer.Summary
	// SHA256 of the file, in hexadecimal.
	SHA256 string
	// Repeated is true when the operation was done before and its answer is given again.
	Repeated bool `json:"-"`
}

// Import makes the database say what a file says, and tells of each row in the order of the file. For admins. The audit
// trail gets a line before the first row is written and one after the last, also when the import broke off; a dry run
// changes nothing and leaves the last alone. The same operation again gives the same summary without doing anything.
//
// Errors: Invalid kind_unknown, file_too_large or that the file has no usable header; those of tell.
func (s *Service) Import(ctx context.Context, actor identity.Actor, op uuid.UUID, kind transfer.Kind, file []byte, dryRun bool,
	tell func(transfer.RowResult) error,
) (Imported, error) {
	if err := admins(actor); err != nil {
		return Imported{}, err
	}
	if len(file) > MaxFile {
		return Imported{}, fault.NewInvalid("file", "file_too_large", "A file may have 16 MiB; larger ones go by the command line.")
	}
	if transfer.ColumnNames(kind) == nil {
		return Imported{}, errKind
	}
	sum := sha256.Sum256(file)
	done := Imported{SHA256: hex.EncodeToString(sum[:])}
	key := once.Key{Person: actor.PersonID, ID: op, Kind: "transfer.import"}
	asked := []any{kind, done.SHA256, dryRun}
	before, known, err := once.Stored[Imported](ctx, s.db, key, asked)
	if err != nil || known {
		before.Repeated = known
		return before, err
	}
	if op == uuid.Nil {
		return Imported{}, fault.NewInvalid("operation_id", "operation_id_missing", "The operation needs an id of its own.")
	}
	told := map[string]any{"kind": kind, "sha256": done.SHA256, "bytes": len(file), "dry_run": dryRun}
	if !dryRun {
		if err := s.note(ctx, actor, "transfer.import_begin", op, nil, told); err != nil {
			return Imported{}, err
		}
	}
	var failed error
	done.Summary, failed = transfer.Import(ctx, s.db, kind, bytes.NewReader(file), transfer.Options{DryRun: dryRun, OnRow: tell})
	for name, n := range map[string]int{
		"rows": done.Rows, "created": done.Created, "updated": done.Updated, "unchanged": done.Unchanged, "refused": done.Refused,
	} {
		told[name] = n
	}
	told["whole"] = failed == nil
	// The caller may be gone; what was written must still be told.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if failed != nil {
		if dryRun {
			return done, failed
		}
		if err := s.note(ctx, actor, "transfer.import", op, nil, told); err != nil {
			return done, err
		}
		return done, failed
	}
	return do(ctx, s, actor, op, key.Kind, asked, func(ctx context.Context, tx postgres.Tx) (Imported, error) {
		return done, audit.Write(ctx, tx, actor, "transfer.import", "transfer", op, nil, told)
	})
}

func (s *Service) note(ctx context.Context, actor identity.Actor, action string, id uuid.UUID, before, after any) error {
	return postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		return audit.Write(ctx, tx, actor, action, "transfer", id, before, after)
	})
}

var errKind = fault.NewInvalid("kind", "kind_unknown", "There is no such kind of file.")

// Export writes all rows of a kind as Import reads them. For admins. The audit trail says who took what; of people and
// technicians it is noted whose data it was.
func (s *Service) Export(ctx context.Context, actor identity.Actor, kind transfer.Kind, w io.Writer) error {
	if err := admins(actor); err != nil {
		return err
	}
	if transfer.ColumnNames(kind) == nil {
		return errKind
	}
	return s.export(ctx, actor, string(kind), w, func(w io.Writer) error { return transfer.Export(ctx, s.db, kind, w) })
}

// ExportAll writes all kinds into one zip file. For admins. Noted as by Export.
func (s *Service) ExportAll(ctx context.Context, actor identity.Actor, w io.Writer) error {
	if err := admins(actor); err != nil {
		return err
	}
	return s.export(ctx, actor, "all", w, func(w io.Writer) error { return transfer.ExportZip(ctx, s.db, w) })
}

func (s *Service) export(ctx context.Context, actor identity.Actor, what string, w io.Writer, write func(io.Writer) error) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	// Noted first, so that nothing leaves without its line.
	if err := s.noteExported(ctx, actor, what); err != nil {
		return err
	}
	counted := &counter{w: w, sum: sha256.New()}
	failed := write(counted)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.note(ctx, actor, "transfer.export", id, nil, map[string]any{
		"kind": what, "bytes": counted.n, "sha256": hex.EncodeToString(counted.sum.Sum(nil)), "whole": failed == nil,
	}); err != nil {
		return err
	}
	return failed
}

// noteExported notes whose personal data a file holds.
func (s *Service) noteExported(ctx context.Context, actor identity.Actor, what string) error {
	for kind, table := range map[string]string{"person": "people", "technician": "technicians"} {
		if what != "all" && what != table {
			continue
		}
		var ids []uuid.UUID
		if err := s.db.NewSelect().TableExpr(table).Column("id").Order("id").Scan(ctx, &ids); err != nil {
			return err
		}
		if err := audit.Read(ctx, s.db, actor, "transfer.export", kind, ids...); err != nil {
			return err
		}
	}
	return nil
}

// counter counts and sums what goes through.
type counter struct {
	w   io.Writer
	sum hash.Hash
	n   int64
}

// Write implements io.Writer.
func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	_, _ = c.sum.Write(p[:n]) // a hash takes everything
	return n, err
}
