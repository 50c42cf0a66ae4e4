package photos

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// AttachInTx implements portal.Photos. Errors: NotFound "photo_not_found" for a photo that the actor has not uploaded or that
// is attached elsewhere; Invalid "photos_many" beyond what a request may have.
func (s *Service) AttachInTx(ctx context.Context, tx postgres.Tx, actor identity.Actor, request uuid.UUID, ids []uuid.UUID) error {
	var there []row
	if err := tx.NewSelect().Model(&there).Where("request_id = ?", request).Order("position").Scan(ctx); err != nil {
		return fmt.Errorf("photos: reading: %w", err)
	}
	var mine []row
	if err := tx.NewSelect().Model(&mine).Where("id IN (?) AND uploaded_by = ? AND (request_id IS NULL OR request_id = ?)",
		bun.List(ids), actor.PersonID, request).Order("id").For("UPDATE").Scan(ctx); err != nil {
		return fmt.Errorf("photos: reading: %w", err)
	}
	next := 1
	if n := len(there); n > 0 {
		next = *there[n-1].Position + 1
	}
	for _, id := range ids {
		i := slices.IndexFunc(mine, func(r row) bool { return r.ID == id })
		if i < 0 {
			return fault.New(fault.NotFound, ErrNoPhoto.Reason, ErrNoPhoto.Message, fault.Field("photo_ids"))
		}
		if slices.ContainsFunc(there, func(r row) bool { return bytes.Equal(r.Digest, mine[i].Digest) }) {
			continue // the same photo: the request has it
		}
		if len(there) >= s.cfg.PerRequest {
			return fault.NewInvalid("photo_ids", "photos_many", "A request may have "+strconv.Itoa(s.cfg.PerRequest)+" photos.",
				fault.Param("limit", strconv.Itoa(s.cfg.PerRequest)))
		}
		if _, err := tx.NewUpdate().Model((*row)(nil)).Set("request_id = ?, position = ?, attached_at = ?", request, next, tx.Now()).
			Where("id = ?", id).Exec(ctx); err != nil {
			return fmt.Errorf("photos: attaching: %w", err)
		}
		if err := audit.Write(ctx, tx, actor, "photo.attached", "photo", id, nil, map[string]any{"request": request}); err != nil {
			return err
		}
		there = append(there, mine[i])
		next++
	}
	return nil
}

// OfRequest implements portal.Photos.
func (s *Service) OfRequest(ctx context.Context, request uuid.UUID) ([]portal.Photo, error) {
	var rows []row
	if err := s.db.NewSelect().Model(&rows).Where("request_id = ?", request).Order("position").Scan(ctx); err != nil {
		return nil, fmt.Errorf("photos: listing: %w", err)
	}
	out := make([]portal.Photo, len(rows))
	for i := range rows {
		out[i] = rows[i].photo()
	}
	return out, nil
}
