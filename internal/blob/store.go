package blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

// Write completes a Put in the transaction that names the content. It may be called again when the transaction is run
// again, and by one transaction only.
type Write func(ctx context.Context, tx postgres.Tx) error

// Store keeps contents under ids. Implementations are safe for concurrent use.
//
// Errors are fault.Unavailable "storage_down" when the store cannot be reached or refuses us, ErrNotFound where said, and
// those of the context.
type Store interface {
	// Put takes content under an id that was never used. It is not to be called within a transaction: an object store is
	// written to at once. Only after Write and its transaction's commit is the content there for good.
	Put(ctx context.Context, id uuid.UUID, content []byte) (Write, error)
	// Open gives a content to read; ErrNotFound when there is none. The caller closes it.
	Open(ctx context.Context, id uuid.UUID) (*Content, error)
	// Delete removes contents; one that is not there is as good as removed. Call it after the commit of the transaction
	// that took the names away.
	Delete(ctx context.Context, ids ...uuid.UUID) error
	// List calls fn with every content in the order of their ids, until fn fails.
	List(ctx context.Context, fn func(Entry) error) error
}

// Content is a content being read.
type Content struct {
	io.ReadCloser
	// Size in bytes.
	Size int64
	// Hash is the SHA-256 of the whole content, as it was when it was put.
	Hash [sha256.Size]byte
}

// Entry is a content in a list.
type Entry struct {
	ID   uuid.UUID
	Size int64
	// StoredAt is when it was put, by the store's clock.
	StoredAt time.Time
}

// ErrNotFound says that there is no content under an id.
var ErrNotFound = errors.New("blob: no such content")

// down makes the error of a store that does not do what it is for.
func down(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fault.Wrap(err, fault.Unavailable, "storage_down", "Files cannot be stored or read at the moment. Please try again later.")
}
