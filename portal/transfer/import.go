package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"

	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

// chunkSize is how many rows are written and committed together.
const chunkSize = 500

// Outcome is what became of a row.
type Outcome string

// The outcomes.
const (
	Created   Outcome = "created"
	Updated   Outcome = "updated"
	Unchanged Outcome = "unchanged"
	Refused   Outcome = "refused"
)

// RowResult tells what became of one row.
type RowResult struct {
	// Row counts as a spreadsheet does: a header is row 1. Line is the line of the file where it begins,
	// which differs when cells hold line ends.
	Row, Line int
	// Key is the natural key, for example "K-1001 / 01"; empty where it could not be read.
	Key     string
	Outcome Outcome
	// Reason is a stable code, Field the column and Message a sentence: why the row was refused, or, with
	// Message alone, a remark on a row that was taken.
	Reason, Field, Message string
	said                   *refusal
}

// In is Message in a language, "nb" or "en"; English in any other.
func (r RowResult) In(language string) string {
	if r.said == nil {
		return r.Message
	}
	return r.said.in(language)
}

// Options change how Import works.
type Options struct {
	// DryRun does everything and then takes it all back. The rows it touches stay locked meanwhile.
	DryRun bool
	// OnRow is called for each row in the order of the file, once it is committed (or refused). An error
	// from it ends the import; what was committed stays. It may be nil.
	OnRow func(RowResult) error
}

// Summary tells what became of a file.
type Summary struct {
	Kind Kind
	// Rows is the sum of the four outcomes.
	Rows, Created, Updated, Unchanged, Refused int
	// Encoding is "UTF-8", "UTF-16" or "Windows-1252", as detected.
	Encoding string
	// Separator is ",", ";" or "\t", as detected.
	Separator string
	// Ignored are the header's columns that are not ours.
	Ignored []string
	DryRun  bool
}

// Import reads rows of one kind and makes the database say the same. Rows are committed in chunks of 500;
// a row that cannot be taken is refused and stops nothing. The same file again changes nothing. Memory
// does not grow with the file but for 24 bytes or so a row, which find doubles.
//
// An error means that the import ended early: the file has no usable header (fault.Invalid), reading it
// failed, the database is away, OnRow failed or ctx ended. The Summary then covers what was committed.
func Import(ctx context.Context, db *postgres.DB, kind Kind, r io.Reader, opts Options) (Summary, error) {
	imp, err := newImporter(kind, r, opts)
	if err != nil {
		return Summary{Kind: kind, DryRun: opts.DryRun}, err
	}
	if !opts.DryRun {
		err = imp.run(ctx, func(work func(context.Context, postgres.Tx) error) error {
			return postgres.InTx(ctx, db, work)
		})
		return imp.summary(), err
	}
	err = dryRun(ctx, db, func(ctx context.Context, tx postgres.Tx) error { return imp.runIn(ctx, tx) })
	return imp.summary(), err
}

var errTakeBack = errors.New("transfer: a dry run takes everything back")

// dryRun runs fn in a transaction that is rolled back. It is not run again after a deadlock, because the
// file has been read by then.
func dryRun(ctx context.Context, db *postgres.DB, fn func(context.Context, postgres.Tx) error) error {
	var failed error
	err := postgres.InTx(ctx, db, func(ctx context.Context, tx postgres.Tx) error {
		failed = fn(ctx, tx)
		return errTakeBack
	})
	if failed == nil && !errors.Is(err, errTakeBack) {
		return err
	}
	return failed
}

// importer is one import under way.
type importer struct {
	layout *layout
	decode *decoder
	reader *reader
	opts   Options
	sum    Summary
	// seen has the row that first used a key, by the first half of its SHA-256.
	seen map[[16]byte]int
}

func newImporter(kind Kind, r io.Reader, opts Options) (*importer, error) {
	t, err := tableOf(kind)
	if err != nil {
		return nil, err
	}
	imp := &importer{opts: opts, sum: Summary{Kind: kind, DryRun: opts.DryRun}, seen: make(map[[16]byte]int)}
	if imp.decode, err = newDecoder(r); err != nil {
		return nil, fmt.Errorf("transfer: reading the file: %w", err)
	}
	if imp.layout, imp.reader, imp.sum.Ignored, err = open(t, imp.decode); err != nil {
		return nil, err
	}
	imp.sum.Separator = string(imp.reader.separator)
	return imp, nil
}

func (imp *importer) summary() Summary {
	imp.sum.Encoding = imp.decode.encoding()
	return imp.sum
}

// runIn runs the whole import in one transaction.
func (imp *importer) runIn(ctx context.Context, tx postgres.Tx) error {
	return imp.run(ctx, func(work func(context.Context, postgres.Tx) error) error { return work(ctx, tx) })
}

// run reads chunk after chunk and has each written by commit.
func (imp *importer) run(ctx context.Context, commit func(func(context.Context, postgres.Tx) error) error) error {
	for more := true; more; {
		var records []record
		for len(records) < chunkSize {
			rec, err := imp.reader.read()
			if errors.Is(err, io.EOF) {
				more = false
				break
			}
			if err != nil {
				return err
			}
			records = append(records, rec)
		}
		if len(records) == 0 {
			break
		}
		var drafts []*draft
		err := commit(func(ctx context.Context, tx postgres.Tx) error {
			// Made anew for each attempt, because writing completes them.
			drafts = make([]*draft, len(records))
			for i, rec := range records {
				drafts[i] = imp.layout.draft(rec)
			}
			return imp.writeOnce(ctx, tx, drafts)
		})
		if err != nil {
			return err
		}
		if err := imp.tell(drafts); err != nil {
			return err
		}
	}
	return nil
}

// tell counts and reports rows that are committed.
func (imp *importer) tell(drafts []*draft) error {
	t := imp.layout.table
	for _, d := range drafts {
		result := RowResult{Row: d.row, Line: d.line, Key: d.name(t), said: d.note}
		imp.sum.Rows++
		switch {
		case d.refusal != nil:
			imp.sum.Refused++
			result.Outcome, result.said = Refused, d.refusal
			result.Reason, result.Field = d.refusal.reason, d.refusal.field
		case d.stored == nil:
			imp.sum.Created++
			result.Outcome = Created
		case d.changed():
			imp.sum.Updated++
			result.Outcome = Updated
		default:
			imp.sum.Unchanged++
			result.Outcome = Unchanged
		}
		result.Message = result.In("en")
		if d.refusal == nil {
			imp.seen[d.hash(t)] = d.row
		}
		if imp.opts.OnRow != nil {
			if err := imp.opts.OnRow(result); err != nil {
				return err
			}
		}
	}
	return nil
}

var errEmpty = fault.NewInvalid("", "file_empty", "The file is empty.")
