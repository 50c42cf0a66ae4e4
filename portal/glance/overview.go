package glance

import (
	"context"
	"database/sql"
	"fmt"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
	"utsendt/portal/readings"
	"utsendt/portal/supplies"
)

// Overview counts what needs somebody among all devices that a customer follows.
type Overview struct {
	// LowToners run out by the figures within Soon, or have.
	LowToners int
	// Orders of supplies are neither delivered nor cancelled.
	Orders int
	// ReadingsDue are devices whose meter reading is missing.
	ReadingsDue int
	// Devices are those that the customer follows.
	Devices int
}

// Overview is for customers: anyone else is Forbidden. However many devices there are, the database is asked equally often.
func (s *Service) Overview(ctx context.Context, actor identity.Actor) (Overview, error) {
	var o Overview
	if err := portal.CustomersOnly(actor); err != nil {
		return o, err
	}
	err := postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		o = Overview{}
		devices, err := tx.NewSelect().TableExpr("devices AS device").Where("device.account_id = ?", actor.AccountID).
			Apply(portal.FollowedBy(actor.PersonID)).Count(ctx)
		if err != nil {
			return fmt.Errorf("glance: counting devices: %w", err)
		}
		if o.Devices = int(devices); devices == 0 {
			return nil
		}
		toners, err := s.supplies.ForecastFollowed(ctx, tx, actor, nil)
		if err != nil {
			return err
		}
		for _, toner := range toners {
			if runsOutSoon(toner, tx.Now()) {
				o.LowToners++
			}
		}
		if o.Orders, err = supplies.CountUnderWay(ctx, tx, actor); err != nil {
			return err
		}
		due, err := readings.DueOf(ctx, tx, actor, nil)
		o.ReadingsDue = len(due)
		return err
	}, postgres.ReadOnly(), postgres.Isolation(sql.LevelRepeatableRead))
	return o, err
}
