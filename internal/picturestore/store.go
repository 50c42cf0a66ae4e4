package picturestore

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/blob"
	"utsendt/internal/picture"
	"utsendt/internal/postgres"
)

// Kept is a picture as a row names it; embed it in the row.
type Kept struct {
	// ContentType is "image/jpeg" or "image/png".
	ContentType string `bun:"content_type,nullzero"`
	// Width and Height are pixels, Size is bytes.
	Width  int   `bun:"width,nullzero"`
	Height int   `bun:"height,nullzero"`
	Size   int64 `bun:"size,nullzero"`
	// ContentID and ThumbnailID are where the contents are: the picture, and a JPEG of at most picture.ThumbnailSide pixels.
	ContentID   uuid.UUID `bun:"content_id,type:uuid,nullzero"`
	ThumbnailID uuid.UUID `bun:"thumbnail_id,type:uuid,nullzero"`
}

// Store keeps pictures. It is safe for concurrent use; one of a process, because it bounds what decoding takes.
type Store struct {
	blobs  blob.Store
	reader *picture.Reader
	log    *slog.Logger
}

// New makes a Store. A nil logger means slog.Default().
func New(blobs blob.Store, limits picture.Limits, log *slog.Logger) *Store {
	return &Store{blobs: blobs, reader: picture.New(limits), log: cmp.Or(log, slog.Default())}
}

// MaxBytes is the largest file.
func (s *Store) MaxBytes() int { return s.reader.Limits().Bytes }

// Put makes a safe picture of a file and stores it. It is kept once write has run in the transaction that names it; when that
// is never committed, Forget it.
//
// Errors: those of picture.Reader.Read; Unavailable "storage_down".
func (s *Store) Put(ctx context.Context, data []byte) (kept Kept, write blob.Write, err error) {
	p, err := s.reader.Read(ctx, data)
	if err != nil {
		return Kept{}, nil, err
	}
	kept = Kept{
		ContentType: string(p.Type), Width: p.Width, Height: p.Height, Size: int64(len(p.Content)),
		ContentID: uuid.New(), ThumbnailID: uuid.New(),
	}
	content, err := s.blobs.Put(ctx, kept.ContentID, p.Content)
	if err != nil {
		return Kept{}, nil, err
	}
	thumbnail, err := s.blobs.Put(ctx, kept.ThumbnailID, p.Thumbnail)
	if err != nil {
		s.Forget(ctx, Kept{ContentID: kept.ContentID})
		return Kept{}, nil, err
	}
	return kept, func(ctx context.Context, tx postgres.Tx) error {
		if err := content(ctx, tx); err != nil {
			return err
		}
		return thumbnail(ctx, tx)
	}, nil
}

// Forget removes pictures that no row names. What it cannot remove, Sweep will.
func (s *Store) Forget(ctx context.Context, kept ...Kept) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.Delete(ctx, kept...); err != nil {
		s.log.WarnContext(ctx, "contents that nobody names are left for the sweep", "error", err)
	}
}

// Delete removes pictures after the commit of the transaction that took their rows away. Unavailable "storage_down".
func (s *Store) Delete(ctx context.Context, kept ...Kept) error {
	var ids []uuid.UUID
	for _, k := range kept {
		for _, id := range []uuid.UUID{k.ContentID, k.ThumbnailID} {
			if id != uuid.Nil {
				ids = append(ids, id)
			}
		}
	}
	return s.blobs.Delete(ctx, ids...)
}
