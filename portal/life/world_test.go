package life_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/identity"
	"utsendt/portal/addresschange"
	"utsendt/portal/life"
	"utsendt/portal/readings"
	"utsendt/portal/registration"
	"utsendt/portal/supplies"
)

// world is a company with a device under contract, and everything that can happen to it.
type world struct {
	*dispatchtest.World
	lives         *life.Service
	supplies      *supplies.Service
	meters        *readings.Service
	registrations *registration.Service
	addresses     *addresschange.Service
	device        dispatch.Device
	black         uuid.UUID
	technician    dispatchtest.Technician
	colleague     identity.Actor
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{World: dispatchtest.New(t)}
	carriers, err := supplies.ParseCarriers("Eksempelpost=https://track.example.com/{number}")
	if err != nil {
		t.Fatal(err)
	}
	w.supplies = supplies.New(supplies.Config{DB: w.DB, Notifier: w.Told, Carriers: carriers})
	w.lives = life.New(w.DB, w.supplies)
	w.meters = readings.New(w.DB)
	w.registrations, w.addresses = registration.New(w.DB, w.Told), addresschange.New(w.DB, w.Told)
	w.device = w.Device(t)
	contract := uuid.New()
	w.exec(t, `INSERT INTO contracts (id, account_id, number, starts_on, supply_kinds, created_at, updated_at)
		VALUES (?, ?, ?, '2020-01-01', '{toner}', now(), now())`, contract, w.Account, "AV-"+contract.String()[:8])
	w.exec(t, `UPDATE devices SET contract_id = ?, created_at = ? WHERE id = ?`, contract, w.Clock.Now().AddDate(-2, 0, 0), w.device.ID)
	w.black = uuid.New()
	w.exec(t, `INSERT INTO supplies (id, number, name_nb, name_en, kind, colour, yield) VALUES (?, ?, 'Svart toner', 'Black toner', 'toner', 'black', 10000)`,
		w.black, "DEMO-"+w.black.String()[:8])
	w.exec(t, `INSERT INTO supply_models VALUES (?, ?)`, w.black, w.Model)
	w.technician = w.Technician(t)
	w.colleague = w.customer(t, w.Account)
	return w
}

func (w *world) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := w.DB.ExecContext(context.Background(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func (w *world) customer(t testing.TB, account uuid.UUID) identity.Actor {
	t.Helper()
	a := identity.Actor{PersonID: uuid.New(), Role: identity.RoleCustomer, AccountID: account, FirstName: "Kollega", LastName: "Eksempel", Language: "en"}
	w.exec(t, `INSERT INTO people (id, user_id, role, account_id, first_name, last_name, language, created_at, updated_at)
		VALUES (?, ?, 'customer', ?, 'Kollega', 'Eksempel', 'en', now(), now())`, a.PersonID, a.PersonID.String(), account)
	return a
}

func (w *world) register(t testing.TB, who identity.Actor) {
	t.Helper()
	w.Clock.Forward(time.Minute)
	if _, err := w.registrations.Register(t.Context(), who, uuid.New(), registration.Wish{SerialNumber: w.device.SerialNumber, PostalCode: "0155"}); err != nil {
		t.Fatal(err)
	}
}

func (w *world) read(t testing.TB, black int64, reason string) {
	t.Helper()
	results, err := w.meters.Submit(t.Context(), w.Customer, uuid.New(), []readings.Entry{{DeviceID: w.device.ID, Counters: readings.Counters{"black": black}, Reason: reason}})
	if err != nil || results[0].Outcome != readings.Kept {
		t.Fatal(results, err)
	}
}

func (w *world) place(t testing.TB) supplies.Order {
	t.Helper()
	w.Clock.Forward(time.Minute)
	a, err := w.supplies.Place(t.Context(), w.Customer, uuid.New(), supplies.Wish{DeviceID: w.device.ID, Lines: []supplies.Want{{SupplyID: w.black, Quantity: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	return a.Order
}

// deliver brings an order from placed to the customer.
func (w *world) deliver(t testing.TB, o supplies.Order) {
	t.Helper()
	step := func() supplies.Step {
		w.Clock.Forward(time.Minute)
		return supplies.Step{Operation: uuid.New(), Order: o.ID, Version: o.Version}
	}
	var err error
	if o, err = w.supplies.Pick(t.Context(), w.Dispatcher, step()); err == nil {
		if o, err = w.supplies.Ship(t.Context(), w.Dispatcher, step(), "Eksempelpost", "37 00/1"); err == nil {
			_, err = w.supplies.Deliver(t.Context(), w.Dispatcher, step())
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) open(t testing.TB) *dispatch.Request {
	t.Helper()
	w.Clock.Forward(time.Minute)
	return w.Open(t, func(n *dispatch.NewRequest) { n.Device = w.device })
}

// visit sends the technician to a request and ends the visit.
func (w *world) visit(t testing.TB, r *dispatch.Request, end dispatch.Completion) {
	t.Helper()
	ctx, me := t.Context(), w.technician.Actor
	do := func(_ *dispatch.Request, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		w.Clock.Forward(time.Minute)
	}
	do(w.Service.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: r.ID, Technician: w.technician.ID}))
	do(w.Service.Accept(ctx, me, dispatchtest.Op(), r.ID))
	do(w.Service.Depart(ctx, me, dispatchtest.Op(), r.ID))
	do(w.Service.Arrive(ctx, me, dispatchtest.Op(), r.ID))
	do(w.Service.Finish(ctx, me, dispatchtest.Op(), r.ID, end))
}

// told gives the lines of a whole thread as "event what", read in pages of a size.
func (w *world) told(t testing.TB, who identity.Actor, size int, topics ...life.Topic) (all []string) {
	t.Helper()
	var last time.Time
	for page := (life.Page{Size: size}); ; {
		thread, err := w.lives.List(t.Context(), who, life.Query{Device: w.device.ID, Topics: topics}, page)
		if err != nil {
			t.Fatal(err)
		}
		if len(thread.Entries) > size || thread.TimeZone != "Europe/Oslo" || thread.Next != "" && len(thread.Entries) != size {
			t.Fatalf("%d entries of %d, %+v", len(thread.Entries), size, thread)
		}
		for _, e := range thread.Entries {
			if !last.IsZero() && e.At.After(last) {
				t.Errorf("%s at %v comes after %v", e.Event, e.At, last)
			}
			last = e.At
			all = append(all, line(e))
		}
		if page.Token = thread.Next; page.Token == "" {
			return all
		}
	}
}

func line(e life.Entry) string {
	text := string(e.Event)
	switch {
	case e.Reading != nil:
		text += fmt.Sprint(" ", e.Reading.Counters["black"])
		if e.Reading.Superseded {
			text += " superseded"
		}
	case e.Order != nil:
		text += fmt.Sprint(" ", e.Order.Carrier, e.Order.Lines[0].Quantity, " ", e.Order.Lines[0].Name("en"))
	case e.Request != nil:
		text += " " + string(e.Request.Category) + " " + strings.TrimRight(e.Request.Technician, "0123456789") + e.Request.Outcome
	case e.Address != nil:
		text += " " + e.Address.Then + e.Address.Reason
	case e.Toner != nil:
		for _, o := range e.Toner.Outlooks {
			text += fmt.Sprint(" ", o.Colour, " ", o.Status)
		}
	}
	return text
}
