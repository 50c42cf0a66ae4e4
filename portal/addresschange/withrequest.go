package addresschange

import (
	"context"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// WithRequest files the permanent change that a customer asks for while opening a service request, in the request's
// transaction: a portal.AddressChanger. It gives the change's id; the errors of RequestInTx undo both.
func (s *Service) WithRequest(ctx context.Context, tx postgres.Tx, actor identity.Actor, wish portal.AddressWish) (uuid.UUID, error) {
	a := wish.Address
	c, err := s.RequestInTx(ctx, tx, actor, Wish{
		DeviceID: wish.Device, RequestID: wish.Request, Reason: a.Reason,
		Address: Address{Line1: a.Line1, Line2: a.Line2, Line3: a.Line3, PostalCode: a.PostalCode, City: a.City, Country: wish.Country},
	})
	return c.ID, err
}
