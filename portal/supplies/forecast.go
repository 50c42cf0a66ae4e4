package supplies

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
	"utsendt/portal/supplies/forecast"
	"utsendt/portal/workdays"
)

// TonerForecast is when the toner of one colour of one device runs out.
type TonerForecast struct {
	// Forecast's OrderNow is true only when an order is possible: it may run out before one placed now would be there, none
	// is on its way, and the contract includes toner.
	forecast.Forecast

	Device portal.Device
	Colour Colour
	// Supply is what to order: what was delivered last, where that still fits.
	Supply Supply
	// Open is an order for the colour that is not delivered yet; nil without one.
	Open *OpenOrder
}

// FleetPage is one page of the forecasts of many devices, the soonest first.
type FleetPage struct {
	Forecasts []TonerForecast
	Next      string
}

// Forecast tells when each toner of a device that the customer follows runs out, the soonest first. NotFound
// "device_not_found" for any other.
func (s *Service) Forecast(ctx context.Context, actor identity.Actor, deviceID uuid.UUID) (found []TonerForecast, err error) {
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		d, err := portal.DeviceOfPerson(ctx, tx, actor, deviceID)
		if err != nil {
			return err
		}
		found, err = s.forecast(ctx, tx, []portal.DeviceDetail{d})
		return err
	}, postgres.ReadOnly(), postgres.Isolation(sql.LevelRepeatableRead))
	return found, err
}

// ForecastFleet tells it of all devices that the customer follows: what is overdue, then what is expected, by date, then
// what is far away, and at last what is not known.
func (s *Service) ForecastFleet(ctx context.Context, actor identity.Actor, page Page) (out FleetPage, err error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return FleetPage{}, err
	}
	size, err := portal.PageSize(page.Size)
	if err != nil {
		return FleetPage{}, err
	}
	var after soonest
	if page.Token != "" {
		if err := portal.ReadPageToken(page.Token, &after); err != nil {
			return FleetPage{}, err
		}
	}
	var all []TonerForecast
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		all, err = s.ForecastFollowed(ctx, tx, actor, nil)
		return err
	}, postgres.ReadOnly(), postgres.Isolation(sql.LevelRepeatableRead))
	if err != nil {
		return FleetPage{}, err
	}
	if page.Token != "" {
		i, here := slices.BinarySearchFunc(all, after, func(f TonerForecast, key soonest) int { return soonestOf(f).compare(key) })
		if here {
			i++
		}
		all = all[i:]
	}
	out.Forecasts = all
	if len(all) > size {
		out.Forecasts = all[:size]
		out.Next, err = portal.PageToken(soonestOf(all[size-1]))
	}
	return out, err
}

// ForecastFollowed is the forecasts of these devices, or of all when none are named, in the caller's transaction; of those
// that the customer does not follow there is nothing. The soonest first.
func (s *Service) ForecastFollowed(ctx context.Context, tx postgres.Tx, actor identity.Actor, ids []uuid.UUID) ([]TonerForecast, error) {
	var devices []portal.DeviceDetail
	query := tx.NewSelect().Model(&devices).Relation("Account").Relation("Site").Relation("Contract").
		Where("device.account_id = ?", actor.AccountID).Apply(portal.FollowedBy(actor.PersonID))
	if len(ids) > 0 {
		query = query.Where("device.id IN (?)", bun.List(ids))
	}
	if err := query.Scan(ctx); err != nil {
		return nil, fmt.Errorf("supplies: reading the devices of a fleet: %w", err)
	}
	return s.forecast(ctx, tx, devices)
}

// soonest is the order of forecasts.
type soonest struct {
	Rank   int       `json:"r"`
	At     time.Time `json:"t"`
	Serial string    `json:"s"`
	Colour Colour    `json:"c"`
}

var statusRank = map[forecast.Status]int{forecast.Overdue: 0, forecast.Expected: 1, forecast.Distant: 2, forecast.Unknown: 3}

