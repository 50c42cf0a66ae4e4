package life_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/portal/addresschange"
	"utsendt/portal/life"
	"utsendt/portal/supplies"
)

// live lets a bit of everything happen to the device.
func (w *world) live(t testing.TB) {
	t.Helper()
	ctx := t.Context()
	w.register(t, w.Customer)
	w.Clock.Forward(time.Hour)
	w.read(t, 1000, "")
	w.deliver(t, w.place(t))
	w.Clock.Forward(30 * 24 * time.Hour)
	w.read(t, 4000, "")
	w.Clock.Forward(30 * 24 * time.Hour)
	w.read(t, 7000, "")
	r := w.open(t)
	if _, err := w.Service.AddNote(ctx, w.Dispatcher, dispatchtest.Op(), r.ID, "Kunden er sur"); err != nil {
		t.Fatal(err)
	}
	w.visit(t, r, dispatch.Completion{Outcome: dispatch.NoAccess, Text: "Låst dør"})
	w.visit(t, r, dispatch.Completion{Outcome: dispatch.Solved, Text: "Byttet valse"})
	w.Clock.Forward(time.Minute)
	moved, err := w.addresses.Request(ctx, w.Customer, uuid.New(), addresschange.Wish{DeviceID: w.device.ID, Reason: "Flyttet", Address: addresschange.Address{
		Line1: "Nyveien 2", PostalCode: "0155", City: "Oslo", Country: "NO",
	}})
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Forward(time.Minute)
	if _, err := w.addresses.Refuse(ctx, w.Dispatcher, uuid.New(), moved.ID, "Ikke vår adresse"); err != nil {
		t.Fatal(err)
	}
	cancelled := w.place(t)
	w.Clock.Forward(time.Minute)
	if _, err := w.supplies.Cancel(ctx, w.Dispatcher, supplies.Step{Operation: uuid.New(), Order: cancelled.ID, Version: cancelled.Version}, "Ringte"); err != nil {
		t.Fatal(err)
	}
	w.register(t, w.colleague)
	w.Clock.Forward(time.Minute)
	if _, err := w.registrations.Deregister(ctx, w.colleague, uuid.New(), []uuid.UUID{w.device.ID}); err != nil {
		t.Fatal(err)
	}
}

var whole = []string{
	"order_cancelled 1 Black toner",
	"order_placed 1 Black toner",
	"address_refused Nyveien 2, 0155 OsloIkke vår adresse",
	"address_asked Nyveien 2, 0155 Oslo",
	"request_completed paper_jam Byttet valse",
	"visit_done paper_jam Tekniker",
	"visit_arrived paper_jam Tekniker",
	"visit_unsolved paper_jam Tekniker",
	"visit_arrived paper_jam Tekniker",
	"request_opened paper_jam ",
	"read 7000",
	"forecast_changed black expected",
	"read 4000",
	"order_delivered Eksempelpost1 Black toner",
	"order_shipped Eksempelpost1 Black toner",
	"order_placed Eksempelpost1 Black toner",
	"read 1000",
	"registered",
	"contract_changed",
	"added",
}

func TestWholeLife(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.live(t)
	got := w.told(t, w.Customer, 100)
	if !slices.Equal(got, whole) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(whole, "\n\t"))
	}
	for topic, want := range map[life.Topic]int{
		life.Readings: 3, life.Toner: 1, life.Orders: 5, life.Requests: 2, life.Visits: 4, life.Registrations: 1, life.Addresses: 2,
	} {
		if got := w.told(t, w.Customer, 100, topic); len(got) != want {
			t.Errorf("%s: %d lines, want %d: %q", topic, len(got), want, got)
		}
	}
	if got := w.told(t, w.Customer, 100, life.Toner, life.Addresses); len(got) != 3 {
		t.Errorf("two topics: %q", got)
	}
}

