package server

import (
	"context"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
	"utsendt/portal/addresschange"
)

// fileWish lets a service request ask for its address to be the site's from now on.
func fileWish(changes *addresschange.Service) portal.AddressChanger {
	return func(ctx context.Context, tx postgres.Tx, actor identity.Actor, wish portal.AddressWish) (uuid.UUID, error) {
		a := wish.Address
		change, err := changes.RequestInTx(ctx, tx, actor, addresschange.Wish{
			DeviceID: wish.Device, RequestID: wish.Request, Reason: a.Reason,
			Address: addresschange.Address{
				Line1: a.Line1, Line2: a.Line2, Line3: a.Line3, PostalCode: a.PostalCode, City: a.City, Country: wish.Country,
			},
		})
		return change.ID, err
	}
}
