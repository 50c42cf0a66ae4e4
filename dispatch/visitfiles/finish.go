package visitfiles

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// finish makes a picture of a file that has arrived whole, and keeps it, or refuses it for good. Whoever else finishes it at
// the same time, it is kept once. Nothing is locked while the picture is made.
func (s *Service) finish(ctx context.Context, actor identity.Actor, id uuid.UUID) (*row, error) {
	var pieces [][]byte
	var announced []byte
	if err := s.db.NewRaw(`SELECT content FROM visit_file_pieces WHERE file_id = ? ORDER BY place`, id).Scan(ctx, &pieces); err != nil {
		return nil, fmt.Errorf("visitfiles: reading pieces: %w", err)
	}
	if err := s.db.NewRaw(`SELECT digest FROM visit_files WHERE id = ?`, id).Scan(ctx, &announced); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return nil, ErrNoUpload
		}
		return nil, fmt.Errorf("visitfiles: reading a digest: %w", err)
	}
	var data []byte
	for _, piece := range pieces {
		data = append(data, piece...)
	}
	if sum := sha256.Sum256(data); string(sum[:]) != string(announced) {
		return s.refuse(ctx, actor, id, errDamaged.Reason)
	}
	kept, write, err := s.pictures.Put(ctx, data)
	if f := new(fault.Error); errors.As(err, &f) && f.Kind == fault.Invalid {
		return s.refuse(ctx, actor, id, f.Reason)
	}
	if err != nil {
		return nil, err
	}
	r, err := s.settle(ctx, actor, id, "visit_file.stored", func(ctx context.Context, tx postgres.Tx, r *row) error {
		now := tx.Now()
		r.State, r.Kept, r.StoredAt = Stored, kept, &now
		return write(ctx, tx)
	})
	if err != nil || r.Kept.ContentID != kept.ContentID { // failed, or another was first
		s.pictures.Forget(ctx, kept)
	}
	return r, err
}

// refuse says for good why a file is not taken, and gives that as an error; a file that somebody else finished meanwhile is
// given as it is.
func (s *Service) refuse(ctx context.Context, actor identity.Actor, id uuid.UUID, reason string) (*row, error) {
	r, err := s.settle(ctx, actor, id, "visit_file.refused", func(_ context.Context, _ postgres.Tx, r *row) error {
		r.State, r.Refusal = Refused, reason
		return nil
	})
	if err == nil && r.State == Refused {
		err = refused(r.Refusal)
	}
	return r, err
}

// settle ends a file's receiving once: fn says how, its pieces go.
func (s *Service) settle(ctx context.Context, actor identity.Actor, id uuid.UUID, action string,
	fn func(ctx context.Context, tx postgres.Tx, r *row) error,
) (*row, error) {
	r := new(row)
	err := postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		*r = row{}
		err := tx.NewSelect().Model(r).Where("file.id = ?", id).For("UPDATE").Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNoUpload
		}
		if err != nil {
			return fmt.Errorf("visitfiles: locking an upload: %w", err)
		}
		if r.State != Receiving {
			return nil
		}
		if err := fn(ctx, tx, r); err != nil {
			return err
		}
		r.TouchedAt = tx.Now()
		if _, err := tx.NewUpdate().Model(r).WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("visitfiles: writing: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM visit_file_pieces WHERE file_id = ?`, id); err != nil {
			return fmt.Errorf("visitfiles: clearing pieces: %w", err)
		}
		return audit.Write(ctx, tx, actor, action, "visit_file", id, map[string]any{"state": Receiving},
			map[string]any{"state": r.State, "type": r.ContentType, "size": r.Size, "refusal": r.Refusal})
	})
	return r, err
}
