package tracking

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/internal/identity"
	"utsendt/portal"
)

// listKey is where a page of links ends.
type listKey struct {
	CreatedAt time.Time `json:"t"`
	ID        uuid.UUID `json:"i"`
}

// List gives the links of a request, the newest first; next is empty on the last page. dispatch.ErrNoRequest when the
// request is none of the actor's; the errors of portal.PageSize and portal.ReadPageToken.
func (s *Service) List(ctx context.Context, actor identity.Actor, request uuid.UUID, pageSize int, pageToken string) (list []*Share, next string, err error) {
	size, err := portal.PageSize(pageSize)
	if err != nil {
		return nil, "", err
	}
	var after listKey
	if pageToken != "" {
		if err := portal.ReadPageToken(pageToken, &after); err != nil {
			return nil, "", err
		}
		if year := after.CreatedAt.UTC().Year(); year < 1 || year > 9999 {
			return nil, "", portal.ErrPageToken
		}
	}
	sees, err := s.DB.NewSelect().TableExpr("service_requests AS r").Where("r.id = ?", request).Apply(mayShare(actor)).Exists(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("tracking: finding a request: %w", err)
	}
	if !sees {
		return nil, "", dispatch.ErrNoRequest
	}
	q := shares(s.DB, actor, &list).Where("share.request_id = ?", request).OrderExpr("share.created_at DESC, share.id DESC").Limit(int64(size) + 1)
	if pageToken != "" {
		q = q.Where("(share.created_at, share.id) < (?, ?)", after.CreatedAt, after.ID)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("tracking: listing links: %w", err)
	}
	if len(list) > size {
		list = list[:size]
		if next, err = portal.PageToken(listKey{list[size-1].CreatedAt, list[size-1].ID}); err != nil {
			return nil, "", err
		}
	}
	return list, next, s.link(ctx, list...)
}
