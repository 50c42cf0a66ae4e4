package supplies_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/postgres"
	"utsendt/portal/supplies"
)

// world is a company with a device under contract that its customer follows, and what fits it.
type world struct {
	*dispatchtest.World
	s        *supplies.Service
	device   dispatch.Device
	contract uuid.UUID
	// black and cyan are toners that fit and are included; drum fits and is not included; foreign does not fit; retired
	// fits and is ordered no more.
	black, cyan, drum, foreign, retired uuid.UUID
	colleague, stranger                 identity.Actor
	messages                            *told
}

// told keeps whole messages, of committed transactions alone.
type told struct {
	kept atomic.Pointer[[]notify.Message]
}

func (t *told) Notify(_ context.Context, tx postgres.Tx, messages ...notify.Message) error {
	tx.AfterCommit(func() {
		for {
			was := t.kept.Load()
			var all []notify.Message
			if was != nil {
				all = slices.Clone(*was)
			}
			all = append(all, messages...)
			if t.kept.CompareAndSwap(was, &all) {
				return
			}
		}
	})
	return nil
}

func (t *told) all() []notify.Message {
	if p := t.kept.Load(); p != nil {
		return *p
	}
	return nil
}

func (t *told) of(kind notify.Kind) (found []notify.Message) {
	for _, m := range t.all() {
		if m.Kind == kind {
			found = append(found, m)
		}
	}
	return found
}

func (w *world) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := w.DB.ExecContext(context.Background(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{World: dispatchtest.New(t), messages: new(told)}
	w.s = w.service(t)
	w.device = w.Device(t)
	w.contract = uuid.New()
	w.exec(t, `INSERT INTO contracts (id, account_id, number, starts_on, supply_kinds, created_at, updated_at)
		VALUES (?, ?, ?, '2020-01-01', '{toner,waste_toner}', now(), now())`, w.contract, w.Account, "AV-"+w.contract.String()[:8])
	w.exec(t, `UPDATE devices SET contract_id = ? WHERE id = ?`, w.contract, w.device.ID)
	w.black = w.supply(t, supplies.Toner, supplies.Black, 10_000)
	w.cyan = w.supply(t, supplies.Toner, supplies.Cyan, 5_000)
	w.drum = w.supply(t, supplies.Drum, supplies.Black, 60_000)
	w.foreign = w.supply(t, supplies.Toner, supplies.Black, 10_000)
	w.exec(t, `DELETE FROM supply_models WHERE supply_id = ?`, w.foreign)
	w.retired = w.supply(t, supplies.Toner, supplies.Black, 8_000)
	w.exec(t, `UPDATE supplies SET retired = true WHERE id = ?`, w.retired)
	w.follow(t, w.Customer, w.device.ID)
	w.colleague = w.customer(t, w.Account, "Kollega")
	other := uuid.New()
	w.exec(t, `INSERT INTO accounts (id, number, name, country, created_at, updated_at) VALUES (?, ?, 'Fremmed AS', 'NO', now(), now())`,
		other, "K-"+other.String()[:8])
	w.stranger = w.customer(t, other, "Fremmed")
	return w
}

// service makes another server on the same database.
func (w *world) service(t testing.TB) *supplies.Service {
	t.Helper()
	carriers, err := supplies.ParseCarriers("Eksempelpost=https://track.example.com/{number}?lang=nb")
	if err != nil {
		t.Fatal(err)
	}
	return supplies.New(supplies.Config{DB: w.DB, Notifier: w.messages, Carriers: carriers, ShopURL: "https://shop.example.com"})
}

var serial atomic.Int64

func (w *world) supply(t testing.TB, kind supplies.Kind, colour supplies.Colour, yield int) uuid.UUID {
	t.Helper()
	id, n := uuid.New(), serial.Add(1)
	w.exec(t, `INSERT INTO supplies (id, number, name_nb, name_en, kind, colour, yield) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		id, fmt.Sprintf("DEMO-%04d", n), fmt.Sprintf("Vare %d", n), fmt.Sprintf("Article %d", n), kind, colour, yield)
	w.exec(t, `INSERT INTO supply_models VALUES (?, ?)`, id, w.Model)
	return id
}

func (w *world) customer(t testing.TB, account uuid.UUID, name string) identity.Actor {
	t.Helper()
	a := identity.Actor{PersonID: uuid.New(), Role: identity.RoleCustomer, AccountID: account, FirstName: name, LastName: "Eksempel", Language: "en"}
	w.exec(t, `INSERT INTO people (id, user_id, role, account_id, first_name, last_name, language, phone, email, created_at, updated_at)
		VALUES (?, ?, 'customer', ?, ?, 'Eksempel', 'en', '+47 000 00 000', 'kollega@example.com', now(), now())`, a.PersonID, a.PersonID.String(), account, name)
	return a
}

func (w *world) follow(t testing.TB, who identity.Actor, device uuid.UUID) {
	t.Helper()
	w.exec(t, `INSERT INTO registrations (id, person_id, device_id, state, requested_at, updated_at)
		VALUES (gen_random_uuid(), ?, ?, 'active', now(), now())
		ON CONFLICT (person_id, device_id) DO UPDATE SET state = 'active'`, who.PersonID, device)
}

func (w *world) unfollow(t testing.TB, who identity.Actor) {
	t.Helper()
	w.exec(t, `UPDATE registrations SET state = 'removed' WHERE person_id = ?`, who.PersonID)
}

// wish is one black toner for the device.
func (w *world) wish() supplies.Wish {
	return supplies.Wish{DeviceID: w.device.ID, Lines: []supplies.Want{{SupplyID: w.black, Quantity: 1}}}
}

func (w *world) place(t testing.TB) supplies.Order {
	t.Helper()
	a, err := w.s.Place(context.Background(), w.Customer, uuid.New(), w.wish())
	if err != nil {
		t.Fatal(err)
	}
	return a.Order
}

func step(o supplies.Order) supplies.Step {
	return supplies.Step{Operation: uuid.New(), Order: o.ID, Version: o.Version}
}

// bring takes an order from placed to a state.
func (w *world) bring(t testing.TB, o supplies.Order, to supplies.State) supplies.Order {
	t.Helper()
	ctx := context.Background()
	var err error
	for o.State != to && err == nil {
		w.Clock.Forward(time.Minute)
		switch {
		case to == supplies.Cancelled:
			o, err = w.s.Cancel(ctx, w.Dispatcher, step(o), "Feil vare")
		case o.State == supplies.Placed:
			o, err = w.s.Pick(ctx, w.Dispatcher, step(o))
		case o.State == supplies.Picked:
			o, err = w.s.Ship(ctx, w.Dispatcher, step(o), "Eksempelpost", "37 00/1")
		default:
			o, err = w.s.Deliver(ctx, w.Dispatcher, step(o))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func wantReason(t *testing.T, what string, err error, kind fault.Kind, reason string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || fault.ReasonOf(err) != reason {
		t.Errorf("%s: %v, want %v %s", what, err, kind, reason)
	}
}

func (w *world) count(t testing.TB, query string, args ...any) (n int) {
	t.Helper()
	if err := w.DB.NewRaw(query, args...).Scan(context.Background(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}
