package tracking

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/identity"
	"utsendt/internal/live"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Share is one link to one request.
type Share struct {
	bun.BaseModel `bun:"table:request_shares,alias:share" json:"-"`

	ID        uuid.UUID `bun:"id,pk,type:uuid"`
	RequestID uuid.UUID `bun:"request_id,type:uuid"`
	CreatedBy uuid.UUID `bun:"created_by,type:uuid"`
	CreatedAt time.Time `bun:"created_at"`
	// ExpiresAt is as chosen; Until is when it really ends.
	ExpiresAt time.Time  `bun:"expires_at"`
	RevokedAt *time.Time `bun:"revoked_at"`
	RevokedBy uuid.UUID  `bun:"revoked_by,type:uuid,nullzero"`
	// LastOpenedAt is to the minute; nil when it never was opened.
	LastOpenedAt *time.Time `bun:"last_opened_at"`

	// EndedAt is when the request ended; nil while it is open.
	EndedAt *time.Time `bun:"ended_at,scanonly"`
	// MadeBy is the name of who made it; empty for a customer when it was our staff.
	MadeBy string `bun:"made_by,scanonly"`
	// URL is the whole link; empty when it no longer works, and never stored.
	URL string `bun:"-" json:"-"`
}

// Until is when the link stops working, unless it is taken back before.
func (s *Share) Until() time.Time {
	if s.EndedAt != nil {
		if end := s.EndedAt.Add(afterEnd); end.Before(s.ExpiresAt) {
			return end
		}
	}
	return s.ExpiresAt
}

func (s *Share) works(now time.Time) bool { return s.RevokedAt == nil && now.Before(s.Until()) }

// mayShare narrows a query on requests (alias r) to those whose links are the actor's business.
func mayShare(actor identity.Actor) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		switch {
		case portal.CustomersOnly(actor) == nil:
			return q.Where("r.account_id = ?", actor.AccountID).Apply(portal.FollowedThrough("r.device_id", actor.PersonID))
		case portal.StaffOnly(actor) == nil:
			return q
		}
		return q.Where("false")
	}
}

// shares begins a query on links with what is around them, as the actor sees it.
func shares(idb bun.IDB, actor identity.Actor, into any) *bun.SelectQuery {
	q := idb.NewSelect().Model(into).ColumnExpr("share.*, r.ended_at").
		Join("JOIN service_requests AS r ON r.id = share.request_id").Apply(mayShare(actor)).
		Join("LEFT JOIN people AS maker ON maker.id = share.created_by")
	return q.ColumnExpr("CASE WHEN ? OR maker.role = 'customer' THEN trim(maker.first_name || ' ' || maker.last_name) ELSE '' END AS made_by",
		portal.StaffOnly(actor) == nil)
}

// link gives those that work their URLs.
func (s *Service) link(ctx context.Context, list ...*Share) error {
	return postgres.InTx(ctx, s.DB, func(ctx context.Context, tx postgres.Tx) error {
		for _, share := range list {
			share.URL = ""
			if !share.works(tx.Now()) {
				continue
			}
			token, err := s.keys.Sign(ctx, tx, purpose, share.ID.String(), share.ExpiresAt)
			if err != nil {
				return err
			}
			share.URL = s.BaseURL + page + "#" + token
		}
		return nil
	})
}

// subject is what the pages that are open on a link listen to.
func subject(share uuid.UUID) string { return "share." + share.String() }

// signal tells those pages to look whether the link still works. A lost signal only delays.
func (s *Service) signal(share *Share) {
	if err := s.Bus.Publish(live.Signal{Subject: subject(share.ID), Version: s.DB.Now().UnixMicro()}); err != nil {
		s.Logger.Warn("a link that was taken back was not signalled", "share", share.ID, "error", err)
	}
}

// Purge forgets links that stopped working long ago. The audit trail keeps who made them.
func (s *Service) Purge(ctx context.Context) error {
	_, err := s.DB.ExecContext(ctx, `DELETE FROM request_shares WHERE expires_at < ?`, s.DB.Now().Add(-keep))
	return err
}
