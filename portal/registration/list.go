package registration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// RegistrationPage is one page of a person's registrations: what waits first, then by serial number.
type RegistrationPage struct {
	Registrations []Registration
	// Next is the next page's token; empty on the last page.
	Next  string
	Total int64
}

// Mine lists the customer's registrations in any of the states; none means pending, active and refused. A device that
// went to another company or out of use is left out.
func (s *Service) Mine(ctx context.Context, actor identity.Actor, states []State, page Page) (RegistrationPage, error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return RegistrationPage{}, err
	}
	size, err := portal.PageSize(page.Size)
	if err != nil {
		return RegistrationPage{}, err
	}
	var after struct {
		Answered bool   `json:"a"`
		Serial   string `json:"s"`
	}
	if page.Token != "" {
		if err := portal.ReadPageToken(page.Token, &after); err != nil {
			return RegistrationPage{}, err
		}
		if !portal.Storable(after.Serial) {
			return RegistrationPage{}, portal.ErrPageToken
		}
	}
	if len(states) == 0 {
		states = []State{Pending, Active, Refused}
	}
	var list RegistrationPage
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		list = RegistrationPage{}
		q := tx.NewSelect().Model(&list.Registrations).Apply(withDevice).
			Where("registration.person_id = ? AND registration.state IN (?)", actor.PersonID, bun.List(states)).
			Where(`"device"."account_id" = ? AND "device"."retired_at" IS NULL`, actor.AccountID)
		total, err := q.Count(ctx)
		if err != nil {
			return fmt.Errorf("registration: counting: %w", err)
		}
		list.Total = int64(total)
		if page.Token != "" {
			q = q.Where(`((registration.state <> ?), "device"."serial_number") > (?, ?)`, Pending, after.Answered, after.Serial)
		}
		if err := q.OrderExpr(`(registration.state <> ?), "device"."serial_number"`, Pending).Limit(int64(size) + 1).Scan(ctx); err != nil {
			return fmt.Errorf("registration: listing: %w", err)
		}
		return nil
	}, postgres.ReadOnly(), postgres.Isolation(sql.LevelRepeatableRead))
	if err != nil {
		return RegistrationPage{}, err
	}
	if len(list.Registrations) > size {
		list.Registrations = list.Registrations[:size]
		last := list.Registrations[size-1]
		after.Answered, after.Serial = last.State != Pending, last.Device.SerialNumber
		list.Next, err = portal.PageToken(after)
	}
	return list, err
}

// Of gives the customer's active registration of a device; false when they do not follow it.
func (s *Service) Of(ctx context.Context, actor identity.Actor, deviceID uuid.UUID) (Registration, bool, error) {
	var r Registration
	err := s.db.NewSelect().Model(&r).
		Where("registration.person_id = ? AND registration.device_id = ? AND registration.state = ?", actor.PersonID, deviceID, Active).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Registration{}, false, nil
	}
	if err != nil {
		return Registration{}, false, fmt.Errorf("registration: reading: %w", err)
	}
	return r, true, nil
}
