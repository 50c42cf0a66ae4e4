package registration

import (
	"context"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Update changes name and settings of a device that the customer follows or has asked to; nil leaves what is there. The
// name is the device's own, and so everybody's in the company; of a pending registration it is only wished. NotFound
// "device_not_found" for any other device.
func (s *Service) Update(ctx context.Context, actor identity.Actor, op, deviceID uuid.UUID, chosen Settings) (Registration, error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return Registration{}, err
	}
	clean, err := chosen.clean()
	if err != nil {
		return Registration{}, err
	}
	return once.InTx(ctx, s.db, once.Key{Person: actor.PersonID, ID: op, Kind: "update_registration"}, []any{deviceID, chosen},
		func(ctx context.Context, tx postgres.Tx) (Registration, error) {
			return s.update(ctx, tx, actor, deviceID, clean)
		})
}

func (s *Service) update(ctx context.Context, tx postgres.Tx, actor identity.Actor, deviceID uuid.UUID, chosen Settings) (Registration, error) {
	if err := holdPerson(ctx, tx, actor.PersonID, actor.AccountID); err != nil {
		return Registration{}, err
	}
	r, exists, err := held(ctx, tx, actor.PersonID, deviceID)
	if err != nil {
		return Registration{}, err
	}
	if !exists || r.State != Active && r.State != Pending {
		return Registration{}, errDeviceNotFound
	}
	d, err := portal.DeviceOfAccount(ctx, tx, actor.AccountID, deviceID)
	if err != nil {
		return Registration{}, err
	}
	if !usable(&d, actor.AccountID) {
		return Registration{}, errDeviceNotFound
	}
	before := r.audited()
	if chosen.FriendlyName != nil {
		if r.State == Pending {
			r.WishedName = *chosen.FriendlyName
		} else if err := setName(ctx, tx, actor, &d, *chosen.FriendlyName); err != nil {
			return Registration{}, err
		}
	}
	if chosen.BackupEmail != nil {
		r.BackupEmail = *chosen.BackupEmail
	}
	if chosen.Reminders != nil {
		r.Reminders = *chosen.Reminders
	}
	r.UpdatedAt = tx.Now()
	if err := store(ctx, tx, &r); err != nil {
		return Registration{}, err
	}
	return withOwn(r, d), audit.Write(ctx, tx, actor, "registration.update", "registration", r.ID, before, r.audited())
}
