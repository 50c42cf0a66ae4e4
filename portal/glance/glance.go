package glance

import (
	"context"
	"database/sql"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
	"utsendt/portal/readings"
	"utsendt/portal/supplies"
	"utsendt/portal/supplies/forecast"
)

// Soon is how far ahead toner that runs out is worth a mark.
const Soon = 14 * 24 * time.Hour

// Service answers customers. It is safe for any number of goroutines.
type Service struct {
	db       *postgres.DB
	fleet    *portal.Service
	supplies *supplies.Service
}

// New makes a Service on a migrated database.
func New(db *postgres.DB, fleet *portal.Service, supplies *supplies.Service) *Service {
	return &Service{db: db, fleet: fleet, supplies: supplies}
}

// Glance is what needs somebody about one device.
type Glance struct {
	// LowToner is the toner that runs out first, where that is by the figures within Soon or past; nil otherwise.
	LowToner *LowToner
	// OrderNumber is the newest order of supplies that is under way; empty when none is.
	OrderNumber string
	// ReadingDue is the last month of the period whose reading is missing, as 2026-03; empty when none is.
	ReadingDue string
}

// LowToner is toner of one colour that runs out soon.
type LowToner struct {
	Colour supplies.Colour
	// RunsOut may lie in the past: by the figures it is empty.
	RunsOut time.Time
	// OnOrder: more of it is under way.
	OnOrder bool
}

// Page is a page of devices with what stands beside them, by device. A device about which there is nothing is not in Glances.
type Page struct {
	portal.DevicePage
	Glances map[uuid.UUID]Glance
}

// ListDevices gives the devices that the actor follows, with what needs somebody. Its errors are those of
// portal.Service.ListDevices.
func (s *Service) ListDevices(ctx context.Context, actor identity.Actor, q portal.DeviceQuery) (Page, error) {
	devices, err := s.fleet.ListDevices(ctx, actor, q)
	page := Page{DevicePage: devices}
	if err != nil || len(devices.Devices) == 0 {
		return page, err
	}
	ids := make([]uuid.UUID, len(devices.Devices))
	for i := range devices.Devices {
		ids[i] = devices.Devices[i].ID
	}
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		page.Glances, err = s.glances(ctx, tx, actor, ids)
		return err
	}, postgres.ReadOnly(), postgres.Isolation(sql.LevelRepeatableRead))
	return page, err
}

func (s *Service) glances(ctx context.Context, tx postgres.Tx, actor identity.Actor, ids []uuid.UUID) (map[uuid.UUID]Glance, error) {
	found := map[uuid.UUID]Glance{}
	change := func(id uuid.UUID, set func(*Glance)) {
		g := found[id]
		set(&g)
		found[id] = g
	}
	toners, err := s.supplies.ForecastFollowed(ctx, tx, actor, ids)
	if err != nil {
		return nil, err
	}
	for _, toner := range toners { // the soonest first
		if !runsOutSoon(toner, tx.Now()) || found[toner.Device.ID].LowToner != nil {
			continue
		}
		change(toner.Device.ID, func(g *Glance) {
			g.LowToner = &LowToner{Colour: toner.Colour, RunsOut: toner.RunsOut, OnOrder: toner.Open != nil}
		})
	}
	orders, err := supplies.UnderWay(ctx, tx, actor, ids)
	if err != nil {
		return nil, err
	}
	for id, number := range orders {
		change(id, func(g *Glance) { g.OrderNumber = number })
	}
	due, err := readings.DueOf(ctx, tx, actor, ids)
	if err != nil {
		return nil, err
	}
	for id, period := range due {
		change(id, func(g *Glance) { g.ReadingDue = period })
	}
	return found, nil
}

func runsOutSoon(toner supplies.TonerForecast, now time.Time) bool {
	return (toner.Status == forecast.Expected || toner.Status == forecast.Overdue) && !toner.RunsOut.After(now.Add(Soon))
}
