package dispatch

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"utsendt/geo"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/postgres"
)

// byTime gives the positions of fixes in the order of their times.
func byTime(fixes []geo.Fix) []int {
	order := make([]int, len(fixes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return fixes[a].At.Compare(fixes[b].At) })
	return order
}

// reportEvery tells the phone how often to report.
func (t *tracker) reportEvery(at *Position, battery *float64) time.Duration {
	toGo := 0.0
	if at != nil && t.place != nil {
		toGo = geo.Distance(at.Point, *t.place)
	}
	switch t.visit {
	case VisitEnRoute:
		return geo.ReportEvery(geo.EnRoute, toGo, battery)
	case VisitOnSite:
		return geo.ReportEvery(geo.OnSite, toGo, battery)
	}
	if t.waits {
		return geo.ReportEvery(geo.Assigned, toGo, battery)
	}
	return geo.ReportEvery(geo.Idle, toGo, battery)
}

// nearlyThere is for fresh positions only: after a while without cover the technician is there, or elsewhere.
func nearlyThere(p Position, place orb.Point, now time.Time) bool {
	return p.Age(now) <= freshFix && geo.ApproachFence(place).Contains(geo.Fix{Point: p.Point, Accuracy: p.Accuracy, At: p.RecordedAt})
}

// markNearlyThere tells the customer once for each visit.
func (s *Service) markNearlyThere(ctx context.Context, request, visit uuid.UUID) error {
	return postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		c, err := s.begin(ctx, tx, identity.System(), Operation{}, request)
		if err != nil {
			return err
		}
		if c.r.State != EnRoute || c.r.VisitID != visit || c.r.NearlyThereAt != nil {
			return nil
		}
		v, err := c.readVisit(ctx, visit)
		if err != nil {
			return err
		}
		c.r.NearlyThereAt = &c.now
		c.record(activityNearlyThere, "", true)
		c.activity.TechnicianName = v.TechnicianFirstName
		c.tellCustomer(notify.NearlyThere, v.TechnicianFirstName, "")
		c.touched = append(c.touched, v.TechnicianID)
		return c.save(ctx)
	})
}
