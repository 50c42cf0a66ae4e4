package bulk

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal/readings"
)

// Check reads the file and finds out what would become of each row; nothing is kept. It may be called again, until the upload
// is applied. NotFound "upload_not_found"; Forbidden "bulk_readings_off"; WrongState "upload_applied"; Invalid for a file that
// is not one of readings: "upload_incomplete", "file_empty", "file_type_unknown", "file_old_excel", "file_damaged",
// "file_too_large_unpacked", "file_without_rows", "columns_missing", "column_twice", "too_many_columns", "too_many_rows", or
// "header_…" and what is wrong with the header.
func (s *Service) Check(ctx context.Context, actor identity.Actor, op, upload uuid.UUID) (Upload, error) {
	return inOnce(ctx, s, actor, op, "check", upload, func(ctx context.Context, tx postgres.Tx) (Upload, error) {
		u, err := s.ready(ctx, tx, actor, upload)
		if err != nil {
			return u, err
		}
		if u.State == Applied {
			return u, fault.NewWrongState("upload_applied", "The readings of this file were taken over already.")
		}
		file, err := content(ctx, tx, u)
		if err != nil {
			return u, err
		}
		rows, sum, err := parse(file)
		if err != nil {
			return u, err
		}
		if err := locate(ctx, tx, actor, rows); err != nil {
			return u, err
		}
		refuseTwice(rows)
		if err := judge(ctx, tx, actor, rows, "", true); err != nil {
			return u, err
		}
		sum.count(rows)
		if err := store(ctx, tx, u.ID, rows); err != nil {
			return u, err
		}
		return u, u.changed(ctx, tx, actor, Checked, sum)
	})
}

var errUnchecked = fault.NewWrongState("upload_unchecked", "The file was not read yet.")

func errRowUnknown(number int) error {
	return fault.NewInvalid("reasons", "row_unknown", fmt.Sprintf("The file has no row %d.", number), fault.Param("row", fmt.Sprint(number)))
}

// readable reports that what stands in a row can be judged.
func (r *Row) readable() bool {
	return !r.Unread && r.DeviceID != uuid.Nil && !r.TakenAt.IsZero()
}

// twice reports that a row was refused for what stands in another row, which no judging anew can mend.
func twice(r Row) bool {
	return r.Outcome == readings.Refused && len(r.Problems) == 1 && r.Problems[0].Reason == "row_twice"
}

// ready gives an upload, locked, where files are taken from the actor.
func (s *Service) ready(ctx context.Context, tx postgres.Tx, actor identity.Actor, upload uuid.UUID) (Upload, error) {
	if err := allowed(ctx, tx, actor); err != nil {
		return Upload{}, err
	}
	return find(ctx, tx, actor, upload, "FOR UPDATE")
}
