package readings

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Ledger is the one way in for readings: it judges entries by what is known and by each other, and books the good ones.
type Ledger struct {
	// Actor hands them in.
	Actor identity.Actor
	// Source is how they came in.
	Source Source
	// Dry judges without locking or booking anything.
	Dry bool
	// Account is whose the devices must be, all of them; uuid.Nil for anybody's that the actor may enter for.
	Account uuid.UUID
	// OnlyReminded refuses devices for which the actor has no reminders on.
	OnlyReminded bool
}

// Enter judges entries, each device's from the oldest on, and books those that are plausible or confirmed. The results are in
// the order of the entries; an error is the database's and means that nothing was booked.
func (l Ledger) Enter(ctx context.Context, tx postgres.Tx, entries []Entry) ([]Result, error) {
	results := make([]Result, len(entries))
	devices := make([]uuid.UUID, 0, len(entries))
	for i := range entries {
		e := &entries[i]
		if e.TakenAt.IsZero() {
			e.TakenAt = tx.Now()
		}
		e.TakenAt = e.TakenAt.UTC().Truncate(time.Microsecond)
		results[i].DeviceID = e.DeviceID
		devices = append(devices, e.DeviceID)
	}
	slices.SortFunc(devices, func(a, b uuid.UUID) int { return cmp.Compare(a.String(), b.String()) })
	devices = slices.Compact(devices)
	meters, err := metersFor(ctx, tx, l.Actor, devices)
	if err != nil {
		return nil, err
	}
	for _, known := range meters {
		if err := portal.MeantFor(known.account, l.Account); err != nil {
			return nil, err
		}
	}
	// Only what the actor may touch is locked.
	devices = slices.DeleteFunc(devices, func(id uuid.UUID) bool { return meters[id] == nil })
	if !l.Dry {
		if err := lock(ctx, tx, devices); err != nil {
			return nil, err
		}
	}
	since := make(map[uuid.UUID]time.Time, len(devices))
	for _, e := range entries {
		if first, ok := since[e.DeviceID]; meters[e.DeviceID] != nil && (!ok || e.TakenAt.Before(first)) {
			since[e.DeviceID] = e.TakenAt
		}
	}
	if err := remember(ctx, tx, meters, since); err != nil {
		return nil, err
	}

	order := make([]int, len(entries))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return entries[a].TakenAt.Compare(entries[b].TakenAt) })
	var booked []*Reading
	for _, i := range order {
		reading := l.try(tx, meters[entries[i].DeviceID], entries[i], &results[i])
		if reading != nil {
			booked = append(booked, reading)
		}
	}
	if l.Dry {
		return results, nil
	}
	return results, book(ctx, tx, l.Actor, booked)
}

// try judges one entry, says so in its result, and gives the reading to book; nil when there is none.
func (l Ledger) try(tx postgres.Tx, m *meter, e Entry, result *Result) *Reading {
	switch {
	case m == nil:
		result.refuse(errDeviceNotFound)
		return nil
	case l.OnlyReminded && !m.reminders:
		result.refuse(fault.NewForbidden("reminders_off",
			"Readings of this device are not taken from files, because you have its reminders turned off."))
		return nil
	}
	reason := clean(e.Reason)
	v := judge(m.machine, m.history, e.TakenAt, tx.Now(), e.Counters)
	switch {
	case len(v.refusals) > 0:
		result.refuse(v.refusals...)
		return nil
	case v.same != nil:
		result.Outcome, result.Reading = Unchanged, v.same.reading
		return nil
	case len(v.doubts) > 0 && reason == "":
		result.Outcome, result.Problems = Unconfirmed, v.doubts
		return nil
	}
	if len(v.doubts) == 0 {
		reason = "" // there was nothing to confirm
	}
	reading := &Reading{
		ID: uuid.Must(uuid.NewV7()), DeviceID: m.id, TakenAt: e.TakenAt, Counters: e.Counters, Source: l.Source,
		EnteredBy: l.Actor.PersonID, EnteredAt: tx.Now(), Reason: reason,
	}
	result.Outcome, result.Reading, result.Problems = Kept, reading, v.doubts
	m.add(reading)
	return reading
}

// add puts a reading where it belongs in the history.
func (m *meter) add(r *Reading) {
	at, _ := slices.BinarySearchFunc(m.history, r.TakenAt, func(p point, t time.Time) int { return p.at.Compare(t) })
	m.history = slices.Insert(m.history, at, point{at: r.TakenAt, counters: r.Counters, reading: r})
}

func (r *Result) refuse(problems ...*fault.Error) { r.Outcome, r.Problems = Refused, problems }

// clean is one line of at most MaxReason letters that PostgreSQL can store.
func clean(reason string) string {
	reason = strings.Join(strings.Fields(strings.ReplaceAll(strings.ToValidUTF8(reason, "\uFFFD"), "\x00", " ")), " ")
	if letters := []rune(reason); len(letters) > MaxReason {
		reason = strings.TrimSpace(string(letters[:MaxReason]))
	}
	return reason
}

// book writes readings and their lines in the audit trail, in two statements however many there are.
func book(ctx context.Context, tx postgres.Tx, actor identity.Actor, all []*Reading) error {
	if len(all) == 0 {
		return nil
	}
	var ids, devices, counters, sources, by, reasons, visits []string
	var at []time.Time
	changes := make([]audit.Changed, 0, len(all))
	for _, r := range all {
		values, err := json.Marshal(r.Counters)
		if err != nil {
			return fmt.Errorf("readings: %w", err)
		}
		ids, devices, counters = append(ids, r.ID.String()), append(devices, r.DeviceID.String()), append(counters, string(values))
		sources, by, reasons = append(sources, string(r.Source)), append(by, orEmpty(r.EnteredBy)), append(reasons, r.Reason)
		visits, at = append(visits, orEmpty(r.VisitID)), append(at, r.TakenAt)
		changes = append(changes, audit.Changed{ObjectID: r.ID, After: r})
	}
	_, err := tx.PgxTx().Exec(ctx, `INSERT INTO meter_readings
			(id, device_id, taken_at, counters, source, entered_by, entered_at, reason, visit_id)
		SELECT id::uuid, device_id::uuid, taken_at, counters::jsonb, source, nullif(entered_by, '')::uuid, $9, reason, nullif(visit_id, '')::uuid
		FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
			AS r (id, device_id, taken_at, counters, source, entered_by, reason, visit_id)`,
		ids, devices, at, counters, sources, by, reasons, visits, tx.Now())
	if err != nil {
		return fmt.Errorf("readings: booking: %w", err)
	}
	return audit.WriteMany(ctx, tx, actor, "reading.enter", "reading", changes)
}

func orEmpty(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}
