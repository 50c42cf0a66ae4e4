package photos

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
	"utsendt/internal/picturestore"
	"utsendt/portal"
)

// row is one photo as it is stored.
type row struct {
	bun.BaseModel `bun:"table:photos,alias:photo"`
	picturestore.Kept

	ID         uuid.UUID  `bun:"id,pk,type:uuid"`
	UploadedBy uuid.UUID  `bun:"uploaded_by,type:uuid"`
	Digest     []byte     `bun:"digest,type:bytea"`
	CreatedAt  time.Time  `bun:"created_at"`
	RequestID  uuid.UUID  `bun:"request_id,type:uuid,nullzero"`
	Position   *int       `bun:"position"`
	AttachedAt *time.Time `bun:"attached_at"`
}

func (r *row) photo() portal.Photo {
	return portal.Photo{
		ID: r.ID, ContentType: r.ContentType, Width: r.Width, Height: r.Height, Size: r.Size, UploadedAt: r.CreatedAt,
	}
}

// ErrNoPhoto is the answer for a photo that is not there, or not the caller's to see.
var ErrNoPhoto = fault.NewNotFound("photo_not_found", "There is no such photo.")
