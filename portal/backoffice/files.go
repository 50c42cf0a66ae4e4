package backoffice

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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

// Export writes all rows of a kind as Import reads them. For admins. It is noted who took what, and of people and
// technicians whose data it was, before the first byte goes out.
func (s *Service) Export(ctx context.Context, actor identity.Actor, kind transfer.Kind, w io.Writer) error {
	if err := admins(actor); err != nil {
		return err
	}
	if transfer.ColumnNames(kind) == nil {
		return errKind
	}
	if err := s.noteExport(ctx, actor, string(kind)); err != nil {
		return err
	}
	return transfer.Export(ctx, s.db, kind, w)
}

// ExportAll writes all kinds into one zip file. For admins. Noted as by Export.
func (s *Service) ExportAll(ctx context.Context, actor identity.Actor, w io.Writer) error {
	if err := admins(actor); err != nil {
		return err
	}
	if err := s.noteExport(ctx, actor, "all"); err != nil {
		return err
	}
	return transfer.ExportZip(ctx, s.db, w)
}

func (s *Service) noteExport(ctx context.Context, actor identity.Actor, what string) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	action := "transfer.export." + what
	if err := audit.Read(ctx, s.db, actor, action, "transfer", id); err != nil {
		return err
	}
	for kind, table := range map[string]string{"person": "people", "technician": "technicians"} {
		if what != "all" && what != table {
			continue
		}
		var ids []uuid.UUID
		if err := s.db.NewSelect().TableExpr(table).Column("id").Order("id").Scan(ctx, &ids); err != nil {
			return fmt.Errorf("backoffice: whose data is exported: %w", err)
		}
		if err := audit.Read(ctx, s.db, actor, action, kind, ids...); err != nil {
			return err
		}
	}
	return nil
}
