package registration

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Decided is what became of one registration.
type Decided struct {
	ID uuid.UUID
	// Problem is why it was not decided by this: "registration_not_found", "registration_decided", or "device_not_found"
	// when the device went to another company or out of use. Empty when it was.
	Problem string
	// State it is in now; empty for one that does not exist.
	State State
}

// Approve makes pending registrations active and tells their people. Each is decided for itself; one that somebody else
// decided, or that was taken back, stops none of the others. For staff.
func (s *Service) Approve(ctx context.Context, actor identity.Actor, op uuid.UUID, ids []uuid.UUID) ([]Decided, error) {
	return s.decide(ctx, actor, op, "approve_registrations", ids, "")
}

// Refuse refuses pending registrations with a reason that their people are told. For staff.
func (s *Service) Refuse(ctx context.Context, actor identity.Actor, op uuid.UUID, ids []uuid.UUID, reason string) ([]Decided, error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return nil, fault.NewInvalid("reason", "reason_missing", "Say why.")
	}
	return s.decide(ctx, actor, op, "refuse_registrations", ids, reason)
}

// decide refuses where there is a reason and approves where there is none.
func (s *Service) decide(ctx context.Context, actor identity.Actor, op uuid.UUID, kind string, ids []uuid.UUID, reason string) ([]Decided, error) {
	if err := portal.StaffOnly(actor); err != nil {
		return nil, err
	}
	return once.InTx(ctx, s.db, once.Key{Person: actor.PersonID, ID: op, Kind: kind}, []any{ids, reason},
		func(ctx context.Context, tx postgres.Tx) ([]Decided, error) {
			return s.decideAll(ctx, tx, actor, ids, reason)
		})
}

func (s *Service) decideAll(ctx context.Context, tx postgres.Tx, actor identity.Actor, ids []uuid.UUID, reason string) ([]Decided, error) {
	// In the order of the ids, so that two who decide at once wait for each other and do not lock each other out.
	var rows []Registration
	if err := tx.NewSelect().Model(&rows).Where("registration.id IN (?)", bun.List(ids)).
		OrderExpr("registration.id").For("UPDATE OF registration").Scan(ctx); err != nil {
		return nil, fmt.Errorf("registration: reading: %w", err)
	}
	owners, err := s.owners(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	results := make([]Decided, len(ids))
	for i, id := range ids {
		results[i] = Decided{ID: id, Problem: "registration_not_found"}
	}
	var done []Registration
	for _, r := range rows {
		i := slices.Index(ids, r.ID)
		owner := owners[r.ID]
		d := owner.Device
		switch {
		case r.State != Pending:
			results[i] = Decided{ID: r.ID, Problem: "registration_decided", State: r.State}
			continue
		case reason == "" && !usable(d, owner.AccountID):
			results[i] = Decided{ID: r.ID, Problem: "device_not_found", State: r.State}
			continue
		}
		before := r.audited()
		r.State, r.Reason, r.DecidedAt, r.DecidedBy, r.UpdatedAt = Active, "", new(tx.Now()), actor.PersonID, tx.Now()
		action := "registration.approve"
		if reason != "" {
			r.State, r.Reason, action = Refused, reason, "registration.refuse"
		} else if err := rename(ctx, tx, actor, d, r.WishedName); err != nil {
			return nil, err
		}
		if err := store(ctx, tx, &r); err != nil {
			return nil, err
		}
		if err := audit.Write(ctx, tx, actor, action, "registration", r.ID, before, r.audited()); err != nil {
			return nil, err
		}
		results[i] = Decided{ID: r.ID, State: r.State}
		r.Device = d
		done = append(done, r)
	}
	kind := notify.RegistrationApproved
	if reason != "" {
		kind = notify.RegistrationRefused
	}
	return results, s.tellDecided(ctx, tx, kind, reason, done)
}

// owner is the account of a registration's person, with the device.
type owner struct {
	AccountID uuid.UUID
	Device    *portal.DeviceDetail
}

// owners reads, by registration, whose they are and what device they are for.
func (s *Service) owners(ctx context.Context, tx postgres.Tx, rows []Registration) (map[uuid.UUID]owner, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	var read []struct {
		Registration `bun:",extend"`
		AccountID    uuid.UUID `bun:"owner_account,type:uuid,scanonly"`
	}
	if err := withDevice(tx.NewSelect().Model(&read)).ColumnExpr("registration.*").ColumnExpr("owner.account_id AS owner_account").
		Join("JOIN people AS owner ON owner.id = registration.person_id").
		Where("registration.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("registration: reading owners: %w", err)
	}
	owners := make(map[uuid.UUID]owner, len(read))
	shared := map[uuid.UUID]*portal.DeviceDetail{} // one device for all its rows, so that a new name shows in each
	for _, r := range read {
		if shared[r.DeviceID] == nil {
			shared[r.DeviceID] = r.Device
		}
		owners[r.ID] = owner{r.AccountID, shared[r.DeviceID]}
	}
	return owners, nil
}
