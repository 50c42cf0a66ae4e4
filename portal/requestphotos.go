package portal

import (
	"context"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// Photo is what there is to know of a photo without looking at it.
type Photo struct {
	ID uuid.UUID
	// ContentType is "image/jpeg" or "image/png".
	ContentType string
	// Width and Height in pixels, Size in bytes.
	Width, Height int
	Size          int64
	UploadedAt    time.Time
}

// Photos attaches what customers uploaded to their requests; package photos has them.
type Photos interface {
	// AttachInTx attaches photos that the actor uploaded to a request, in the order given; those whose content the request
	// has already count once. The request is locked or new.
	AttachInTx(ctx context.Context, tx postgres.Tx, actor identity.Actor, request uuid.UUID, ids []uuid.UUID) error
	// OfRequest gives the photos of a request in the order in which they were attached, without a look at who asks.
	OfRequest(ctx context.Context, request uuid.UUID) ([]Photo, error)
}

// PhotosOf gives the photos of a request that the caller was given.
func (s *Requests) PhotosOf(ctx context.Context, request uuid.UUID) ([]Photo, error) {
	if s.photos == nil {
		return nil, nil
	}
	return s.photos.OfRequest(ctx, request)
}

func (s *Requests) attach(ctx context.Context, tx postgres.Tx, actor identity.Actor, r *dispatch.Request, ids []uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	if s.photos == nil {
		return fault.NewUnavailable("storage_down", "Files cannot be stored or read at the moment. Please try again later.")
	}
	return s.photos.AttachInTx(ctx, tx, actor, r.ID, ids)
}
