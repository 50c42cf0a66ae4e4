package bulk

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/portal/readings"
)

// Bounds on an upload.
const (
	// MaxSize is how large a file may be, in octets; PieceSize a piece of it.
	MaxSize   = 20_000_000
	PieceSize = 512 << 10
	// keep is how long an upload is kept, and maxUploads how many begun ones of a person are kept meanwhile.
	keep       = 3 * 24 * time.Hour
	maxUploads = 20
)

// State is how far an upload is.
type State string

// The states.
const (
	Receiving State = "receiving"
	Checked   State = "checked"
	Applied   State = "applied"
)

// Summary says how a file was read and how many rows there are of each outcome.
type Summary struct {
	// Format is "CSV" or "XLSX"; Encoding and Separator are a CSV file's.
	Format, Encoding, Separator string
	// Ignored are headings that mean nothing to us.
	Ignored                                     []string
	Rows, Kept, Unchanged, Unconfirmed, Refused int
}

// Upload is a file of readings on its way.
type Upload struct {
	bun.BaseModel `bun:"table:reading_uploads,alias:upload" json:"-"`

	ID        uuid.UUID `bun:"id,pk,type:uuid"`
	PersonID  uuid.UUID `bun:"person_id,type:uuid"`
	AccountID uuid.UUID `bun:"account_id,type:uuid"`
	FileName  string    `bun:"file_name"`
	// Size is the whole file's, in octets.
	Size  int64 `bun:"size"`
	State State `bun:"state"`
	// Summary is nil until the file was checked.
	Summary   *Summary  `bun:"summary,type:jsonb"`
	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`
}

// Service takes files of readings. It is safe for any number of goroutines and servers.
type Service struct {
	db *postgres.DB
	// batch is batch.
	batch int
}

// New makes a Service on a migrated database.
func New(db *postgres.DB) *Service { return &Service{db: db, batch: batch} }

var errNotFound = fault.NewNotFound("upload_not_found", "There is no such upload.")

// Start begins an upload. Forbidden "customers_only", "bulk_readings_off"; Invalid "file_size". Of too many
// that were begun and not finished, the oldest go.
func (s *Service) Start(ctx context.Context, actor identity.Actor, op uuid.UUID, name string, size int64) (uuid.UUID, error) {
	if size <= 0 || size > MaxSize {
		return uuid.Nil, fault.NewInvalid("size", "file_size", "A file has at most 20 MB.")
	}
	return inOnce(ctx, s, actor, op, "start", []any{name, size}, func(ctx context.Context, tx postgres.Tx) (uuid.UUID, error) {
		if err := allowed(ctx, tx, actor); err != nil {
			return uuid.Nil, err
		}
		// Files that were given up, or refused as a whole, make room for new ones: the oldest first.
		if _, err := tx.NewRaw(`DELETE FROM reading_uploads WHERE id IN (
			SELECT id FROM reading_uploads WHERE person_id = ? AND state = 'receiving' ORDER BY created_at DESC, id DESC OFFSET ?)`,
			actor.PersonID, maxUploads-1).Exec(ctx); err != nil {
			return uuid.Nil, fmt.Errorf("bulk: making room for an upload: %w", err)
		}
		u := Upload{
			ID: uuid.Must(uuid.NewV7()), PersonID: actor.PersonID, AccountID: actor.AccountID, FileName: shorten(oneLine(name), 255), Size: size,
			State: Receiving, CreatedAt: tx.Now(), UpdatedAt: tx.Now(),
		}
		if _, err := tx.NewInsert().Model(&u).Exec(ctx); err != nil {
			return uuid.Nil, fmt.Errorf("bulk: beginning an upload: %w", err)
		}
		return u.ID, nil
	})
}

// allowed is Forbidden where files of readings are not taken from the actor.
func allowed(ctx context.Context, tx postgres.Tx, actor identity.Actor) error {
	on, err := readings.BulkFor(ctx, tx, actor)
	if err != nil {
		return err
	}
	if !on {
		return fault.NewForbidden("bulk_readings_off", "Files of readings are not taken in your country.")
	}
	return nil
}

// Send stores a piece of the file that begins at start, in octets. The same piece again is fine. NotFound "upload_not_found";
// Invalid "piece_outside"; WrongState "upload_checked"; Exists "piece_differs" when another one begins there.
func (s *Service) Send(ctx context.Context, actor identity.Actor, op, upload uuid.UUID, start int64, data []byte) error {
	digest := sha256.Sum256(data)
	_, err := inOnce(ctx, s, actor, op, "send", []any{upload, start, digest}, func(ctx context.Context, tx postgres.Tx) (uuid.UUID, error) {
		u, err := find(ctx, tx, actor, upload, "FOR UPDATE")
		if err != nil {
			return uuid.Nil, err
		}
		switch {
		case u.State != Receiving:
			return uuid.Nil, fault.NewWrongState("upload_checked", "The file was read already. Begin a new upload.")
		case start < 0 || len(data) == 0 || len(data) > PieceSize || start+int64(len(data)) > u.Size:
			return uuid.Nil, fault.NewInvalid("start", "piece_outside", "The piece is too large, or lies outside the file.")
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO reading_upload_pieces (upload_id, start, data) VALUES (?, ?, ?)
			ON CONFLICT (upload_id, start) DO UPDATE SET data = excluded.data WHERE reading_upload_pieces.data = excluded.data`, upload, start, data)
		if err != nil {
			return uuid.Nil, fmt.Errorf("bulk: storing a piece: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return uuid.Nil, fault.NewExists("piece_differs", "Another piece of the file begins at the same place.", fault.Field("start"))
		}
		return uuid.Nil, nil
	})
	return err
}

