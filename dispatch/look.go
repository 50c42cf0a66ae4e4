package dispatch

import (
	"context"

	"github.com/google/uuid"
)

// Look gives what there is to see of a request now: what [Service.Follow] sends first. Who may look, the caller has decided.
func (s *Service) Look(ctx context.Context, request uuid.UUID) (Sight, error) {
	sub := s.bus.Subscribe()
	defer sub.Close()
	var seen Sight
	f := follower{s: s, id: request, sub: sub, send: func(sight Sight) error {
		seen = sight
		return nil
	}}
	return seen, f.read(ctx, 0)
}
