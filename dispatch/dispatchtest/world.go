package dispatchtest

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"utsendt/dispatch"
	"utsendt/internal/identity"
	"utsendt/internal/live"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

// Oslo is where everything stands that says nothing else: longitude, latitude.
var Oslo = orb.Point{10.7522, 59.9139}

// World is a database with one customer company and one site, and a server on it.
type World struct {
	DB      *postgres.DB
	Clock   *Clock
	Bus     *live.Bus
	Told    *Recorder
	Service *dispatch.Service

	// Account is the company, Site its site and Model the model of its devices.
	Account, Site, Model uuid.UUID
	Dispatcher, Customer identity.Actor
}

// Option changes how a World's servers are made.
type Option func(*dispatch.Config)

// Streams sets how often streams send heartbeats and read without a signal.
func Streams(heartbeat, reread time.Duration) Option {
	return func(c *dispatch.Config) { c.Heartbeat, c.Reread = heartbeat, reread }
}

// New makes a World whose clock stands at Start. Its Service is not running: call Run where the roster must follow
// other servers.
func New(t testing.TB, options ...Option) *World {
	t.Helper()
	clock := NewClock(Start)
	return On(t, pgtest.Open(t, postgres.Config{Clock: clock.Now}), clock, options...)
}

// On makes a World on a migrated database whose clock is clock.
func On(t testing.TB, db *postgres.DB, clock *Clock, options ...Option) *World {
	t.Helper()
	w := &World{
		DB: db, Clock: clock, Told: new(Recorder),
		Account: uuid.New(), Site: uuid.New(), Model: uuid.New(),
	}
	w.Service, w.Bus = w.Server(t, options...)
	now := db.Now()
	exec(t, db, `INSERT INTO accounts (id, number, name, country, created_at, updated_at) VALUES (?, ?, 'Eksempel AS', 'NO', ?, ?)`,
		w.Account, "K-"+w.Account.String()[:8], now, now)
	exec(t, db, `INSERT INTO sites (id, account_id, number, name, line1, postal_code, city, country, latitude, longitude, quality,
		time_zone, created_at, updated_at)
		VALUES (?, ?, '1', 'Hovedkontor', 'Eksempelgata 1', '0155', 'Oslo', 'NO', ?, ?, 'rooftop', 'Europe/Oslo', ?, ?)`,
		w.Site, w.Account, Oslo.Lat(), Oslo.Lon(), now, now)
	exec(t, db, `INSERT INTO models (id, name) VALUES (?, ?)`, w.Model, "Modell "+w.Model.String()[:8])
	w.Dispatcher = w.person(t, identity.Actor{Role: identity.RoleDispatcher, FirstName: "Disponent", LastName: "Eksempel"})
	w.Customer = w.person(t, identity.Actor{Role: identity.RoleCustomer, AccountID: w.Account, FirstName: "Kunde", LastName: "Eksempel"})
	return w
}

// Server makes another server on the same database, with a bus of its own: its signals reach nobody else.
func (w *World) Server(t testing.TB, options ...Option) (*dispatch.Service, *live.Bus) {
	t.Helper()
	bus, err := live.Open(live.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bus.Close)
	return w.ServerOn(bus, options...), bus
}

// ServerOn makes another server on the same database and on a bus.
func (w *World) ServerOn(bus *live.Bus, options ...Option) *dispatch.Service {
	cfg := dispatch.Config{DB: w.DB, Bus: bus, Notifier: w.Told, Logger: slog.New(slog.DiscardHandler)}
	for _, option := range options {
		option(&cfg)
	}
	return dispatch.New(cfg)
}

// Run keeps a Service's roster up to date until the test ends, and returns once it knows everyone on duty.
func Run(t testing.TB, s *dispatch.Service) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() { done <- s.Run(ctx, func() { close(ready) }) }()
	select {
	case <-ready:
	case err := <-done:
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// person stores a person and gives them as an actor.
func (w *World) person(t testing.TB, a identity.Actor) identity.Actor {
	t.Helper()
	a.PersonID, a.Language = uuid.New(), "nb"
	now := w.DB.Now()
	exec(t, w.DB, `INSERT INTO people (id, user_id, role, account_id, technician_id, first_name, last_name, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, a.PersonID, a.PersonID.String(), string(a.Role), orNull(a.AccountID), orNull(a.TechnicianID),
		a.FirstName, a.LastName, now, now)
	return a
}

func orNull(id uuid.UUID) any {
	if id == uuid.Nil {
		return nil
	}
	return id
}

func exec(t testing.TB, db *postgres.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(context.Background(), query, args...); err != nil {
		t.Fatalf("dispatchtest: %v", err)
	}
}

var serial atomic.Int64

// Device stores a device of the World's company at its site.
func (w *World) Device(t testing.TB) dispatch.Device {
	t.Helper()
	d := dispatch.Device{ID: uuid.New(), SerialNumber: fmt.Sprintf("TEST%06d", serial.Add(1)), Model: "Modell X", FriendlyName: "Resepsjonen"}
	now := w.DB.Now()
	exec(t, w.DB, `INSERT INTO devices (id, serial_number, model_id, account_id, site_id, friendly_name, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, d.ID, d.SerialNumber, w.Model, w.Account, w.Site, d.FriendlyName, now, now)
	return d
}

// Request gives what a request is opened with: a paper jam on a new device in Oslo, to be changed by the caller.
func (w *World) Request(t testing.TB) dispatch.NewRequest {
	t.Helper()
	lat, lon := Oslo.Lat(), Oslo.Lon()
	return dispatch.NewRequest{
		AccountID: w.Account, AccountName: "Eksempel AS", Device: w.Device(t),
		Place: dispatch.Place{
			Line1: "Eksempelgata 1", PostalCode: "0155", City: "Oslo", Country: "NO",
			Latitude: &lat, Longitude: &lon, Quality: dispatch.Rooftop, TimeZone: "Europe/Oslo",
		},
		Contact:  dispatch.Contact{Name: "Kunde Eksempel", Phone: "+47 000 00 000"},
		Category: dispatch.PaperJam, Description: "Papiret sitter fast.",
	}
}

// Open opens a request of the World's customer. Each change is applied to what Request gives.
func (w *World) Open(t testing.TB, changes ...func(*dispatch.NewRequest)) *dispatch.Request {
	t.Helper()
	n := w.Request(t)
	for _, change := range changes {
		change(&n)
	}
	r, err := w.Service.Open(context.Background(), w.Customer, Op(), n, n)
	if err != nil {
		t.Fatalf("dispatchtest: opening a request: %v", err)
	}
	return r
}

// Place puts a new request's place at a point.
func Place(p orb.Point) func(*dispatch.NewRequest) {
	return func(n *dispatch.NewRequest) {
		lat, lon := p.Lat(), p.Lon()
		n.Place.Latitude, n.Place.Longitude, n.Place.Quality = &lat, &lon, dispatch.Rooftop
	}
}
