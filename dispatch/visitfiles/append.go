package visitfiles

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// Append takes a piece that begins at offset. One that arrived before changes nothing, one that leaves a gap is not taken:
// either way the answer says where to go on. When all is there the file is compared with what was announced and kept; an
// empty piece at the end asks for that again.
//
// Errors: Forbidden "role_forbidden"; ErrNoUpload; Invalid "upload_too_long"; Invalid "upload_damaged", "photo_type",
// "photo_dimensions" or "photo_broken" when what arrived is refused, each time anew; Unavailable "storage_down", and those of
// a picture that cannot be made just now: send the piece again.
func (s *Service) Append(ctx context.Context, actor identity.Actor, id uuid.UUID, offset int64, piece []byte) (Upload, error) {
	if err := mayWork(actor); err != nil {
		return Upload{}, err
	}
	r := new(row)
	err := postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		*r = row{}
		if err := lockOf(ctx, tx, actor, id, r); err != nil || r.State != Receiving {
			return err
		}
		if offset+int64(len(piece)) > r.Announced {
			return fault.NewInvalid("data", "upload_too_long", "This is more than was announced.")
		}
		return take(ctx, tx, r, offset, piece)
	})
	switch {
	case err != nil:
		return Upload{}, err
	case r.State == Refused:
		return Upload{}, refused(r.Refusal)
	case r.State == Receiving && r.Received == r.Announced:
		// Killed here, the phone asks again, or Tidy does it.
		if r, err = s.finish(ctx, actor, id); err != nil {
			return Upload{}, err
		}
	}
	return s.upload(r), nil
}

// lockOf locks an upload of the technician's; ErrNoUpload.
func lockOf(ctx context.Context, tx postgres.Tx, actor identity.Actor, id uuid.UUID, r *row) error {
	err := tx.NewSelect().Model(r).Join("JOIN visits AS v ON v.id = file.visit_id").
		Where("file.id = ? AND v.technician_id = ?", id, actor.TechnicianID).For("UPDATE OF file").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNoUpload
	}
	if err != nil {
		return fmt.Errorf("visitfiles: locking an upload: %w", err)
	}
	return nil
}

// take keeps what of a piece is new.
func take(ctx context.Context, tx postgres.Tx, r *row, offset int64, piece []byte) error {
	if offset > r.Received || offset+int64(len(piece)) <= r.Received {
		return nil
	}
	piece = piece[r.Received-offset:]
	// Through pgx: the bytes go as they are, not as text twice their size.
	if _, err := tx.PgxTx().Exec(ctx, `INSERT INTO visit_file_pieces (file_id, place, content) VALUES ($1, $2, $3)`,
		r.ID, r.Received, piece); err != nil {
		return fmt.Errorf("visitfiles: keeping a piece: %w", err)
	}
	r.Received += int64(len(piece))
	r.TouchedAt = tx.Now()
	if _, err := tx.NewUpdate().Model(r).Column("received", "touched_at").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("visitfiles: counting a piece: %w", err)
	}
	return nil
}

// Get tells how far an upload of the technician's is. Forbidden "role_forbidden", ErrNoUpload.
func (s *Service) Get(ctx context.Context, actor identity.Actor, id uuid.UUID) (Upload, error) {
	if err := mayWork(actor); err != nil {
		return Upload{}, err
	}
	r := new(row)
	err := s.db.NewSelect().Model(r).Join("JOIN visits AS v ON v.id = file.visit_id").
		Where("file.id = ? AND v.technician_id = ?", id, actor.TechnicianID).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Upload{}, ErrNoUpload
	}
	if err != nil {
		return Upload{}, fmt.Errorf("visitfiles: reading an upload: %w", err)
	}
	return s.upload(r), nil
}
