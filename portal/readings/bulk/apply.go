package bulk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/portal/readings"
)

// batch is how many rows are booked in one transaction, and some more when they are of one device: its devices are locked
// meanwhile, and whoever else has something to say of them waits.
const batch = 500

// Confirmations say why doubtful rows are right, beside the reasons in the file.
type Confirmations struct {
	// ByRow are reasons by the row's number; they go before the file's own.
	ByRow map[int]string
	// Rest is the reason for all others that have none; empty for none.
	Rest string
}

// Apply keeps the good rows of an upload that was checked, and those that are confirmed. It judges anew by what is known now,
// and may be called again with more confirmations. NotFound "upload_not_found"; Forbidden "bulk_readings_off"; WrongState
// "upload_unchecked"; Invalid "row_unknown" for a reason for a row that is not there.
//
// The readings are booked in batches, so that nobody waits for the whole file. When it is cut off in the middle, what was booked
// stays, and the same operation again goes on with the rest: a reading that is there is never booked a second time.
func (s *Service) Apply(ctx context.Context, actor identity.Actor, op, upload uuid.UUID, confirm Confirmations) (Upload, error) {
	key := once.Key{Person: actor.PersonID, ID: op, Kind: "reading_upload.apply"}
	asked := []any{upload, confirm}
	for {
		if before, known, err := once.Stored[Upload](ctx, s.db, key, asked); err != nil || known {
			return before, err
		}
		a := application{service: s, actor: actor, upload: upload, confirm: confirm}
		if err := a.run(ctx); err != nil {
			return Upload{}, err
		}
		u, err := once.InTx(ctx, s.db, key, asked, a.finish)
		if !errors.Is(err, errChanged) {
			return u, err
		}
		// Rows were corrected, or applied by somebody else, meanwhile: from the start, with what they are now.
	}
}

// application is one run over the rows of an upload.
type application struct {
	service *Service
	actor   identity.Actor
	upload  uuid.UUID
	confirm Confirmations
	// seen is the version of the upload's row that rows are of.
	seen string
	rows []Row
}

var errChanged = fault.NewStale("upload_changed", "The upload was changed meanwhile.")

// run books the rows batch by batch.
func (a *application) run(ctx context.Context) error {
	if err := a.tx(ctx, a.read); err != nil {
		return err
	}
	order := make([]int, 0, len(a.rows))
	for i := range a.rows {
		if !a.rows[i].refused() && !a.rows[i].booked {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(x, y int) int { return compareIDs(a.rows[x].DeviceID, a.rows[y].DeviceID) })
	for len(order) > 0 {
		n := min(a.service.batch, len(order))
		for n < len(order) && a.rows[order[n]].DeviceID == a.rows[order[n-1]].DeviceID {
			n++ // all rows of a device are judged beside each other
		}
		part := order[:n]
		err := a.tx(ctx, func(ctx context.Context, tx postgres.Tx, _ Upload) error { return a.book(ctx, tx, part) })
		if err != nil {
			return err
		}
		order = order[n:]
	}
	return nil
}

// tx runs fn in a transaction of its own with the upload locked, so that of two who apply it at once each batch is one's.
func (a *application) tx(ctx context.Context, fn func(context.Context, postgres.Tx, Upload) error) error {
	return postgres.InTx(ctx, a.service.db, func(ctx context.Context, tx postgres.Tx) error {
		u, err := a.service.ready(ctx, tx, a.actor, a.upload)
		if err != nil {
			return err
		}
		return fn(ctx, tx, u)
	})
}

// book takes the rows at some places into the books.
func (a *application) book(ctx context.Context, tx postgres.Tx, part []int) error {
	if now, err := version(ctx, tx, a.upload); err != nil || now != a.seen {
		return err // finish finds out
	}
	numbers := make([]int32, len(part))
	for i, at := range part {
		numbers[i] = int32(a.rows[at].Number)
	}
	// What the same file has booked by another who applies it now.
	var others []int
	if err := tx.NewRaw(`SELECT row FROM reading_upload_rows WHERE upload_id = ? AND row IN (?) AND booked`, a.upload, bun.List(numbers)).
		Scan(ctx, &others); err != nil {
		return fmt.Errorf("bulk: reading what is booked: %w", err)
	}
	rows := make([]Row, 0, len(part))
	for _, at := range part {
		if !slices.Contains(others, a.rows[at].Number) {
			rows = append(rows, a.rows[at])
		}
	}
	if err := judge(ctx, tx, a.actor, rows, oneLine(a.confirm.Rest), false); err != nil {
		return err
	}
	kept := numbers[:0]
	byNumber := make(map[int]Row, len(rows))
	for _, row := range rows {
		if byNumber[row.Number] = row; row.Outcome == readings.Kept {
			kept = append(kept, int32(row.Number))
		}
	}
	if len(kept) > 0 {
		if _, err := tx.ExecContext(ctx, `UPDATE reading_upload_rows SET booked = true WHERE upload_id = ? AND row IN (?)`, a.upload, bun.List(kept)); err != nil {
			return fmt.Errorf("bulk: noting what is booked: %w", err)
		}
	}
	for _, at := range part {
		if row, judged := byNumber[a.rows[at].Number]; judged {
			a.rows[at] = row
		} else {
			a.rows[at].Outcome, a.rows[at].Problems = readings.Kept, nil
		}
	}
	return nil
}

// version tells one content of the upload's row from another, as PostgreSQL does: a clock may stand still, or jump.
func version(ctx context.Context, tx postgres.Tx, upload uuid.UUID) (v string, err error) {
	if err = tx.NewRaw(`SELECT xmin::text FROM reading_uploads WHERE id = ?`, upload).Scan(ctx, &v); err != nil {
		return "", fmt.Errorf("bulk: reading an upload: %w", err)
	}
	return v, nil
}

func (a *application) read(ctx context.Context, tx postgres.Tx, u Upload) (err error) {
	if u.State == Receiving {
		return errUnchecked
	}
	if a.seen, err = version(ctx, tx, u.ID); err != nil {
		return err
	}
	if a.rows, err = stored(ctx, tx, u.ID); err != nil {
		return err
	}
	place := make(map[int]int, len(a.rows))
	for i := range a.rows {
		place[a.rows[i].Number] = i
		if a.rows[i].booked {
			a.rows[i].Outcome, a.rows[i].Problems = readings.Kept, nil // by an application that was cut off
		} else if a.rows[i].readable() && !twice(a.rows[i]) {
			a.rows[i].Outcome, a.rows[i].Problems = "", nil
		}
	}
	for number, reason := range a.confirm.ByRow {
		i, there := place[number]
		if !there {
			return errRowUnknown(number)
		}
		a.rows[i].Reason = oneLine(reason)
	}
	return nil
}

// finish notes what became of the rows. Stale when the upload is not what it was.
func (a *application) finish(ctx context.Context, tx postgres.Tx) (Upload, error) {
	u, err := a.service.ready(ctx, tx, a.actor, a.upload)
	if err != nil {
		return u, err
	}
	if now, err := version(ctx, tx, u.ID); err != nil || now != a.seen {
		return u, cmp.Or(err, error(errChanged))
	}
	sum := *u.Summary
	sum.count(a.rows)
	if err := store(ctx, tx, u.ID, a.rows); err != nil {
		return u, err
	}
	return u, u.changed(ctx, tx, a.actor, Applied, sum)
}
