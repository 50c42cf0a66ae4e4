package dispatch

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/identity"
)

// EndedVisit is a visit that has ended, with what a list says of its request.
type EndedVisit struct {
	Visit `bun:",extend"`

	RequestNumber string `bun:"request_number,scanonly"`
	// RequestState is that of now: what was left for a second visit is open again.
	RequestState State  `bun:"request_state,scanonly"`
	AccountName  string `bun:"account_name,scanonly"`
	City         string `bun:"city,scanonly"`
	TimeZone     string `bun:"time_zone,scanonly"`
}

// EndedVisits gives the visits that ended at a time or later, what ended first before the others: those that were done,
// that left something for a second visit, or that were cancelled with their request. What was declined or taken back is
// no part of anybody's day. A technician of uuid.Nil is everyone. For dispatchers.
func (s *Service) EndedVisits(ctx context.Context, actor identity.Actor, since time.Time, technician uuid.UUID, page Page) (list []*EndedVisit, next string, err error) {
	if err := mayRead(actor); err != nil {
		return nil, "", err
	}
	type key struct {
		Ended time.Time `json:"e"`
		ID    uuid.UUID `json:"i"`
	}
	q := visitQuery(s.db.NewSelect().Model(&list)).Join("JOIN service_requests AS r ON r.id = v.request_id").
		ColumnExpr("r.number AS request_number, r.state AS request_state, r.account_name, r.city, r.time_zone").
		Where("v.ended_at >= ?", since).
		Where("v.state IN (?)", bun.List([]VisitState{VisitDone, VisitUnsolved, VisitCancelled}))
	if technician != uuid.Nil {
		q = q.Where("v.technician_id = ?", technician)
	}
	if page.Token != "" {
		var after key
		if err := readToken(page.Token, &after, &after.Ended); err != nil {
			return nil, "", err
		}
		q = q.Where("(v.ended_at, v.id) > (?, ?)", after.Ended, after.ID)
	}
	if err := q.OrderExpr("v.ended_at, v.id").Limit(int64(page.Size) + 1).Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("dispatch: listing ended visits: %w", err)
	}
	if len(list) > page.Size {
		list = list[:page.Size]
		last := list[page.Size-1]
		next = makeToken(key{*last.EndedAt, last.ID})
	}
	return list, next, nil
}
