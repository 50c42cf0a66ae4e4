package portal

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/dispatch"
	"utsendt/internal/identity"
)

// shownVisits are the states of visits that customers see: those at which a technician was.
var shownVisits = []dispatch.VisitState{dispatch.VisitOnSite, dispatch.VisitDone, dispatch.VisitUnsolved}

// SeesVisits narrows a query on requests (alias r) and visits (alias v) to those that a customer sees.
func SeesVisits(actor identity.Actor) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		if CustomersOnly(actor) != nil {
			return q.Where("false")
		}
		return q.Where("r.account_id = ?", actor.AccountID).Apply(FollowedThrough("r.device_id", actor.PersonID)).
			Where("v.state IN (?)", bun.List(shownVisits))
	}
}

// Visits gives the visits to a request that the customer sees, the oldest first, without those at which nobody came;
// dispatch.ErrNoRequest for a request that they do not see.
func (s *Requests) Visits(ctx context.Context, actor identity.Actor, request uuid.UUID) ([]dispatch.VisitReport, error) {
	if _, err := s.Find(ctx, actor, request.String()); err != nil {
		return nil, err
	}
	visits, err := s.dispatch.ReportsOf(ctx, request)
	return slices.DeleteFunc(visits, func(v dispatch.VisitReport) bool { return !slices.Contains(shownVisits, v.State) }), err
}
