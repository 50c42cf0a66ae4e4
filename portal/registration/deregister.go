package registration

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Deregister takes devices off the customer's list, whatever state their registrations are in: all, or when one is not on
// it none, NotFound "device_not_found" with its id as parameter "device_id". What is kept brings settings and history
// back with the next registration. It gives how many were taken off.
func (s *Service) Deregister(ctx context.Context, actor identity.Actor, op uuid.UUID, deviceIDs []uuid.UUID) (int, error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return 0, err
	}
	ids := slices.Clone(deviceIDs)
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	if ids = slices.Compact(ids); len(ids) == 0 {
		return 0, fault.NewInvalid("device_ids", "devices_missing", "Choose at least one device.")
	}
	return once.InTx(ctx, s.db, once.Key{Person: actor.PersonID, ID: op, Kind: "deregister"}, deviceIDs,
		func(ctx context.Context, tx postgres.Tx) (int, error) { return s.deregister(ctx, tx, actor, ids) })
}

func (s *Service) deregister(ctx context.Context, tx postgres.Tx, actor identity.Actor, ids []uuid.UUID) (int, error) {
	if err := holdPerson(ctx, tx, actor.PersonID, actor.AccountID); err != nil {
		return 0, err
	}
	var rows []Registration
	if err := tx.NewSelect().Model(&rows).
		Where("registration.person_id = ? AND registration.device_id IN (?) AND registration.state <> ?", actor.PersonID, bun.List(ids), Removed).
		Where("EXISTS (SELECT FROM devices AS own WHERE own.id = registration.device_id AND own.account_id = ? AND own.retired_at IS NULL)", actor.AccountID).
		OrderExpr("registration.id").For("UPDATE OF registration").Scan(ctx); err != nil {
		return 0, fmt.Errorf("registration: reading: %w", err)
	}
	for _, id := range ids {
		if !slices.ContainsFunc(rows, func(r Registration) bool { return r.DeviceID == id }) {
			return 0, errDeviceNotFound.With(fault.Field("device_ids"), fault.Param("device_id", id.String()))
		}
	}
	var changes []audit.Changed
	for i := range rows {
		before := rows[i].audited()
		rows[i].State, rows[i].UpdatedAt = Removed, tx.Now()
		if err := store(ctx, tx, &rows[i]); err != nil {
			return 0, err
		}
		changes = append(changes, audit.Changed{ObjectID: rows[i].ID, Before: before, After: rows[i].audited()})
	}
	return len(rows), audit.WriteMany(ctx, tx, actor, "registration.remove", "registration", changes)
}
