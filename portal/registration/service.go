package registration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/postgres"
	"utsendt/portal"
	"utsendt/portal/support"
)

// Notifier queues messages to people in the change's own transaction.
type Notifier interface {
	Notify(ctx context.Context, tx postgres.Tx, messages ...notify.Message) error
}

// Service keeps registrations. It is safe for any number of goroutines.
type Service struct {
	db       *postgres.DB
	notifier Notifier
}

// New makes a Service on a migrated database.
func New(db *postgres.DB, n Notifier) *Service { return &Service{db: db, notifier: n} }

// answerWorkdays is how many working days staff have to answer.
const answerWorkdays = 2

// ManyDevices is from how many devices on people are told that staff register them from a list.
const ManyDevices = 10

var errDeviceNotFound = fault.NewNotFound("device_not_found", "There is no such device.")

// holdPerson makes changes of one person's registrations wait for each other until the transaction ends. NotFound for
// somebody who may not sign in any more or is no customer of the account.
func holdPerson(ctx context.Context, tx postgres.Tx, personID, accountID uuid.UUID) error {
	var held uuid.UUID
	// What refers to the person is still let through: only keys are shared with it.
	err := tx.NewRaw(`SELECT id FROM people WHERE id = ? AND account_id = ? AND disabled_at IS NULL FOR NO KEY UPDATE`,
		personID, accountID).Scan(ctx, &held)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.NewNotFound("person_not_found", "There is no such person.")
	}
	if err != nil {
		return fmt.Errorf("registration: holding a person: %w", err)
	}
	return nil
}

// held gives a person's registration of a device, locked; false when there is none. The device is not read.
func held(ctx context.Context, tx postgres.Tx, personID, deviceID uuid.UUID) (Registration, bool, error) {
	var r Registration
	err := tx.NewSelect().Model(&r).Where("registration.person_id = ? AND registration.device_id = ?", personID, deviceID).
		For("UPDATE").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Registration{}, false, nil
	}
	if err != nil {
		return Registration{}, false, fmt.Errorf("registration: reading: %w", err)
	}
	return r, true, nil
}

// store writes a registration, new or changed.
func store(ctx context.Context, tx postgres.Tx, r *Registration) error {
	return storeAll(ctx, tx, []Registration{*r})
}

// storeAll writes registrations, new or changed, each of another person or device.
func storeAll(ctx context.Context, tx postgres.Tx, rows []Registration) error {
	_, err := tx.NewInsert().Model(&rows).
		On("CONFLICT (person_id, device_id) DO UPDATE").
		Set("state = excluded.state, friendly_name = excluded.friendly_name, backup_email = excluded.backup_email").
		Set("reminders = excluded.reminders, requested_at = excluded.requested_at, answer_by = excluded.answer_by").
		Set("decided_at = excluded.decided_at, decided_by = excluded.decided_by, reason = excluded.reason, updated_at = excluded.updated_at").
		Exec(ctx)
	if err != nil {
		return fmt.Errorf("registration: storing: %w", err)
	}
	return nil
}

// withDevice reads registrations together with their devices, models and sites.
func withDevice(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Relation("Device").Relation("Device.Model").Relation("Device.Site").Relation("Device.Account")
}

// Support gives the local support of an account's country; false where there is none.
func (s *Service) Support(ctx context.Context, idb bun.IDB, accountID uuid.UUID) (support.Contact, bool, error) {
	var country string
	if err := idb.NewSelect().TableExpr("accounts").Column("country").Where("id = ?", accountID).Scan(ctx, &country); err != nil {
		return support.Contact{}, false, fmt.Errorf("registration: reading the account: %w", err)
	}
	contact, ok := support.Of(country)
	return contact, ok, nil
}

// contactSupport adds to a fault whom to call and where to write.
func (s *Service) contactSupport(ctx context.Context, idb bun.IDB, actor identity.Actor, f *fault.Error) error {
	contact, ok, err := s.Support(ctx, idb, actor.AccountID)
	if err != nil || !ok {
		return errors.Join(f, err)
	}
	return f.With(fault.Param("support_phone", contact.Phone), fault.Param("support_email", contact.Email))
}

// usable reports whether a device is the account's and in use.
func usable(d *portal.DeviceDetail, accountID uuid.UUID) bool {
	return d.AccountID == accountID && d.RetiredAt == nil
}
