package visitfiles

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

// settled is how long after its last piece a whole file counts as forgotten by whoever was finishing it.
const settled = 5 * time.Minute

// Tidied is what Tidy did.
type Tidied struct {
	// Finished had arrived whole and were left lying by a server that died.
	Finished int
	// Removed never arrived whole, or were refused, and are past their time.
	Removed int
}

// Tidy finishes what arrived whole and was left lying, and removes what was abandoned or refused Config.Keep ago. Two servers
// may do it at once. What cannot be finished is told in the error and tried again next time.
func (s *Service) Tidy(ctx context.Context) (t Tidied, err error) {
	var whole []uuid.UUID
	if err := s.db.NewRaw(`SELECT id FROM visit_files WHERE state = ? AND received = announced AND touched_at < ? ORDER BY touched_at LIMIT 500`,
		Receiving, s.db.Now().Add(-settled)).Scan(ctx, &whole); err != nil {
		return t, fmt.Errorf("visitfiles: looking for what was left: %w", err)
	}
	var failed []error
	for _, id := range whole {
		_, err := s.finish(ctx, identity.System(), id)
		if err != nil && !errors.Is(err, &fault.Error{Kind: fault.Invalid}) && !errors.Is(err, ErrNoUpload) {
			failed = append(failed, err)
			continue
		}
		t.Finished++
	}
	// Those that arrived whole are no one's to give up.
	res, err := s.db.ExecContext(ctx, `DELETE FROM visit_files WHERE touched_at < ?
		AND (state = ? OR state = ? AND received < announced)`, s.db.Now().Add(-s.cfg.Keep), Refused, Receiving)
	if err != nil {
		return t, errors.Join(append(failed, fmt.Errorf("visitfiles: removing what was abandoned: %w", err))...)
	}
	n, err := res.RowsAffected()
	t.Removed = int(n)
	return t, errors.Join(append(failed, err)...)
}

// Names gives what the pictures name in the store, for picturestore.Store.Sweep.
func (s *Service) Names(ctx context.Context, after uuid.UUID, limit int) (ids []uuid.UUID, err error) {
	err = s.db.NewRaw(`(SELECT content_id AS id FROM visit_files WHERE content_id > ?0 ORDER BY 1 LIMIT ?1)
		UNION ALL (SELECT thumbnail_id FROM visit_files WHERE thumbnail_id > ?0 ORDER BY 1 LIMIT ?1) ORDER BY id LIMIT ?1`,
		after, limit).Scan(ctx, &ids)
	return ids, err
}
