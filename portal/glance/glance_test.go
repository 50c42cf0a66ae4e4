package glance_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/portal"
	"utsendt/portal/glance"
	"utsendt/portal/supplies"
)

// world is a company whose contract includes toner and asks for a reading every month.
type world struct {
	*dispatchtest.World
	lists         *glance.Service
	orders        *supplies.Service
	asked         *counter
	contract, ink uuid.UUID
}

type counter struct{ n atomic.Int64 }

func (c *counter) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }
func (c *counter) AfterQuery(context.Context, *bun.QueryEvent)                        { c.n.Add(1) }

type silent struct{}

func (silent) Notify(context.Context, postgres.Tx, ...notify.Message) error { return nil }

func newWorld(t *testing.T) *world {
	t.Helper()
	clock, asked := dispatchtest.NewClock(dispatchtest.Start), new(counter)
	db := pgtest.Open(t, postgres.Config{Clock: clock.Now, Hooks: []bun.QueryHook{asked}})
	w := &world{World: dispatchtest.On(t, db, clock), asked: asked, contract: uuid.New(), ink: uuid.New()}
	w.orders = supplies.New(supplies.Config{DB: db, Notifier: silent{}})
	w.lists = glance.New(db, portal.New(db), w.orders)
	w.exec(t, `INSERT INTO contracts (id, account_id, number, starts_on, supply_kinds, reading_months, created_at, updated_at)
		VALUES (?, ?, 'AV-1', '2020-01-01', '{toner}', 1, now(), now())`, w.contract, w.Account)
	w.exec(t, `INSERT INTO supplies (id, number, name_nb, name_en, kind, colour, yield) VALUES (?, 'DEMO-1', 'Toner', 'Toner', 'toner', 'black', 10000)`, w.ink)
	w.exec(t, `INSERT INTO supply_models VALUES (?, ?)`, w.ink, w.Model)
	return w
}

