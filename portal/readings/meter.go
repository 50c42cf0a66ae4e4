package readings

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// meter is a device with what is known of its counters.
type meter struct {
	id, account uuid.UUID
	machine
	// reminders tells whether whoever asks has reminders on for it.
	reminders bool
	// history holds the valid readings around those that are judged, the oldest first.
	history []point
}

// metersFor gives the devices that the actor may read: for customers those they follow, for staff and the server all. Others
// are not in the answer.
func metersFor(ctx context.Context, tx postgres.Tx, actor identity.Actor, ids []uuid.UUID) (map[uuid.UUID]*meter, error) {
	found := make(map[uuid.UUID]*meter, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	var rows []struct {
		ID             uuid.UUID `bun:"id,type:uuid"`
		AccountID      uuid.UUID `bun:"account_id,type:uuid"`
		Counters       []string  `bun:"counters,array"`
		PagesPerMinute int       `bun:"pages_per_minute"`
		Reminders      bool      `bun:"reminders"`
	}
	q := tx.NewSelect().TableExpr("devices AS device").Join("JOIN models AS model ON model.id = device.model_id").
		ColumnExpr("device.id, device.account_id, model.counters, model.pages_per_minute").
		ColumnExpr(`EXISTS (SELECT FROM registrations r WHERE r.device_id = device.id AND r.person_id = ?
			AND r.state = 'active' AND r.reminders) AS reminders`, actor.PersonID).
		Where("device.id IN (?)", bun.List(ids))
	switch {
	case actor.Is(identity.RoleCustomer):
		q = q.Apply(portal.FollowedBy(actor.PersonID)).Where("device.account_id = ?", actor.AccountID)
	case !actor.Is(identity.RoleDispatcher, identity.RoleAdmin, identity.RoleSystem):
		return found, nil
	}
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("readings: reading devices: %w", err)
	}
	for _, row := range rows {
		found[row.ID] = &meter{
			id: row.ID, account: row.AccountID, reminders: row.Reminders,
			machine: machine{counters: row.Counters, pagesPerMinute: row.PagesPerMinute},
		}
	}
	return found, nil
}

// lock takes the devices' rows in the order of their ids, so that whoever enters readings of them at the same time waits.
func lock(ctx context.Context, tx postgres.Tx, ids []uuid.UUID) error {
	_, err := tx.PgxTx().Exec(ctx, `SELECT FROM devices WHERE id = ANY ($1::text[]::uuid[]) ORDER BY id FOR NO KEY UPDATE`, texts(ids))
	if err != nil {
		return fmt.Errorf("readings: locking devices: %w", err)
	}
	return nil
}

// remember reads the valid readings that those from the given times on are judged by: back to the one before the span in
// which the usual rate is looked for.
func remember(ctx context.Context, tx postgres.Tx, meters map[uuid.UUID]*meter, since map[uuid.UUID]time.Time) error {
	ids := make([]uuid.UUID, 0, len(since))
	for id := range since {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return cmp.Compare(a.String(), b.String()) })
	from := make([]time.Time, len(ids))
	for i, id := range ids {
		from[i] = since[id].Add(-usualBack)
	}
	rows, err := tx.PgxTx().Query(ctx, `SELECT r.id::text, r.device_id::text, r.taken_at, r.counters::text, r.source,
			coalesce(r.entered_by::text, ''), r.entered_at, r.reason, coalesce(r.visit_id::text, '')
		FROM unnest($1::text[]::uuid[], $2::timestamptz[]) AS wanted (device_id, since)
		CROSS JOIN LATERAL (SELECT * FROM meter_readings m
			WHERE m.device_id = wanted.device_id AND m.superseded_by IS NULL
				AND m.taken_at >= coalesce((SELECT max(b.taken_at) FROM meter_readings b WHERE b.device_id = wanted.device_id
					AND b.superseded_by IS NULL AND b.taken_at <= wanted.since), wanted.since)) AS r
		ORDER BY r.device_id, r.taken_at`, texts(ids), from)
	if err != nil {
		return fmt.Errorf("readings: reading what is known: %w", err)
	}
	all, err := pgx.CollectRows(rows, scanReading)
	if err != nil {
		return fmt.Errorf("readings: reading what is known: %w", err)
	}
	for i := range all {
		r := &all[i]
		if m := meters[r.DeviceID]; m != nil {
			m.history = append(m.history, point{at: r.TakenAt, counters: r.Counters, reading: r})
		}
	}
	return nil
}

func scanReading(row pgx.CollectableRow) (r Reading, err error) {
	var id, device, counters, by, visit string
	if err = row.Scan(&id, &device, &r.TakenAt, &counters, &r.Source, &by, &r.EnteredAt, &r.Reason, &visit); err != nil {
		return r, err
	}
	r.TakenAt, r.EnteredAt = r.TakenAt.UTC(), r.EnteredAt.UTC()
	for _, part := range []struct {
		text string
		into *uuid.UUID
	}{{id, &r.ID}, {device, &r.DeviceID}, {by, &r.EnteredBy}, {visit, &r.VisitID}} {
		if part.text == "" {
			continue
		}
		if *part.into, err = uuid.Parse(part.text); err != nil {
			return r, err
		}
	}
	return r, json.Unmarshal([]byte(counters), &r.Counters)
}

func texts(ids []uuid.UUID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id.String()
	}
	return out
}
