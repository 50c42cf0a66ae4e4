package readings

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Correction says what a reading should have been.
type Correction struct {
	ReadingID uuid.UUID
	// TakenAt is zero where the time was right.
	TakenAt  time.Time
	Counters Counters
	// Reason says why; required.
	Reason string
	// Confirm takes values that are doubtful all the same.
	Confirm bool
}

// Correct puts a reading in the place of another, which stays beside it. Customers correct what came from their company,
// staff anything.
//
// NotFound "reading_not_found"; WrongState "reading_superseded" when it was corrected before (its successor in the parameter
// reading_id); Forbidden "reading_of_others" for a customer and a technician's or staff's reading; Invalid
// "reason_missing", "correction_same", and as for Submit; a Result that is Unconfirmed or Refused leaves all as it is.
func (s *Service) Correct(ctx context.Context, actor identity.Actor, op uuid.UUID, c Correction) (result Result, err error) {
	if !actor.Is(identity.RoleDispatcher, identity.RoleAdmin) {
		if err := portal.CustomersOnly(actor); err != nil {
			return Result{}, err
		}
	}
	if c.Reason = clean(c.Reason); c.Reason == "" {
		return Result{}, fault.NewInvalid("reason", "reason_missing", "Say why the reading is corrected.")
	}
	key := once.Key{Person: actor.PersonID, ID: op, Kind: "readings.correct"}
	return once.InTx(ctx, s.db, key, c, func(ctx context.Context, tx postgres.Tx) (Result, error) { return correct(ctx, tx, actor, c) })
}

// CorrectableBy reports whether somebody may correct the reading, of those who see it: a valid one, and for customers one that
// came from their company.
func (r Reading) CorrectableBy(actor identity.Actor) bool {
	return r.Valid() && (actor.Is(identity.RoleDispatcher, identity.RoleAdmin) || r.Source == FromCustomer || r.Source == FromFile)
}

func correct(ctx context.Context, tx postgres.Tx, actor identity.Actor, c Correction) (Result, error) {
	device, err := deviceOf(ctx, tx, c.ReadingID)
	if err != nil {
		return Result{}, err
	}
	meters, err := metersFor(ctx, tx, actor, []uuid.UUID{device})
	if err != nil {
		return Result{}, err
	}
	m := meters[device]
	if m == nil {
		return Result{}, errReadingNotFound
	}
	if err := lock(ctx, tx, []uuid.UUID{device}); err != nil {
		return Result{}, err
	}
	var old Reading
	if err := tx.NewSelect().Model(&old).Where("id = ?", c.ReadingID).Scan(ctx); err != nil {
		return Result{}, fmt.Errorf("readings: reading what is corrected: %w", err)
	}
	switch {
	case !old.Valid():
		return Result{}, fault.NewWrongState("reading_superseded", "This reading was corrected already.",
			fault.Param("reading_id", old.SupersededBy.String()))
	case !old.CorrectableBy(actor):
		return Result{}, fault.NewForbidden("reading_of_others",
			"This reading was not entered by your company. Please contact us to have it corrected.")
	}
	at := old.TakenAt
	if !c.TakenAt.IsZero() {
		at = c.TakenAt.UTC().Truncate(time.Microsecond)
	}
	if at.Equal(old.TakenAt) && equal(old.Counters, c.Counters) {
		return Result{}, fault.NewInvalid("counters", "correction_same", "Nothing would change: the time and the values are the same.")
	}

	since := at
	if old.TakenAt.Before(since) {
		since = old.TakenAt
	}
	if err := remember(ctx, tx, meters, map[uuid.UUID]time.Time{device: since}); err != nil {
		return Result{}, err
	}
	m.history = slices.DeleteFunc(m.history, func(p point) bool { return p.reading.ID == old.ID })
	result := Result{DeviceID: device}
	v := judge(m.machine, m.history, at, tx.Now(), c.Counters)
	if v.same != nil {
		v.refusals = append(v.refusals, fault.NewExists("reading_exists",
			"There is another reading of this device at the very same time. Correct that one if it is wrong.",
			fault.Field("taken_at"), fault.Param("reading_id", v.same.reading.ID.String())))
	}
	switch {
	case len(v.refusals) > 0:
		result.refuse(v.refusals...)
		return result, nil
	case len(v.doubts) > 0 && !c.Confirm:
		result.Outcome, result.Problems = Unconfirmed, v.doubts
		return result, nil
	}
	reading := &Reading{
		ID: uuid.Must(uuid.NewV7()), DeviceID: device, TakenAt: at, Counters: c.Counters, Source: sourceOf(actor),
		EnteredBy: actor.PersonID, EnteredAt: tx.Now(), Reason: c.Reason,
	}
	// The old one makes room first: there is one valid reading at a time.
	if _, err := tx.ExecContext(ctx, `UPDATE meter_readings SET superseded_by = ? WHERE id = ?`, reading.ID, old.ID); err != nil {
		return Result{}, fmt.Errorf("readings: superseding: %w", err)
	}
	if err := book(ctx, tx, actor, []*Reading{reading}); err != nil {
		return Result{}, err
	}
	if err := audit.Write(ctx, tx, actor, "reading.correct", "reading", old.ID, old, reading); err != nil {
		return Result{}, err
	}
	result.Outcome, result.Reading, result.Problems = Kept, reading, v.doubts
	return result, nil
}

func sourceOf(actor identity.Actor) Source {
	if actor.Is(identity.RoleCustomer) {
		return FromCustomer
	}
	return FromStaff
}

func deviceOf(ctx context.Context, tx postgres.Tx, reading uuid.UUID) (device uuid.UUID, err error) {
	err = tx.NewSelect().TableExpr("meter_readings").Column("device_id").Where("id = ?", reading).Scan(ctx, &device)
	if errors.Is(err, sql.ErrNoRows) {
		return device, errReadingNotFound
	}
	if err != nil {
		return device, fmt.Errorf("readings: finding a reading: %w", err)
	}
	return device, nil
}
