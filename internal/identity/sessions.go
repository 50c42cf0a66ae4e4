package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
)

// SignOut ends the session. One that is over or unknown is no error.
func (s *Service) SignOut(ctx context.Context, sessionID uuid.UUID) error {
	_, err := s.db.NewUpdate().Model((*Session)(nil)).Set("revoked_at = ?", s.db.Now()).
		Where("id = ?", sessionID).Where("revoked_at IS NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("identity: ending a session: %w", err)
	}
	return nil
}

// ListSessions gives the person's sessions that are not over, newest first.
func (s *Service) ListSessions(ctx context.Context, personID uuid.UUID) ([]Session, error) {
	var sessions []Session
	err := s.db.NewSelect().Model(&sessions).
		Where("person_id = ?", personID).Where("revoked_at IS NULL").Where("expires_at > ?", s.db.Now()).
		Order("created_at DESC", "id DESC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("identity: reading sessions: %w", err)
	}
	return sessions, nil
}

// EndSession ends one of the person's own sessions; one that is over already is no error. Unknown or
// someone else's: NotFound session_not_found.
func (s *Service) EndSession(ctx context.Context, personID, sessionID uuid.UUID) error {
	res, err := s.db.NewUpdate().Model((*Session)(nil)).
		Set("revoked_at = COALESCE(revoked_at, ?)", s.db.Now()).
		Where("id = ?", sessionID).Where("person_id = ?", personID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("identity: ending a session: %w", err)
	}
	if n, err := res.RowsAffected(); err == nil && n == 0 {
		return fault.NewNotFound("session_not_found", "There is no such session.", fault.Field("session_id"))
	}
	return nil
}

// endSessions ends all of a person's sessions but one (uuid.Nil: all).
func endSessions(ctx context.Context, db bun.IDB, now time.Time, personID, keep uuid.UUID) error {
	_, err := db.NewUpdate().Model((*Session)(nil)).Set("revoked_at = ?", now).
		Where("person_id = ?", personID).Where("id <> ?", keep).Where("revoked_at IS NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("identity: ending sessions: %w", err)
	}
	return nil
}
