package dispatch

import (
	"context"
	"fmt"
)

// Counts is how much is going on.
type Counts struct {
	// Open requests by state.
	Open map[State]int
	// OnDuty technicians.
	OnDuty int
}

// Counts counts open requests and technicians on duty, for operators.
func (s *Service) Counts(ctx context.Context) (Counts, error) {
	var rows []struct {
		State State
		N     int
	}
	if err := s.db.NewSelect().TableExpr("service_requests").ColumnExpr("state, count(*) AS n").
		Where("state NOT IN (?, ?)", Completed, Cancelled).Group("state").Scan(ctx, &rows); err != nil {
		return Counts{}, fmt.Errorf("dispatch: counting requests: %w", err)
	}
	c := Counts{Open: map[State]int{}}
	for _, state := range States {
		if state.Open() {
			c.Open[state] = 0
		}
	}
	for _, r := range rows {
		c.Open[r.State] = r.N
	}
	if err := s.db.NewSelect().TableExpr("technicians").ColumnExpr("count(*)").Where("on_duty").Scan(ctx, &c.OnDuty); err != nil {
		return Counts{}, fmt.Errorf("dispatch: counting technicians: %w", err)
	}
	return c, nil
}
