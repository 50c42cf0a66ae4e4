package dispatch

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

// RunAutoAssign gives requests in To be scheduled to the best candidate, as soon as they are signalled and again every
// Reread, until ctx ends. Several servers may run it: the database decides who was first.
func (s *Service) RunAutoAssign(ctx context.Context) {
	sub := s.bus.Subscribe("request.>", "technician.>")
	defer sub.Close()
	again := time.NewTicker(s.reread)
	defer again.Stop()
	s.assignWaiting(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-again.C:
			s.assignWaiting(ctx)
		case <-sub.C():
			signals, lost := sub.Take()
			if lost {
				s.assignWaiting(ctx)
				continue
			}
			for _, sig := range signals {
				if id, ok := subjectID(sig.Subject, "request."); ok {
					s.assignOne(ctx, id)
				} else if strings.HasPrefix(sig.Subject, "technician.") {
					s.assignWaiting(ctx) // somebody came on duty or became free
					break
				}
			}
		}
	}
}

// assignWaiting tries all that wait, what is promised soonest first.
func (s *Service) assignWaiting(ctx context.Context) {
	var ids []uuid.UUID
	if err := s.db.NewSelect().TableExpr("service_requests AS r").ColumnExpr("r.id").Where("r.state = ?", ToBeScheduled).
		OrderExpr(promiseOrder+", r.opened_at, r.id").Limit(200).Scan(ctx, &ids); err != nil {
		if ctx.Err() == nil {
			s.log.WarnContext(ctx, "automatic assignment could not read the queue", "error", err)
		}
		return
	}
	for _, id := range ids {
		s.assignOne(ctx, id)
	}
}

func (s *Service) assignOne(ctx context.Context, id uuid.UUID) {
	r, err := s.request(ctx, s.db, id)
	if err != nil || r.State != ToBeScheduled || ctx.Err() != nil {
		return
	}
	op, err := uuid.NewV7()
	if err != nil {
		return
	}
	// By what this server remembers: it follows the signals, and reading everyone anew for each request that nobody can
	// take would cost more than it finds.
	_, err = s.autoAssign(ctx, identity.System(), Operation{ID: op}, id, r.Version)
	switch fault.KindOf(err) {
	case fault.Internal, fault.Unavailable:
		if err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "automatic assignment", "request", r.Number, "error", err)
		}
	}
}