func soonestOf(f TonerForecast) soonest {
	return soonest{statusRank[f.Status], f.RunsOut, f.Device.SerialNumber, f.Colour}
}

func (a soonest) compare(b soonest) int {
	return cmp.Or(cmp.Compare(a.Rank, b.Rank), a.At.Compare(b.At), cmp.Compare(a.Serial, b.Serial), cmp.Compare(a.Colour, b.Colour))
}

// history is how far back readings and deliveries are looked at.
const history = 3 * 366 * 24 * time.Hour

// forecast makes the forecasts of devices, which are all of one account, in five queries however many there are.
func (s *Service) forecast(ctx context.Context, tx postgres.Tx, devices []portal.DeviceDetail) ([]TonerForecast, error) {
	if len(devices) == 0 {
		return nil, nil
	}
	known, err := readLife(ctx, tx, devices, false)
	if err != nil {
		return nil, err
	}
	var all []TonerForecast
	for _, d := range devices {
		contract := contractInForce(d, tx.Now())
		included := contract != nil && slices.Contains(known.tonerContracts, contract.ID)
		arrival := workdays.AddWorkdays(d.Site.Country, d.Site.TimeZone, tx.Now(), s.leadDays)
		for _, colour := range []Colour{Black, Cyan, Magenta, Yellow} {
			choice := known.toners[slot{d.ModelID, colour}]
			if len(choice) == 0 {
				continue
			}
			in := forecast.Input{Now: tx.Now(), Arrival: arrival, Colour: string(colour), Readings: known.readings[d.ID]}
			f := TonerForecast{Device: d.Device, Colour: colour, Supply: choice[0]}
			for _, o := range known.orders[slot{d.ID, colour}] {
				if o.DeliveredAt == nil {
					f.Open = &o.OpenOrder
					continue
				}
				in.Deliveries = append(in.Deliveries, forecast.Delivery{At: *o.DeliveredAt, Quantity: o.Quantity, Yield: o.Yield})
				if i := slices.IndexFunc(choice, func(c Supply) bool { return c.ID == o.SupplyID }); i >= 0 {
					f.Supply = choice[i] // in the order of delivery: the last one stays
				}
			}
			f.Forecast = forecast.Of(in)
			if f.Open != nil {
				f.Say(forecast.StepOnOrder, "number", f.Open.Number, "quantity", fmt.Sprint(f.Open.Quantity))
			}
			f.OrderNow = f.OrderNow && f.Open == nil && included
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(a, b TonerForecast) int { return soonestOf(a).compare(soonestOf(b)) })
	return all, nil
}

// slot is where a toner of a colour goes: in a model or in a device.
type slot struct {
	in     uuid.UUID
	colour Colour
}

// life is what is known of devices, for forecasts.
type life struct {
	// toners that fit each model, by number.
	toners map[slot][]Supply
	// orders of toners for each device, open ones too, by the time they were placed or delivered.
	orders   map[slot][]tonerOrder
	readings map[uuid.UUID][]forecast.Reading
	// tonerContracts are the contracts that include toner.
	tonerContracts []uuid.UUID
}

type tonerOrder struct {
	OpenOrder   `bun:",extend"`
	DeviceID    uuid.UUID  `bun:"device_id,type:uuid"`
	DeliveredAt *time.Time `bun:"delivered_at"`
	Colour      Colour     `bun:"colour"`
	Yield       int        `bun:"yield"`
}

// readLife reads it. weekly takes of readings that are closer to one another than a week only the last of each week.
func readLife(ctx context.Context, tx postgres.Tx, devices []portal.DeviceDetail, weekly bool) (life, error) {
	k := life{toners: map[slot][]Supply{}, orders: map[slot][]tonerOrder{}, readings: map[uuid.UUID][]forecast.Reading{}}
	var ids, models, contracts []uuid.UUID
	for _, d := range devices {
		ids, models = append(ids, d.ID), append(models, d.ModelID)
		if d.ContractID != nil {
			contracts = append(contracts, *d.ContractID)
		}
	}
	since := tx.Now().Add(-history)

	var toners []struct {
		Supply  `bun:",extend"`
		ModelID uuid.UUID `bun:"model_id,type:uuid"`
	}
	if err := tx.NewSelect().TableExpr("supplies AS supply").ColumnExpr("supply.*, fit.model_id").
		Join("JOIN supply_models AS fit ON fit.supply_id = supply.id").Where("fit.model_id IN (?)", bun.List(models)).
		Where("supply.kind = ? AND supply.colour <> '' AND NOT supply.retired", Toner).
		OrderExpr("supply.number").Scan(ctx, &toners); err != nil {
		return k, fmt.Errorf("supplies: reading toners: %w", err)
	}
	for _, t := range toners {
		at := slot{t.ModelID, t.Colour}
		k.toners[at] = append(k.toners[at], t.Supply)
	}

	var orders []tonerOrder
	if err := tx.NewSelect().TableExpr("supply_orders AS o").Join("JOIN supply_order_lines AS line ON line.order_id = o.id").
		Join("JOIN supplies AS supply ON supply.id = line.supply_id").
		ColumnExpr("o.id AS order_id, o.number, o.state, o.placed_at, line.supply_id, line.quantity").
		ColumnExpr("o.device_id, o.delivered_at, supply.colour, coalesce(supply.yield, 0) AS yield").
		Where("o.account_id = ? AND o.device_id IN (?)", devices[0].AccountID, bun.List(ids)).
		Where("supply.kind = ? AND o.state <> ?", Toner, Cancelled).
		Where("o.delivered_at IS NULL OR o.delivered_at > ?", since).
		OrderExpr("coalesce(o.delivered_at, o.placed_at), o.id, line.line").Scan(ctx, &orders); err != nil {
		return k, fmt.Errorf("supplies: reading orders of toner: %w", err)
	}
	for _, o := range orders {
		at := slot{o.DeviceID, o.Colour}
		k.orders[at] = append(k.orders[at], o)
	}

	if weekly && len(orders) == 0 {
		return k, nil // without any delivery nothing was ever known
	}
	var readings []struct {
		DeviceID uuid.UUID        `bun:"device_id,type:uuid"`
		TakenAt  time.Time        `bun:"taken_at"`
		Counters map[string]int64 `bun:"counters,type:jsonb"`
	}
	// As the orders: of the company that has the device now, and of nobody before it.
	found := tx.NewSelect().TableExpr("meter_readings AS m").Join("JOIN devices AS d ON d.id = m.device_id").
		Where("m.device_id IN (?) AND m.superseded_by IS NULL AND m.taken_at > ?", bun.List(ids), since).
		Where("(d.account_since IS NULL OR m.entered_at > d.account_since)")
	if weekly {
		found = found.DistinctOn("m.device_id, date_bin('7 days', m.taken_at, 'epoch')").OrderExpr("m.device_id, date_bin('7 days', m.taken_at, 'epoch'), m.taken_at DESC")
	} else {
		found = found.OrderExpr("m.device_id, m.taken_at")
	}
	if err := found.ColumnExpr("m.device_id, m.taken_at, m.counters").Scan(ctx, &readings); err != nil {
		return k, fmt.Errorf("supplies: reading meter readings: %w", err)
	}
	for _, r := range readings {
		k.readings[r.DeviceID] = append(k.readings[r.DeviceID], forecast.Reading{At: r.TakenAt, Counters: r.Counters})
	}
	if len(contracts) == 0 || weekly { // what was said before orders nothing
		return k, nil
	}
	if err := tx.NewSelect().TableExpr("contracts").Column("id").Where("id IN (?) AND ? = ANY (supply_kinds)", bun.List(contracts), Toner).
		Scan(ctx, &k.tonerContracts); err != nil {
		return k, fmt.Errorf("supplies: reading contracts: %w", err)
	}
	return k, nil
}
