package tracking

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
)

// noted is what the audit trail keeps of a link.
type noted struct {
	RequestID     uuid.UUID  `json:"request_id"`
	RequestNumber string     `json:"request_number,omitempty"`
	ExpiresAt     time.Time  `json:"expires_at"`
	RevokedAt     *time.Time `json:"revoked_at,omitempty"`
}

// Make makes a link to an open request that works for life; 0 means DefaultLife. The same operation again gives the same link.
//
// Errors: dispatch.ErrNoRequest when the request is none of the actor's; Invalid "share_life_invalid"; WrongState
// "share_ended" when the request has ended, "shares_many" when MaxLive of its links work already.
func (s *Service) Make(ctx context.Context, actor identity.Actor, operation, request uuid.UUID, life time.Duration) (Share, error) {
	if life == 0 {
		life = DefaultLife
	}
	if life < time.Hour || life > MaxLife {
		return Share{}, fault.NewInvalid("valid_hours", "share_life_invalid", "A link works for one hour to 30 days.")
	}
	key := once.Key{Person: actor.PersonID, ID: operation, Kind: "share.make"}
	share, err := once.InTx(ctx, s.DB, key, []any{request, life}, func(ctx context.Context, tx postgres.Tx) (Share, error) {
		return makeIn(ctx, tx, actor, request, life)
	})
	if err != nil {
		return Share{}, err
	}
	return share, s.link(ctx, &share)
}

func makeIn(ctx context.Context, tx postgres.Tx, actor identity.Actor, request uuid.UUID, life time.Duration) (Share, error) {
	var (
		number  string
		endedAt *time.Time
	)
	// The request's lock lets one link be made at a time, so that all are counted.
	err := tx.NewSelect().TableExpr("service_requests AS r").ColumnExpr("r.number, r.ended_at").Where("r.id = ?", request).
		Apply(mayShare(actor)).For("NO KEY UPDATE OF r").Scan(ctx, &number, &endedAt)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Share{}, dispatch.ErrNoRequest
	case err != nil:
		return Share{}, fmt.Errorf("tracking: finding a request: %w", err)
	case endedAt != nil:
		return Share{}, fault.NewWrongState("share_ended", "The request has ended; there is nothing left to follow.")
	}
	live, err := tx.NewSelect().Model((*Share)(nil)).
		Where("request_id = ? AND revoked_at IS NULL AND expires_at > ?", request, tx.Now()).Count(ctx)
	if err != nil {
		return Share{}, fmt.Errorf("tracking: counting links: %w", err)
	}
	if int(live) >= MaxLive {
		return Share{}, fault.NewWrongState("shares_many", "The request has too many links that work. Take one back first.",
			fault.Param("limit", strconv.Itoa(MaxLive)))
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Share{}, fmt.Errorf("tracking: making an id: %w", err)
	}
	share := Share{ID: id, RequestID: request, CreatedBy: actor.PersonID, CreatedAt: tx.Now(), ExpiresAt: tx.Now().Add(life), MadeBy: actor.Name()}
	if _, err := tx.NewInsert().Model(&share).Exec(ctx); err != nil {
		return Share{}, fmt.Errorf("tracking: writing a link: %w", err)
	}
	return share, audit.Write(ctx, tx, actor, "share.made", "share", id, nil, noted{request, number, share.ExpiresAt, nil})
}
