package tracking

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
)

// Revoke takes a link back: it stops working, and the pages that are open on it end. One that was taken back before is given
// as it is. ErrUnknown when the link is none of the actor's.
func (s *Service) Revoke(ctx context.Context, actor identity.Actor, operation, id uuid.UUID) (Share, error) {
	key := once.Key{Person: actor.PersonID, ID: operation, Kind: "share.revoke"}
	share, err := once.InTx(ctx, s.DB, key, id, func(ctx context.Context, tx postgres.Tx) (Share, error) {
		return revokeIn(ctx, tx, actor, id)
	})
	if err == nil {
		s.signal(&share)
	}
	return share, err
}

func revokeIn(ctx context.Context, tx postgres.Tx, actor identity.Actor, id uuid.UUID) (share Share, err error) {
	err = shares(tx, actor, &share).Where("share.id = ?", id).For("UPDATE OF share").Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Share{}, ErrUnknown
	case err != nil:
		return Share{}, fmt.Errorf("tracking: finding a link: %w", err)
	case share.RevokedAt != nil:
		return share, nil
	}
	before, now := noted{RequestID: share.RequestID, ExpiresAt: share.ExpiresAt}, tx.Now()
	share.RevokedAt, share.RevokedBy = &now, actor.PersonID
	if _, err := tx.NewUpdate().Model(&share).Column("revoked_at", "revoked_by").WherePK().Exec(ctx); err != nil {
		return Share{}, fmt.Errorf("tracking: taking a link back: %w", err)
	}
	after := before
	after.RevokedAt = &now
	return share, audit.Write(ctx, tx, actor, "share.revoked", "share", id, before, after)
}
