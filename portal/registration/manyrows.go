package registration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// wholeAccount gives a row for each of a company's devices in use. It must be the person's own.
func (s *Service) wholeAccount(ctx context.Context, tx postgres.Tx, person identity.Person, number string) ([]wanted, error) {
	var account uuid.UUID
	err := tx.NewSelect().TableExpr("accounts").Column("id").Where("number = ?", number).Scan(ctx, &account)
	if errors.Is(err, sql.ErrNoRows) || err == nil && account != person.AccountID {
		return nil, fault.NewInvalid("account_number", "account_not_theirs", "This is not the number of the person's company.")
	}
	if err != nil {
		return nil, fmt.Errorf("registration: reading the account: %w", err)
	}
	var serials []string
	if err := tx.NewSelect().TableExpr("devices").Column("serial_number").Where("account_id = ? AND retired_at IS NULL", account).
		OrderExpr("serial_number").Limit(MaxRows+1).Scan(ctx, &serials); err != nil {
		return nil, fmt.Errorf("registration: listing the account's devices: %w", err)
	}
	if len(serials) > MaxRows {
		return nil, fault.NewInvalid("account_number", "account_too_large",
			fmt.Sprintf("The company has more than %d devices. Register them by files.", MaxRows), fault.Param("max", fmt.Sprint(MaxRows)))
	}
	rows := make([]wanted, len(serials))
	for i, serial := range serials {
		rows[i].Row, rows[i].SerialNumber = i+1, serial
	}
	return rows, nil
}

// many works out what each row means, and unless it is a dry run does it.
func (s *Service) many(ctx context.Context, tx postgres.Tx, actor identity.Actor, person identity.Person, m Many, todo []wanted, result *ManyResult) error {
	if !m.DryRun {
		if err := holdPerson(ctx, tx, person.ID, person.AccountID); err != nil {
			return err
		}
	}
	devices, before, err := s.known(ctx, tx, person, todo, !m.DryRun)
	if err != nil {
		return err
	}
	var stored, fresh []Registration
	var changes []audit.Changed
	seen := map[string]bool{}
	for i := range todo {
		w := &todo[i]
		d, known := devices[w.SerialNumber]
		switch {
		case w.Reason != "":
			w.Outcome = RowRefused
		case seen[w.SerialNumber]:
			w.refuse("serial_twice", "serial_number", "The serial number stands in an earlier row.")
		case !known || d.RetiredAt != nil:
			w.refuse("device_not_found", "serial_number", "No device in use has this serial number.")
		case d.AccountID != person.AccountID:
			w.refuse("device_elsewhere", "serial_number", "The device is another company's than the person's.")
		default:
			seen[w.SerialNumber] = true
			was, exists := before[d.ID]
			now := w.apply(was, exists, person.ID, d.ID, m)
			renamed := w.name != nil && *w.name != d.FriendlyName
			w.Outcome = outcome(was, exists, now, renamed)
			if w.Outcome == RowUnchanged || m.DryRun {
				continue
			}
			if renamed {
				if err := setName(ctx, tx, actor, &d, *w.name); err != nil {
					return err
				}
			}
			if w.Outcome == RowRegistered {
				now.RequestedAt, now.AnswerBy, now.DecidedAt, now.DecidedBy = tx.Now(), nil, new(tx.Now()), actor.PersonID
			}
			now.UpdatedAt = tx.Now()
			changes = append(changes, audit.Changed{ObjectID: now.ID, Before: auditedOrNil(was, exists), After: now.audited()})
			stored = append(stored, now)
			if now.Device = &d; w.Outcome == RowRegistered {
				fresh = append(fresh, now)
			}
		}
	}
	result.count(todo)
	for chunk := range slices.Chunk(stored, 500) {
		if err := storeAll(ctx, tx, chunk); err != nil {
			return err
		}
	}
	if err := audit.WriteMany(ctx, tx, actor, "registration.register_many", "registration", changes); err != nil || len(fresh) == 0 {
		return err
	}
	return s.tellDecided(ctx, tx, notify.RegistrationApproved, "", fresh)
}

// known reads the devices of the rows, by serial number, and the person's registrations, by device.
func (s *Service) known(ctx context.Context, tx postgres.Tx, person identity.Person, todo []wanted, lock bool) (map[string]portal.DeviceDetail, map[uuid.UUID]Registration, error) {
	serials := make([]string, 0, len(todo))
	for _, w := range todo {
		if w.SerialNumber != "" {
			serials = append(serials, w.SerialNumber)
		}
	}
	devices, before := map[string]portal.DeviceDetail{}, map[uuid.UUID]Registration{}
	for chunk := range slices.Chunk(serials, 1000) {
		var rows []portal.DeviceDetail
		if err := tx.NewSelect().Model(&rows).Relation("Model").Relation("Site").Relation("Account").
			Where("device.serial_number IN (?)", bun.List(chunk)).Scan(ctx); err != nil {
			return nil, nil, fmt.Errorf("registration: reading devices: %w", err)
		}
		for _, d := range rows {
			devices[d.SerialNumber] = d
		}
	}
	var own []Registration
	q := tx.NewSelect().Model(&own).Where("registration.person_id = ?", person.ID).OrderExpr("registration.id")
	if lock {
		q = q.For("UPDATE") // in the order in which staff who decide lock them
	}
	if err := q.Scan(ctx); err != nil {
		return nil, nil, fmt.Errorf("registration: reading: %w", err)
	}
	for _, r := range own {
		before[r.DeviceID] = r
	}
	return devices, before, nil
}

// apply makes the registration that a row asks for.
func (w *wanted) apply(was Registration, exists bool, person, device uuid.UUID, m Many) Registration {
	r := was
	if !exists {
		r = Registration{ID: uuid.Must(uuid.NewV7()), PersonID: person, DeviceID: device, Reminders: true}
	}
	r.State, r.Reason, r.WishedName = Active, "", ""
	switch {
	case w.backup != nil:
		r.BackupEmail = *w.backup
	case m.BackupEmail != "":
		r.BackupEmail = m.BackupEmail
	}
	switch {
	case w.reminders != nil:
		r.Reminders = *w.reminders
	case m.WithoutReminders:
		r.Reminders = false
	}
	return r
}

func outcome(was Registration, exists bool, now Registration, renamed bool) Outcome {
	switch {
	case !exists || was.State != Active:
		return RowRegistered
	case renamed || was.BackupEmail != now.BackupEmail || was.Reminders != now.Reminders:
		return RowChanged
	default:
		return RowUnchanged
	}
}

func (r *ManyResult) count(rows []wanted) {
	for _, w := range rows {
		r.Rows = append(r.Rows, w.ManyRow)
		switch w.Outcome {
		case RowRegistered:
			r.Registered++
		case RowChanged:
			r.Changed++
		case RowUnchanged:
			r.Unchanged++
		case RowRefused:
			r.Refused++
		}
	}
}
