package visitfiles

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
	"utsendt/internal/picturestore"
)

// Kind is what a picture shows.
type Kind string

// The kinds.
const (
	Photo     Kind = "photo"
	Signature Kind = "signature"
)

// Most is how many a visit may have of a kind; the migration says the same.
func (k Kind) Most() int {
	if k == Signature {
		return 1
	}
	return MaxPhotos
}

// MaxPhotos is how many photos a visit may have.
const MaxPhotos = 12

// State is how far a file is.
type State string

// The states; only Receiving changes.
const (
	Receiving State = "receiving"
	Stored    State = "stored"
	Refused   State = "refused"
)

// row is one file as it is stored.
type row struct {
	bun.BaseModel `bun:"table:visit_files,alias:file"`
	picturestore.Kept

	ID        uuid.UUID  `bun:"id,pk,type:uuid"`
	VisitID   uuid.UUID  `bun:"visit_id,type:uuid"`
	Kind      Kind       `bun:"kind"`
	State     State      `bun:"state"`
	Slot      int        `bun:"slot"`
	Announced int64      `bun:"announced"`
	Digest    []byte     `bun:"digest,type:bytea"`
	Received  int64      `bun:"received"`
	Refusal   string     `bun:"refusal"`
	StartedAt time.Time  `bun:"started_at"`
	TouchedAt time.Time  `bun:"touched_at"`
	StoredAt  *time.Time `bun:"stored_at"`
}

// Upload is a file as its technician's phone sees it.
type Upload struct {
	ID, VisitID uuid.UUID
	Kind        Kind
	State       State
	// Size is what was announced and Received what has arrived, in bytes: the next piece begins there.
	Size, Received int64
	// Refusal is why it was refused: a reason.
	Refusal string
	// Expires is when it is removed unless a piece arrives; nil once it is stored.
	Expires *time.Time
}

func (s *Service) upload(r *row) Upload {
	u := Upload{ID: r.ID, VisitID: r.VisitID, Kind: r.Kind, State: r.State, Size: r.Announced, Received: r.Received, Refusal: r.Refusal}
	if r.State != Stored {
		at := r.TouchedAt.Add(s.cfg.Keep)
		u.Expires = &at
	}
	return u
}

// File is a picture that is kept.
type File struct {
	ID, VisitID uuid.UUID
	Kind        Kind
	picturestore.Kept
	StoredAt time.Time
}

// Errors of this package.
var (
	// ErrNoVisit is the answer for a visit that is not there, or not the caller's.
	ErrNoVisit = fault.New(fault.NotFound, "visit_not_found", "There is no such visit of yours.", fault.Field("visit_id"))
	// ErrNoUpload is the answer for an upload that is not there any more, or not the caller's.
	ErrNoUpload = fault.New(fault.NotFound, "upload_not_found", "There is no such upload.", fault.Field("upload_id"))
	// ErrNoFile is the answer for a picture that is not there, or not the caller's to see.
	ErrNoFile = fault.NewNotFound("photo_not_found", "There is no such photo.")
)

// errDamaged is for what is not what was announced.
var errDamaged = fault.NewInvalid("data", "upload_damaged", "What arrived is not what was announced. Send the picture again, as a new upload.")

// refused is the error for what a file was refused for: errDamaged, or one of package picture's.
func refused(reason string) error {
	switch reason {
	case errDamaged.Reason:
		return errDamaged
	case "photo_type":
		return fault.NewInvalid("data", "photo_type", "A photo must be a JPEG, PNG or HEIC file.")
	case "photo_dimensions":
		return fault.NewInvalid("data", "photo_dimensions", "The photo has too many pixels.")
	}
	return fault.NewInvalid("data", "photo_broken", "The photo cannot be read: the file is damaged or incomplete.")
}