func (w *world) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := w.DB.ExecContext(context.Background(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// device is one under contract that the customer follows.
func (w *world) device(t *testing.T, name string) dispatch.Device {
	t.Helper()
	d := w.Device(t)
	w.exec(t, `UPDATE devices SET contract_id = ?, friendly_name = ? WHERE id = ?`, w.contract, name, d.ID)
	w.exec(t, `INSERT INTO registrations (id, person_id, device_id, state, requested_at, updated_at)
		VALUES (gen_random_uuid(), ?, ?, 'active', now(), now()) ON CONFLICT (person_id, device_id) DO UPDATE SET state = 'active'`, w.Customer.PersonID, d.ID)
	return d
}

// lived is half a year of 100 pages a day, with a toner for 10 000 pages delivered so many days ago.
func (w *world) lived(t *testing.T, d dispatch.Device, deliveredAgo int) {
	t.Helper()
	for ago := 150; ago >= 0; ago -= 30 {
		w.exec(t, `INSERT INTO meter_readings (id, device_id, taken_at, counters, source, entered_at)
			VALUES (gen_random_uuid(), ?, ?, ?::jsonb, 'customer', ?)`, d.ID, w.Clock.Now().AddDate(0, 0, -ago),
			fmt.Sprintf(`{"black": %d}`, 100_000-100*ago), w.Clock.Now())
	}
	back := time.Duration(deliveredAgo) * 24 * time.Hour
	w.Clock.Forward(-back)
	o := w.order(t, d)
	ctx := t.Context()
	for _, do := range []func(supplies.Step) (supplies.Order, error){
		func(s supplies.Step) (supplies.Order, error) { return w.orders.Pick(ctx, w.Dispatcher, s) },
		func(s supplies.Step) (supplies.Order, error) {
			return w.orders.Ship(ctx, w.Dispatcher, s, "Eksempelpost", "1")
		},
		func(s supplies.Step) (supplies.Order, error) { return w.orders.Deliver(ctx, w.Dispatcher, s) },
	} {
		var err error
		if o, err = do(supplies.Step{Operation: uuid.New(), Order: o.ID, Version: o.Version}); err != nil {
			t.Fatal(err)
		}
	}
	w.Clock.Forward(back)
}

func (w *world) order(t *testing.T, d dispatch.Device) supplies.Order {
	t.Helper()
	a, err := w.orders.PlaceFor(t.Context(), w.Dispatcher, uuid.New(), supplies.Wish{
		SerialNumber: d.SerialNumber, Lines: []supplies.Want{{SupplyID: w.ink, Quantity: 1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a.Order
}

func (w *world) list(t *testing.T, q portal.DeviceQuery) glance.Page {
	t.Helper()
	page, err := w.lists.ListDevices(t.Context(), w.Customer, q)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestWhatNeedsSomebody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	low, fine, quiet := w.device(t, "A lav"), w.device(t, "B full"), w.device(t, "C uten avlesning")
	w.lived(t, low, 105) // five days of toner left
	w.lived(t, fine, 10)
	page := w.list(t, portal.DeviceQuery{})
	if len(page.Devices) != 3 || page.Total != 3 {
		t.Fatalf("%+v", page.DevicePage)
	}
	g := page.Glances[low.ID]
	if g.LowToner == nil || g.LowToner.Colour != supplies.Black || g.LowToner.OnOrder || g.OrderNumber != "" || g.ReadingDue != "" ||
		g.LowToner.RunsOut.Sub(w.Clock.Now()).Round(24*time.Hour) != 5*24*time.Hour {
		t.Errorf("low: %+v %+v", g, g.LowToner)
	}
	if g, ok := page.Glances[fine.ID]; ok {
		t.Errorf("nothing is to be done about it, yet %+v", g)
	}
	lastMonth := w.Clock.Now().AddDate(0, 0, -w.Clock.Now().Day()).Format("2006-01")
	if g := page.Glances[quiet.ID]; g.LowToner != nil || g.ReadingDue != lastMonth {
		t.Errorf("never read: %+v, want a reading for %s", g, lastMonth)
	}

	overview := func(want glance.Overview) {
		t.Helper()
		if got, err := w.lists.Overview(t.Context(), w.Customer); err != nil || got != want {
			t.Errorf("%+v %v, want %+v", got, err, want)
		}
	}
	overview(glance.Overview{LowToners: 1, ReadingsDue: 1, Devices: 3})
	o := w.order(t, low)
	overview(glance.Overview{LowToners: 1, Orders: 1, ReadingsDue: 1, Devices: 3})
	if g := w.list(t, portal.DeviceQuery{Text: "lav"}).Glances[low.ID]; g.LowToner == nil || !g.LowToner.OnOrder || g.OrderNumber != o.Number {
		t.Errorf("ordered: %+v", g)
	}
	if _, err := w.orders.Cancel(t.Context(), w.Dispatcher, supplies.Step{Operation: uuid.New(), Order: o.ID, Version: o.Version}, "Feil vare"); err != nil {
		t.Fatal(err)
	}
	if g := w.list(t, portal.DeviceQuery{}).Glances[low.ID]; g.LowToner == nil || g.LowToner.OnOrder || g.OrderNumber != "" {
		t.Errorf("cancelled: %+v", g)
	}
}

// Nothing stands beside what the customer does not follow, not even for somebody who guesses its words.
func TestNothingOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device(t, "Fremmed")
	w.lived(t, d, 105)
	w.exec(t, `UPDATE registrations SET state = 'removed' WHERE device_id = ?`, d.ID)
	if page := w.list(t, portal.DeviceQuery{Text: "Fremmed"}); len(page.Devices) != 0 || len(page.Glances) != 0 {
		t.Errorf("%+v", page)
	}
	for _, who := range []identity.Actor{w.Dispatcher, {Role: identity.RoleTechnician}, {}} {
		if _, err := w.lists.ListDevices(t.Context(), who, portal.DeviceQuery{}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%q: %v", who.Role, err)
		}
		if _, err := w.lists.Overview(t.Context(), who); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("overview for %q: %v", who.Role, err)
		}
	}
	if o, err := w.lists.Overview(t.Context(), w.Customer); err != nil || o != (glance.Overview{}) {
		t.Errorf("%+v %v", o, err)
	}
}

// However many devices there are, the database is asked as often as for one.
func TestAskedAsOftenForMany(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	count := func() int64 {
		w.asked.n.Store(0)
		w.list(t, portal.DeviceQuery{PageSize: 100})
		if _, err := w.lists.Overview(t.Context(), w.Customer); err != nil {
			t.Fatal(err)
		}
		return w.asked.n.Load()
	}
	w.lived(t, w.device(t, "Første"), 105)
	one := count()
	for i := range 12 {
		d := w.device(t, fmt.Sprint("Nummer ", i))
		w.lived(t, d, 105)
		w.order(t, d)
	}
	if many := count(); many != one {
		t.Errorf("%d queries for one device, %d for thirteen", one, many)
	}
}