// However a thread is cut, its pages hold the same lines in the same order, also when several happen at the same moment.
func TestPagesHoldEverythingOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.live(t)
	// Many lines of one moment: they differ by their ids alone.
	w.exec(t, `INSERT INTO supply_orders (id, number, state, version, account_id, device_id, serial_number, model, contract_number, ordered_by,
			line1, postal_code, city, country, placed_at, updated_at)
		SELECT gen_random_uuid(), 'SAME' || i, 'placed', 1, ?, ?, '', '', '', ?, '', '', '', '', ?, now() FROM generate_series(1, 9) i`,
		w.Account, w.device.ID, w.Customer.PersonID, w.Clock.Now())
	w.exec(t, `INSERT INTO supply_order_lines SELECT id, 1, ?, 'x', 'x', 'x', 1 FROM supply_orders WHERE number LIKE 'SAME%'`, w.black)
	want := w.told(t, w.Customer, 100)
	if len(want) != len(whole)+9 {
		t.Fatalf("%q", want)
	}
	for _, size := range []int{1, 2, 3, 5, 7, 26, 27, 28} {
		if got := w.told(t, w.Customer, size); !slices.Equal(got, want) {
			t.Errorf("in pages of %d:\n\t%s", size, strings.Join(got, "\n\t"))
		}
	}
	// What happens while somebody turns the pages neither repeats nor hides a line.
	first, err := w.lives.List(t.Context(), w.Customer, life.Query{Device: w.device.ID}, life.Page{Size: 5})
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Forward(time.Hour)
	w.read(t, 7100, "")
	second, err := w.lives.List(t.Context(), w.Customer, life.Query{Device: w.device.ID}, life.Page{Size: 5, Token: first.Next})
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range second.Entries {
		if line(e) != want[5+i] {
			t.Errorf("%d is %s, want %s", 5+i, line(e), want[5+i])
		}
	}
	for _, token := range []string{"x", "e30", first.Next + "x", "eyJ0IjoiOTk5OTktMDEtMDFUMDA6MDA6MDBaIn0"} {
		_, err := w.lives.List(t.Context(), w.Customer, life.Query{Device: w.device.ID}, life.Page{Token: token})
		if fault.ReasonOf(err) != "page_token_malformed" {
			t.Errorf("%q: %v", token, err)
		}
	}
	if _, err := w.lives.List(t.Context(), w.Customer, life.Query{Device: w.device.ID}, life.Page{Size: 101}); fault.ReasonOf(err) != "page_size_invalid" {
		t.Error(err)
	}
}

// A customer sees what they follow and what is theirs; a technician what they are sent to; staff everything, and nobody a note.
func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.live(t)
	ask := func(who identity.Actor) error {
		_, err := w.lives.List(t.Context(), who, life.Query{Device: w.device.ID}, life.Page{})
		_, plans := w.lives.Plans(t.Context(), who, w.device.ID)
		if fault.ReasonOf(err) != fault.ReasonOf(plans) {
			t.Errorf("%v, but the plans: %v", err, plans)
		}
		return err
	}
	other := uuid.New()
	w.exec(t, `INSERT INTO accounts (id, number, name, country, created_at, updated_at) VALUES (?, ?, 'Fremmed AS', 'NO', now(), now())`, other, "K-"+other.String()[:8])
	stranger := w.customer(t, other)
	for name, who := range map[string]identity.Actor{"the colleague who left": w.colleague, "a stranger": stranger, "a technician": w.technician.Actor} {
		if err := ask(who); fault.ReasonOf(err) != "device_not_found" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.lives.List(t.Context(), w.Dispatcher, life.Query{Device: uuid.New()}, life.Page{}); fault.ReasonOf(err) != "device_not_found" {
		t.Error(err)
	}
	// Staff see that somebody else came and went, too.
	staff := w.told(t, w.Dispatcher, 4)
	if want := append([]string{"deregistered", "registered"}, whole...); !slices.Equal(staff, want) {
		t.Errorf("staff see\n\t%s", strings.Join(staff, "\n\t"))
	}
	for _, text := range staff {
		if strings.Contains(text, "sur") {
			t.Errorf("a note is told: %s", text)
		}
	}
	// Who comes back sees that they were away.
	w.register(t, w.colleague)
	if got := w.told(t, w.colleague, 100, life.Registrations); !slices.Equal(got, []string{"registered", "deregistered", "registered"}) {
		t.Errorf("%q", got)
	}
	// A technician who is on their way there.
	r := w.open(t)
	if _, err := w.Service.Assign(t.Context(), w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: r.ID, Technician: w.technician.ID}); err != nil {
		t.Fatal(err)
	}
	if err := ask(w.technician.Actor); err != nil {
		t.Error(err)
	}
	if err := ask(w.Technician(t).Actor); fault.ReasonOf(err) != "device_not_found" {
		t.Error(err)
	}
	// The device goes to another company: what was the former one's stays behind.
	w.exec(t, `DELETE FROM visits`)
	w.Clock.Forward(time.Hour)
	w.exec(t, `UPDATE devices SET account_id = ?, site_id = (SELECT id FROM sites LIMIT 1), updated_at = ? WHERE id = ?`, other, w.Clock.Now(), w.device.ID)
	w.exec(t, `INSERT INTO registrations (id, person_id, device_id, state, requested_at, updated_at) VALUES (gen_random_uuid(), ?, ?, 'active', ?, now())`,
		stranger.PersonID, w.device.ID, w.Clock.Now())
	if err := ask(w.Customer); fault.ReasonOf(err) != "device_not_found" {
		t.Error(err)
	}
	if got := w.told(t, stranger, 100, life.Readings, life.Toner, life.Orders, life.Requests, life.Visits, life.Addresses, life.Registrations); !slices.Equal(got, []string{"registered"}) {
		t.Errorf("the next owner sees %q", got)
	}
}

