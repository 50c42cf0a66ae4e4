package blob

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/postgres"
)

// Database is the store in PostgreSQL's table blobs. A content is written in the transaction that names it, so there are
// never any orphans.
type Database struct{ db *postgres.DB }

var _ Store = (*Database)(nil)

// NewDatabase makes the store on a migrated database.
func NewDatabase(db *postgres.DB) *Database { return &Database{db} }

// Put implements Store.
func (d *Database) Put(_ context.Context, id uuid.UUID, content []byte) (Write, error) {
	return func(ctx context.Context, tx postgres.Tx) error {
		hash := sha256.Sum256(content)
		// Through pgx: the bytes go as they are, not as text twice their size.
		if _, err := tx.PgxTx().Exec(ctx, `INSERT INTO blobs (id, content, hash, stored_at) VALUES ($1, $2, $3, $4)`,
			id, content, hash[:], tx.Now()); err != nil {
			return fmt.Errorf("blob: storing: %w", err)
		}
		return nil
	}, nil
}

// slice is how much is read at a time: a reader never has more in memory.
const slice = 256 << 10

// Open implements Store.
func (d *Database) Open(ctx context.Context, id uuid.UUID) (*Content, error) {
	c := &Content{}
	var hash []byte
	err := d.db.NewRaw(`SELECT octet_length(content), hash FROM blobs WHERE id = ?`, id).Scan(ctx, &c.Size, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, down(err)
	}
	copy(c.Hash[:], hash)
	c.ReadCloser = &databaseReader{ctx: ctx, db: d.db, id: id, left: c.Size}
	return c, nil
}

// databaseReader reads slice by slice; contents are stored uncompressed, so that PostgreSQL reads no more than it gives.
type databaseReader struct {
	ctx        context.Context
	db         *postgres.DB
	id         uuid.UUID
	next, left int64
	buffer     []byte
}

func (r *databaseReader) Read(p []byte) (int, error) {
	if len(r.buffer) == 0 {
		if r.left == 0 {
			return 0, io.EOF
		}
		err := r.db.NewRaw(`SELECT substring(content FROM ?::int FOR ?::int) FROM blobs WHERE id = ?`, r.next+1, slice, r.id).
			Scan(r.ctx, &r.buffer)
		switch {
		case errors.Is(err, sql.ErrNoRows), err == nil && len(r.buffer) == 0: // removed meanwhile
			return 0, io.ErrUnexpectedEOF
		case err != nil:
			return 0, down(err)
		}
		r.next += int64(len(r.buffer))
		r.left -= int64(len(r.buffer))
	}
	n := copy(p, r.buffer)
	r.buffer = r.buffer[n:]
	return n, nil
}

func (r *databaseReader) Close() error { r.left, r.buffer = 0, nil; return nil }

// Delete implements Store.
func (d *Database) Delete(ctx context.Context, ids ...uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	if _, err := d.db.ExecContext(ctx, `DELETE FROM blobs WHERE id IN (?)`, bun.List(ids)); err != nil {
		return down(err)
	}
	return nil
}

// List implements Store.
func (d *Database) List(ctx context.Context, fn func(Entry) error) error {
	const page = 1000
	for last := uuid.Nil; ; {
		var rows []struct {
			ID       uuid.UUID `bun:"id,type:uuid"`
			Size     int64     `bun:"size"`
			StoredAt time.Time `bun:"stored_at"`
		}
		if err := d.db.NewRaw(`SELECT id, octet_length(content) AS size, stored_at FROM blobs WHERE id > ? ORDER BY id LIMIT ?`,
			last, page).Scan(ctx, &rows); err != nil {
			return down(err)
		}
		for _, r := range rows {
			if err := fn(Entry{r.ID, r.Size, r.StoredAt}); err != nil {
				return err
			}
		}
		if len(rows) < page {
			return nil
		}
		last = rows[len(rows)-1].ID
	}
}
