package readings

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Scope says which devices: all that the customer follows, of a site, or one.
type Scope struct {
	// DeviceID and SiteID are uuid.Nil for all.
	DeviceID, SiteID uuid.UUID
	// First is the first month; the zero Month means so that the present one is the last.
	First Month
	// Months is 1 to 36; 0 means 12.
	Months int
}

// Usage is what was printed.
type Usage struct {
	// Months are all months asked for, the oldest first.
	Months []MonthUsage
	// Counters are those of any of the devices, in the order in which people are asked.
	Counters []string
	// Until is when the newest reading was taken; the zero time without one.
	Until time.Time
	// Devices counts them, Unknown those with fewer than two readings.
	Devices, Unknown int
}

// MonthUsage is what several devices printed in a month.
type MonthUsage struct {
	Month     Month
	Of        Counters
	Estimated bool
	// Whole counts the devices of which the whole month is known, Part those of which part of it is.
	Whole, Part int
}

// DeviceUsage is what one device printed.
type DeviceUsage struct {
	SerialNumber, FriendlyName, Model, Site string
	Counters                                []string
	Months                                  []Pages
	// Until is when its last reading was taken; the zero time without one.
	Until time.Time

	readings int
}

const (
	defaultMonths = 12
	maxMonths     = 36
	// maxUsageRows bounds what one answer reckons, in devices times months.
	maxUsageRows = 200_000
)

// Usage gives pages a month, summed over the devices of the scope. NotFound "device_not_found", "site_not_found" (where the
// customer follows nothing at the site); Invalid "months_out_of_range", "usage_too_large"; Forbidden "customers_only".
func (s *Service) Usage(ctx context.Context, actor identity.Actor, scope Scope) (Usage, error) {
	devices, err := s.UsageByDevice(ctx, actor, scope)
	if err != nil {
		return Usage{}, err
	}
	first, n, _ := scope.months(s.db.Now()) // checked already
	sum := Usage{Devices: len(devices), Months: make([]MonthUsage, n)}
	for i := range sum.Months {
		sum.Months[i] = MonthUsage{Month: first.Add(i), Of: Counters{}}
	}
	seen := Counters{}
	for _, d := range devices {
		sum.Until = later(sum.Until, d.Until)
		if d.readings < 2 {
			sum.Unknown++
		}
		for _, counter := range d.Counters {
			seen[counter] = 0
		}
		for i, p := range d.Months {
			m := &sum.Months[i]
			for counter, pages := range p.Of {
				m.Of[counter] += pages
			}
			m.Estimated = m.Estimated || p.Estimated
			if p.Whole {
				m.Whole++
			} else if p.Known {
				m.Part++
			}
		}
	}
	sum.Counters = seen.Names()
	return sum, nil
}

func (scope Scope) months(now time.Time) (first Month, n int, err error) {
	switch n = scope.Months; {
	case n == 0:
		n = defaultMonths
	case n < 0 || n > maxMonths:
		return first, 0, fault.NewInvalid("months", "months_out_of_range", "Ask for 1 to 36 months; 0 means 12.")
	}
	if first = scope.First; first == (Month{}) {
		first = MonthAt(now, time.UTC).Add(1 - n)
	}
	return first, n, nil
}

// UsageByDevice is Usage for each device by itself, by friendly name and serial number.
func (s *Service) UsageByDevice(ctx context.Context, actor identity.Actor, scope Scope) (all []DeviceUsage, err error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return nil, err
	}
	first, n, err := scope.months(s.db.Now())
	if err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) (err error) {
		all, err = usage(ctx, tx, actor, scope, first, n)
		return err
	}, postgres.ReadOnly())
	return all, err
}