// What is planned is told as it is, and no longer than it is true.
func TestPlans(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.register(t, w.Customer)
	plans := func() life.Plans {
		t.Helper()
		mine, err := w.lives.Plans(ctx, w.Customer, w.device.ID)
		if err != nil {
			t.Fatal(err)
		}
		staff, err := w.lives.Plans(ctx, w.Dispatcher, w.device.ID)
		if err != nil || (staff.Visit == nil) != (mine.Visit == nil) || len(staff.Waiting) != len(mine.Waiting) || len(staff.Due) != len(mine.Due) {
			t.Fatalf("staff see %+v, %v", staff, err)
		}
		return mine
	}
	if p := plans(); p.Visit != nil || len(p.Waiting) != 0 || len(p.Due) != 0 || p.TimeZone != "Europe/Oslo" {
		t.Errorf("%+v", p)
	}
	// A request alone is no visit: nobody knows when.
	r := w.open(t)
	if p := plans(); p.Visit != nil {
		t.Errorf("%+v", p.Visit)
	}
	if _, err := w.Service.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: r.ID, Technician: w.technician.ID}); err != nil {
		t.Fatal(err)
	}
	waiting := w.place(t)
	p := plans()
	if p.Visit == nil || p.Visit.Number != r.Number || !strings.HasPrefix(p.Visit.Technician, "Tekniker") || p.Visit.ExpectedAt == nil || p.Visit.State != dispatch.Dispatched {
		t.Errorf("%+v", p.Visit)
	}
	if len(p.Waiting) != 1 || p.Waiting[0].Number != waiting.Number || p.Waiting[0].Lines[0].Name("nb") != "Svart toner" {
		t.Errorf("%+v", p.Waiting)
	}
	w.deliver(t, waiting)
	if p := plans(); len(p.Waiting) != 0 {
		t.Errorf("%+v", p.Waiting)
	}
	// Ten thousand pages, a hundred a day: it runs out after some hundred days, and is due shortly before.
	for _, black := range []int64{1000, 4000} {
		w.read(t, black, "")
		w.Clock.Forward(30 * 24 * time.Hour)
	}
	if p := plans(); len(p.Due) != 0 {
		t.Errorf("%+v", p.Due)
	}
	w.read(t, 7000, "")
	w.Clock.Forward(30 * 24 * time.Hour)
	w.read(t, 10500, "")
	if p := plans(); len(p.Due) != 1 || p.Due[0].Supply.ID != w.black {
		t.Errorf("%+v", p.Due)
	}
	w.place(t)
	if p := plans(); len(p.Due) != 0 || len(p.Waiting) != 1 {
		t.Errorf("%+v", p)
	}
	if _, err := w.Service.Cancel(ctx, w.Dispatcher, dispatchtest.Op(), r.ID, 0, "Ringte"); err != nil {
		t.Fatal(err)
	}
	if p := plans(); p.Visit != nil {
		t.Errorf("%+v", p.Visit)
	}
}

// A thread is read while much happens to the device: no page fails, and none is out of order.
func TestReadWhileMuchHappens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(t, w.Customer)
	var all sync.WaitGroup
	all.Go(func() {
		for i := range 20 {
			w.Clock.Forward(time.Hour)
			w.read(t, int64(1000+i), "")
			w.place(t)
		}
	})
	for range 3 {
		all.Go(func() {
			for range 10 {
				w.told(t, w.Customer, 7)
			}
		})
	}
	all.Wait()
	if got := w.told(t, w.Customer, 10); len(got) != 43 {
		t.Errorf("%d lines", len(got))
	}
}
