package photos

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/blob"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Upload takes a photo of a customer, to be attached within Config.Keep. The same operation again gives the same photo.
//
// Errors: those of picturestore.Store.Put; Limited "photos_waiting" when too many wait to be attached.
func (s *Service) Upload(ctx context.Context, actor identity.Actor, operation uuid.UUID, data []byte) (portal.Photo, error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return portal.Photo{}, err
	}
	key, digest := once.Key{Person: actor.PersonID, ID: operation, Kind: "photo.upload"}, sha256.Sum256(data)
	if photo, known, err := once.Stored[portal.Photo](ctx, s.db, key, digest[:]); known || err != nil {
		return photo, err
	}
	if err := s.room(ctx, actor.PersonID); err != nil { // before the work of decoding
		return portal.Photo{}, err
	}
	kept, write, err := s.pictures.Put(ctx, data)
	if err != nil {
		return portal.Photo{}, err
	}
	r := row{ID: uuid.New(), UploadedBy: actor.PersonID, Digest: digest[:], Kept: kept}
	var photo portal.Photo
	photo, err = once.InTx(ctx, s.db, key, digest[:], func(ctx context.Context, tx postgres.Tx) (portal.Photo, error) {
		return s.keep(ctx, tx, actor, r, write)
	})
	if photo.ID != r.ID { // failed, or another call of the same operation was first
		s.pictures.Forget(ctx, kept)
	}
	return photo, err
}

// keep writes the row.
func (s *Service) keep(ctx context.Context, tx postgres.Tx, actor identity.Actor, r row, write blob.Write) (portal.Photo, error) {
	if err := write(ctx, tx); err != nil {
		return portal.Photo{}, err
	}
	r.CreatedAt = tx.Now()
	if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
		return portal.Photo{}, fmt.Errorf("photos: writing: %w", err)
	}
	return r.photo(), audit.Write(ctx, tx, actor, "photo.uploaded", "photo", r.ID, nil,
		map[string]any{"type": r.ContentType, "size": r.Size})
}

// room is Limited when the person has too many photos that wait. Two at once may exceed it by one.
func (s *Service) room(ctx context.Context, person uuid.UUID) error {
	waiting, err := s.db.NewSelect().Model((*row)(nil)).Where("uploaded_by = ? AND request_id IS NULL", person).Count(ctx)
	if err != nil {
		return fmt.Errorf("photos: counting: %w", err)
	}
	if int(waiting) >= s.cfg.Waiting {
		return fault.NewLimited("photos_waiting", "Too many photos wait to be attached to a request. Attach them, or wait until they are removed.",
			time.Hour, fault.Param("limit", strconv.Itoa(s.cfg.Waiting)))
	}
	return nil
}
