package portal

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// Overview is a device as its page shows it, to one of those who follow it.
type Overview struct {
	DeviceDetail
	// InForce tells whether the contract covers today, where the device stands.
	InForce bool
	// Counters that the model has, for example "black".
	Counters []string
	// BackupEmail and Reminders are the follower's own settings.
	BackupEmail string
	Reminders   bool
	// Open is nil when no request is open for the device.
	Open *OpenRequest
	// LastReadingAt is when a counter was last read; nil when none was.
	LastReadingAt *time.Time
	// LastOrderID and LastOrderNumber are the last order of supplies; empty without one.
	LastOrderID     uuid.UUID
	LastOrderNumber string
}

// GetDevice gives one of the devices that the actor follows with what there is about it. NotFound "device_not_found" for
// any other; Forbidden "customers_only" for anybody but a customer.
func (s *Service) GetDevice(ctx context.Context, actor identity.Actor, deviceID uuid.UUID) (Overview, error) {
	var o Overview
	err := postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		d, err := DeviceOfPerson(ctx, tx, actor, deviceID)
		if err != nil {
			return err
		}
		o = Overview{DeviceDetail: d, InForce: d.inForce(tx.Now())}
		var open, order struct {
			id            uuid.NullUUID
			number, state sql.NullString
		}
		var counters string
		err = tx.QueryRowContext(ctx, `SELECT registration.backup_email, registration.reminders, array_to_string(model.counters, ' '),
				request.id, request.number, request.state, placed.id, placed.number,
				(SELECT max(taken_at) FROM meter_readings AS m WHERE m.device_id = registration.device_id AND `+ReadForPresentCompany("m")+`)
			FROM registrations AS registration JOIN models AS model ON model.id = ?
			LEFT JOIN service_requests AS request ON request.device_id = registration.device_id AND request.account_id = ?
				AND request.state NOT IN ('completed', 'cancelled')
			LEFT JOIN LATERAL (SELECT id, number FROM supply_orders WHERE device_id = registration.device_id AND account_id = ?
				ORDER BY placed_at DESC, id LIMIT 1) AS placed ON true
			WHERE registration.device_id = ? AND registration.person_id = ?`, d.ModelID, actor.AccountID, actor.AccountID, d.ID, actor.PersonID).
			Scan(&o.BackupEmail, &o.Reminders, &counters, &open.id, &open.number, &open.state, &order.id, &order.number, &o.LastReadingAt)
		if err != nil {
			return fmt.Errorf("portal: reading what there is about a device: %w", err)
		}
		o.Counters = strings.Fields(counters)
		if open.id.Valid {
			o.Open = &OpenRequest{ID: open.id.UUID, Number: open.number.String, State: open.state.String}
		}
		o.LastOrderID, o.LastOrderNumber = order.id.UUID, order.number.String
		return nil
	}, postgres.ReadOnly(), postgres.Isolation(sql.LevelRepeatableRead))
	return o, err
}

// inForce reports whether there is a contract that covers the day where the device stands.
func (d DeviceDetail) inForce(at time.Time) bool {
	if d.Contract == nil {
		return false
	}
	place, err := time.LoadLocation(d.Site.TimeZone)
	if err != nil {
		place = time.UTC
	}
	return d.Contract.InForce(at, place)
}
