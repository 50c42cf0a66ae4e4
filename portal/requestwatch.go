package portal

import (
	"context"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/internal/identity"
)

// FollowAll sends the open requests of all devices that the customer follows, then each change; see
// dispatch.Service.FollowAccount.
func (s *Requests) FollowAll(ctx context.Context, actor identity.Actor, send func(dispatch.AccountChange) error) error {
	if err := CustomersOnly(actor); err != nil {
		return err
	}
	return s.dispatch.FollowAccount(ctx, actor.AccountID, FollowedThrough("r.device_id", actor.PersonID), send)
}

// Categories lists what can be wrong with a device that the customer follows, in the order in which people are asked.
func (s *Requests) Categories(ctx context.Context, actor identity.Actor, device uuid.UUID) ([]dispatch.Category, error) {
	d, err := DeviceOfPerson(ctx, s.db, actor, device)
	if err != nil {
		return nil, err
	}
	return d.Model.faults(), nil
}
