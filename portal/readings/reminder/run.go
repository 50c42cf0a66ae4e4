package reminder

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/notify"
	"utsendt/internal/postgres"
	"utsendt/portal/readings"
)

// How many people are taken in one transaction: it begins with some and follows how long the transactions take.
const (
	firstLot, leastLot, mostLot = 50, 5, 500
	// swift and slow bound how long a transaction should take.
	swift, slow = 15 * time.Millisecond, 40 * time.Millisecond
)

// Made says what a run did.
type Made struct {
	// People were reminded, of Devices in all, in Lots transactions of which the longest took Longest.
	People, Devices, Lots int
	Longest               time.Duration
}

// Run makes all reminders that are to be made now and were not yet. An error in one place does not keep the others from
// theirs; what failed is tried again at the next run.
func (s *Service) Run(ctx context.Context) (made Made, err error) {
	var places []place
	if err := s.DB.NewSelect().TableExpr("sites").ColumnExpr("DISTINCT country, time_zone").OrderExpr("country, time_zone").
		Scan(ctx, &places); err != nil {
		return made, fmt.Errorf("reminder: reading places: %w", err)
	}
	for _, p := range places {
		which, turned := p.now(s.DB.Now())
		if which != "" {
			err = errors.Join(err, s.remind(ctx, p, which, turned, &made))
		}
	}
	return made, err
}

// missing asks for the registrations in a place whose reading is missing and whose person was not reminded of it.
func (s *Service) missing(p place, which kind, turned []readings.Turn) *bun.SelectQuery {
	return s.DB.NewSelect().TableExpr("registrations AS r").
		Join("JOIN people AS person ON person.id = r.person_id AND person.disabled_at IS NULL").
		Join("JOIN devices AS device ON device.id = r.device_id AND device.account_id = person.account_id AND device.retired_at IS NULL").
		Join("JOIN sites AS site ON site.id = device.site_id AND site.country = ? AND site.time_zone = ?", p.Country, p.TimeZone).
		Join("JOIN contracts AS contract ON contract.id = device.contract_id").
		Apply(readings.JoinDue(turned)).
		Where("r.state = 'active' AND r.reminders AND due.period IS NOT NULL").
		Where(`NOT EXISTS (SELECT FROM reading_reminders AS made WHERE made.person_id = r.person_id AND made.period = due.period
			AND made.kind = ? AND made.country = ? AND made.time_zone = ?)`, string(which), p.Country, p.TimeZone)
}

// remind finds whom to remind, and takes some at a time. It holds no lock while it looks.
func (s *Service) remind(ctx context.Context, p place, which kind, turned []readings.Turn, made *Made) error {
	var people []uuid.UUID
	if err := s.missing(p, which, turned).ColumnExpr("DISTINCT r.person_id").OrderExpr("r.person_id").Scan(ctx, &people); err != nil {
		return fmt.Errorf("reminder: finding people: %w", err)
	}
	period := turned[0].Period
	for lot := firstLot; len(people) > 0; {
		n := min(lot, len(people))
		letters, err := s.letters(ctx, p, which, turned, people[:n])
		if err != nil {
			return err
		}
		took, err := s.send(ctx, p, which, period, letters, made)
		if err != nil {
			return err
		}
		people = people[n:]
		switch {
		case took > slow:
			lot = max(leastLot, lot/2)
		case took < swift:
			lot = min(mostLot, lot+lot/4+1)
		}
	}
	return nil
}

// send claims the reminders of a lot and queues their messages, in one short transaction. Whoever was claimed meanwhile by
// another server is left out.
func (s *Service) send(ctx context.Context, p place, which kind, period readings.Month, letters []letter, made *Made) (time.Duration, error) {
	if len(letters) == 0 {
		return 0, nil
	}
	var people []string
	var devices []int32
	for _, l := range letters {
		people, devices = append(people, l.person.String()), append(devices, int32(len(l.devices)))
	}
	var begin time.Time
	var claimed, count int
	err := postgres.InTx(ctx, s.DB, func(ctx context.Context, tx postgres.Tx) error {
		begin, claimed, count = time.Now(), 0, 0
		rows, err := tx.PgxTx().Query(ctx, `INSERT INTO reading_reminders (person_id, period, kind, country, time_zone, devices, made_at)
			SELECT person::uuid, $3, $4, $5, $6, devices, $7 FROM unnest($1::text[], $2::int[]) AS l (person, devices) ORDER BY person
			ON CONFLICT DO NOTHING RETURNING person_id::text`, people, devices, period.String(), string(which), p.Country, p.TimeZone, tx.Now())
		if err != nil {
			return fmt.Errorf("reminder: claiming: %w", err)
		}
		mine := map[string]bool{}
		for rows.Next() {
			var person string
			if err := rows.Scan(&person); err != nil {
				rows.Close()
				return fmt.Errorf("reminder: claiming: %w", err)
			}
			mine[person] = true
		}
		if err := rows.Err(); err != nil {
			return fmt.Errorf("reminder: claiming: %w", err)
		}
		var messages []notify.Message
		for _, l := range letters {
			if mine[l.person.String()] {
				messages = append(messages, l.messages...)
				claimed++
				count += len(l.devices)
			}
		}
		return s.Notifier.Notify(ctx, tx, messages...)
	})
	took := time.Since(begin)
	if err == nil {
		made.People, made.Devices, made.Lots, made.Longest = made.People+claimed, made.Devices+count, made.Lots+1, max(made.Longest, took)
	}
	return took, err
}

// Purge forgets reminders of more than two years ago.
func (s *Service) Purge(ctx context.Context) error {
	_, err := s.DB.ExecContext(ctx, `DELETE FROM reading_reminders WHERE made_at < ?`, s.DB.Now().AddDate(-2, 0, 0))
	return err
}