func usage(ctx context.Context, tx postgres.Tx, actor identity.Actor, scope Scope, first Month, n int) ([]DeviceUsage, error) {
	var devices []struct {
		ID           uuid.UUID `bun:"id,type:uuid"`
		SerialNumber string    `bun:"serial_number"`
		FriendlyName string    `bun:"friendly_name"`
		Model        string    `bun:"model"`
		Site         string    `bun:"site"`
		TimeZone     string    `bun:"time_zone"`
		Counters     []string  `bun:"counters,array"`
	}
	q := tx.NewSelect().TableExpr("devices AS device").
		Join("JOIN models AS model ON model.id = device.model_id").Join("JOIN sites AS site ON site.id = device.site_id").
		ColumnExpr("device.id, device.serial_number, device.friendly_name, model.name AS model, model.counters").
		ColumnExpr("site.name AS site, site.time_zone").
		Where("device.account_id = ?", actor.AccountID).Apply(portal.FollowedBy(actor.PersonID)).
		OrderExpr("device.friendly_name, device.serial_number").Limit(int64(maxUsageRows/n) + 1)
	if scope.DeviceID != uuid.Nil {
		q = q.Where("device.id = ?", scope.DeviceID)
	}
	if scope.SiteID != uuid.Nil {
		q = q.Where("device.site_id = ?", scope.SiteID)
	}
	if err := q.Scan(ctx, &devices); err != nil {
		return nil, fmt.Errorf("readings: finding devices: %w", err)
	}
	switch {
	case len(devices) == 0 && scope.DeviceID != uuid.Nil:
		return nil, errDeviceNotFound
	case len(devices) == 0 && scope.SiteID != uuid.Nil:
		return nil, fault.NewNotFound("site_not_found", "There is no such site, or you follow no device there.")
	case len(devices) > maxUsageRows/n:
		return nil, fault.NewInvalid("scope", "usage_too_large", "These are too many devices and months at once. Ask for one site, or for fewer months.")
	}
	ids := make([]uuid.UUID, len(devices))
	for i := range devices {
		ids[i] = devices[i].ID
	}
	// A day more on either side covers every time zone; the neighbours beyond are what is interpolated from.
	history, err := around(ctx, tx, ids, first.Start(time.UTC).AddDate(0, 0, -1), first.Add(n).Start(time.UTC).AddDate(0, 0, 1))
	if err != nil {
		return nil, err
	}
	all := make([]DeviceUsage, len(devices))
	for i, d := range devices {
		place, err := time.LoadLocation(d.TimeZone)
		if err != nil {
			place = time.UTC // a zone the server does not know moves the turn of the month by hours only
		}
		h := history[d.ID]
		all[i] = DeviceUsage{
			SerialNumber: d.SerialNumber, FriendlyName: d.FriendlyName, Model: d.Model, Site: d.Site, Counters: d.Counters,
			Months: monthly(h.around, d.Counters, place, first, n), Until: h.until, readings: h.count,
		}
	}
	return all, nil
}

// known is what a device's readings tell of a span of time.
type known struct {
	// around are the valid readings in it and the nearest on either side, the oldest first.
	around []taken
	// until is when the last of all was taken, count how many there are.
	until time.Time
	count int
}

// valid keeps the readings m of a device d that count, of the time since it is its present company's.
const valid = "m.superseded_by IS NULL AND (d.account_since IS NULL OR m.entered_at > d.account_since)"

func around(ctx context.Context, tx postgres.Tx, devices []uuid.UUID, from, to time.Time) (map[uuid.UUID]*known, error) {
	found := make(map[uuid.UUID]*known, len(devices))
	for chunk := range slices.Chunk(devices, 5000) {
		rows, err := tx.PgxTx().Query(ctx, `SELECT d.id::text, r.taken_at, r.counters::text, last.taken_at, last.n
			FROM unnest($1::text[]::uuid[]) AS wanted (id) JOIN devices AS d ON d.id = wanted.id
			CROSS JOIN LATERAL (SELECT max(taken_at) AS taken_at, count(*)::int AS n FROM meter_readings AS m
				WHERE m.device_id = d.id AND `+valid+`) AS last
			CROSS JOIN LATERAL (SELECT taken_at, counters FROM meter_readings m
				WHERE m.device_id = d.id AND `+valid+`
				AND m.taken_at >= coalesce((SELECT max(taken_at) FROM meter_readings AS m WHERE m.device_id = d.id AND `+valid+` AND m.taken_at <= $2), $2)
				AND m.taken_at <= coalesce((SELECT min(taken_at) FROM meter_readings AS m WHERE m.device_id = d.id AND `+valid+` AND m.taken_at >= $3), $3)
			) AS r
			WHERE last.n > 0 ORDER BY d.id, r.taken_at`, texts(chunk), from, to)
		if err != nil {
			return nil, fmt.Errorf("readings: reading usage: %w", err)
		}
		for rows.Next() {
			var id, counters string
			var t taken
			var k known
			if err := rows.Scan(&id, &t.at, &counters, &k.until, &k.count); err != nil {
				rows.Close()
				return nil, fmt.Errorf("readings: reading usage: %w", err)
			}
			device, err := uuid.Parse(id)
			if err == nil {
				err = json.Unmarshal([]byte(counters), &t.counters)
			}
			if err != nil {
				rows.Close()
				return nil, fmt.Errorf("readings: reading usage: %w", err)
			}
			if found[device] == nil {
				found[device] = &k
			}
			found[device].around = append(found[device].around, t)
		}
		if err := rows.Err(); err != nil {
			return nil, fmt.Errorf("readings: reading usage: %w", err)
		}
	}
	for _, id := range devices {
		if found[id] == nil {
			found[id] = &known{}
		}
	}
	return found, nil
}