// Get gives an upload of the actor's own. NotFound "upload_not_found".
func (s *Service) Get(ctx context.Context, actor identity.Actor, upload uuid.UUID) (Upload, error) {
	return find(ctx, s.db, actor, upload, "")
}

func find(ctx context.Context, db bun.IDB, actor identity.Actor, id uuid.UUID, lock string) (u Upload, err error) {
	q := db.NewSelect().Model(&u).Where("upload.id = ?", id).
		Where("upload.person_id = ? AND upload.account_id = ?", actor.PersonID, actor.AccountID)
	if lock != "" {
		q = q.For("UPDATE")
	}
	switch err = q.Scan(ctx); {
	case errors.Is(err, sql.ErrNoRows):
		return u, errNotFound
	case err != nil:
		return u, fmt.Errorf("bulk: reading an upload: %w", err)
	}
	return u, nil
}

// content puts the pieces of a file together. Invalid "upload_incomplete" when some are missing.
func content(ctx context.Context, tx postgres.Tx, u Upload) ([]byte, error) {
	rows, err := tx.PgxTx().Query(ctx, `SELECT start, data FROM reading_upload_pieces WHERE upload_id = $1::text::uuid ORDER BY start`, u.ID.String())
	if err != nil {
		return nil, fmt.Errorf("bulk: reading a file: %w", err)
	}
	defer rows.Close()
	file := make([]byte, 0, u.Size)
	incomplete := fault.NewInvalid("upload_id", "upload_incomplete", "The file has not arrived whole: pieces are missing.")
	for rows.Next() {
		var start int64
		var data []byte
		if err := rows.Scan(&start, &data); err != nil {
			return nil, fmt.Errorf("bulk: reading a file: %w", err)
		}
		if start != int64(len(file)) {
			return nil, incomplete
		}
		file = append(file, data...)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("bulk: reading a file: %w", err)
	}
	if int64(len(file)) != u.Size {
		return nil, incomplete
	}
	return file, nil
}

// Purge throws away uploads that are older than three days; the readings they brought stay.
func (s *Service) Purge(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM reading_uploads WHERE created_at < ?`, s.db.Now().Add(-keep))
	return err
}

// inOnce runs fn in a transaction, once for each operation.
func inOnce[T any](ctx context.Context, s *Service, actor identity.Actor, op uuid.UUID, kind string, asked any,
	fn func(context.Context, postgres.Tx) (T, error),
) (result T, err error) {
	key := once.Key{Person: actor.PersonID, ID: op, Kind: "reading_upload." + kind}
	return once.InTx(ctx, s.db, key, asked, fn)
}

// changed writes the upload's new state and its line in the audit trail.
func (u *Upload) changed(ctx context.Context, tx postgres.Tx, actor identity.Actor, state State, sum Summary) error {
	before := *u
	u.State, u.Summary, u.UpdatedAt = state, &sum, tx.Now()
	if _, err := tx.NewUpdate().Model(u).Column("state", "summary", "updated_at").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("bulk: writing an upload: %w", err)
	}
	if state != Applied {
		return nil // nothing but the upload itself changed
	}
	return audit.Write(ctx, tx, actor, "reading_upload.apply", "reading_upload", u.ID, before, u)
}
