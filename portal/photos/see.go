package photos

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/dispatch"
	"utsendt/internal/identity"
	"utsendt/portal"
)

// seenBy narrows a query on requests (alias r) to those whose photos the actor may see.
func seenBy(actor identity.Actor) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		switch {
		case portal.CustomersOnly(actor) == nil:
			return q.Where("r.account_id = ?", actor.AccountID).Apply(portal.FollowedThrough("r.device_id", actor.PersonID))
		case actor.Is(identity.RoleDispatcher, identity.RoleAdmin):
			return q
		case actor.Is(identity.RoleTechnician) && actor.TechnicianID != uuid.Nil:
			return q.Where("r.technician_id = ?", actor.TechnicianID)
		}
		return q.Where("false")
	}
}

// List gives the photos of a request. dispatch.ErrNoRequest for who may not see them.
func (s *Service) List(ctx context.Context, actor identity.Actor, request uuid.UUID) ([]portal.Photo, error) {
	sees, err := s.db.NewSelect().TableExpr("service_requests AS r").Where("r.id = ?", request).Apply(seenBy(actor)).Exists(ctx)
	if err != nil {
		return nil, fmt.Errorf("photos: asking who may see a request: %w", err)
	}
	if !sees {
		return nil, dispatch.ErrNoRequest
	}
	return s.OfRequest(ctx, request)
}

// find gives a photo that the actor may see; ErrNoPhoto for any other.
func (s *Service) find(ctx context.Context, actor identity.Actor, id uuid.UUID) (*row, error) {
	r := new(row)
	err := s.db.NewSelect().Model(r).Where("photo.id = ?", id).WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("photo.request_id IS NULL AND photo.uploaded_by = ?", actor.PersonID).WhereOr("EXISTS (?)",
			s.db.NewSelect().TableExpr("service_requests AS r").ColumnExpr("1").Where("r.id = photo.request_id").Apply(seenBy(actor)))
	}).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNoPhoto
	}
	if err != nil {
		return nil, fmt.Errorf("photos: finding: %w", err)
	}
	return r, nil
}
