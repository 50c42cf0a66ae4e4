package addresschange_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/portal/addresschange"
)

// world is a company with three devices at one site and one at another, and another company.
type world struct {
	db             *postgres.DB
	s              *addresschange.Service
	told           *recorder
	account, other uuid.UUID
	site           uuid.UUID
	devices        []uuid.UUID
	elsewhere      uuid.UUID
	staff          identity.Actor
}

type recorder struct {
	mu       sync.Mutex
	messages []notify.Message
	fail     error
}

func (r *recorder) Notify(_ context.Context, tx postgres.Tx, messages ...notify.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail != nil {
		return r.fail
	}
	tx.AfterCommit(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.messages = append(r.messages, messages...)
	})
	return nil
}

func (r *recorder) of(kind notify.Kind) (found []notify.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.messages {
		if m.Kind == kind {
			found = append(found, m)
		}
	}
	return found
}

func exec(t testing.TB, db *postgres.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.NewRaw(query, args...).Exec(t.Context()); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{db: pgtest.New(t), told: &recorder{}, account: uuid.New(), other: uuid.New(), site: uuid.New(), elsewhere: uuid.New()}
	w.s = addresschange.New(w.db, w.told)
	for i, id := range []uuid.UUID{w.account, w.other} {
		exec(t, w.db, `INSERT INTO accounts VALUES (?, ?, ?, 'NO', 'nb', now(), now())`, id, fmt.Sprint("K-", i+1), fmt.Sprint("Eksempel ", i+1))
	}
	second, model := uuid.New(), uuid.New()
	site := `INSERT INTO sites VALUES (?, ?, ?, ?, 'Eksempelveien 1', '', '', '0150', 'Oslo', 'NO', 59.91, 10.75, 'rooftop', 'Europe/Oslo', now(), now())`
	exec(t, w.db, site, w.site, w.account, "01", "Hovedkontoret")
	exec(t, w.db, site, second, w.account, "02", "Lageret")
	exec(t, w.db, `INSERT INTO models (id, name) VALUES (?, 'Polar C300')`, model)
	for i := range 3 {
		w.devices = append(w.devices, uuid.New())
		exec(t, w.db, device, w.devices[i], fmt.Sprintf("A-%02d", i), model, w.account, w.site)
	}
	exec(t, w.db, device, w.elsewhere, "B-00", model, w.account, second)
	exec(t, w.db, `INSERT INTO postal_codes VALUES ('NO', '8001', 'Bodø', 67.28, 14.40), ('NO', '8001', 'Bodø sentrum', 67.28, 14.42), ('SE', '111 22', 'Stockholm', 59.33, 18.06)`)
	w.staff = w.person(t, uuid.Nil)
	return w
}

const device = `INSERT INTO devices (id, serial_number, model_id, account_id, site_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?, now(), now())`

// person is a customer of the account who follows the devices, or without an account one of the staff.
func (w *world) person(t *testing.T, account uuid.UUID, devices ...uuid.UUID) identity.Actor {
	t.Helper()
	a := identity.Actor{PersonID: uuid.New(), Role: identity.RoleCustomer, AccountID: account, FirstName: "Kari", LastName: "Eksempel"}
	if account == uuid.Nil {
		a.Role = identity.RoleDispatcher
	}
	exec(t, w.db, `INSERT INTO people (id, user_id, role, account_id, created_at, updated_at) VALUES (?, ?, ?, ?, now(), now())`,
		a.PersonID, a.PersonID.String(), a.Role, uuid.NullUUID{UUID: account, Valid: account != uuid.Nil})
	for _, d := range devices {
		exec(t, w.db, `INSERT INTO registrations (id, person_id, device_id, state, requested_at, updated_at) VALUES (?, ?, ?, 'active', now(), now())`, uuid.New(), a.PersonID, d)
	}
	return a
}

func bodo() addresschange.Address {
	return addresschange.Address{Line1: " Havnegata  2 ", Line2: "3. etasje", PostalCode: "N-8001", City: "Bodø", Country: "NO"}
}

func (w *world) request(t *testing.T, who identity.Actor, device uuid.UUID, to addresschange.Address) addresschange.Change {
	t.Helper()
	c, err := w.s.Request(t.Context(), who, uuid.New(), addresschange.Wish{DeviceID: device, Reason: "Vi har flyttet", Address: to})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *world) approve(t *testing.T, id uuid.UUID) (addresschange.Moved, error) {
	t.Helper()
	r, err := w.s.Review(t.Context(), w.staff, id)
	if err != nil {
		t.Fatal(err)
	}
	return w.s.Approve(t.Context(), w.staff, uuid.New(), id, addresschange.Approval{SeenAt: r.Now.UpdatedAt})
}

// text is one value out of the database.
func (w *world) text(t *testing.T, query string, args ...any) (s string) {
	t.Helper()
	if err := w.db.NewRaw(query, args...).Scan(t.Context(), &s); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return s
}

func reason(err error) string {
	if err == nil {
		return ""
	}
	return fault.ReasonOf(err)
}

func (w *world) openRequest(t *testing.T, number string, device uuid.UUID) {
	t.Helper()
	exec(t, w.db, `INSERT INTO service_requests (id, number, state, version, account_id, account_name, device_id, serial_number, model, line1, postal_code, city, country,
			quality, time_zone, category, description, priority, opened_at, updated_at)
		VALUES (?, ?, 'to_be_scheduled', 1, ?, 'Eksempel 1', ?, 'A-01', 'Polar', 'Eksempelveien 1', '0150', 'Oslo', 'NO', 'none', 'Europe/Oslo', 'other', 'x', 'normal', now(), now())`,
		uuid.New(), number, w.account, device)
}

func TestASiteMovesAsAWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me, colleague := w.person(t, w.account, w.devices[0], w.elsewhere), w.person(t, w.account, w.devices[1], w.devices[2])
	far := w.person(t, w.account, w.elsewhere)
	w.openRequest(t, "SR-1", w.devices[1])
	exec(t, w.db, `INSERT INTO delivery_addresses VALUES (?, 'Eget navn', 'Varemottaket', '', '', '0151', 'Oslo', 'NO', now())`, w.devices[2])

	p, err := w.s.Preview(t.Context(), me, w.devices[0])
	if err != nil || p.Total != 3 || len(p.Devices) != 1 || p.Devices[0].SerialNumber != "A-00" || p.OpenRequests != 1 || p.PendingID != uuid.Nil || p.Site.City != "Oslo" {
		t.Fatalf("preview: %+v %v", p, err)
	}
	c := w.request(t, me, w.devices[0], bodo())
	if c.State != addresschange.Pending || c.Address.Line1 != "Havnegata 2" || c.Address.PostalCode != "8001" || c.Was.City != "Oslo" || !c.AnswerBy.After(time.Now()) {
		t.Errorf("requested: %+v", c)
	}
	if p, err := w.s.Preview(t.Context(), me, w.devices[0]); err != nil || p.PendingID != c.ID {
		t.Errorf("the preview names the pending one: %+v %v", p, err)
	}
	if received, staff := w.told.of(notify.AddressChangeReceived), w.told.of(notify.ApprovalWaiting); len(received) != 1 || len(staff) != 1 ||
		received[0].To.Person != me.PersonID || !staff[0].To.Staff || received[0].Numbers["count"] != 3 {
		t.Errorf("told: %+v %+v", received, staff)
	}
	if got := w.text(t, `SELECT city FROM sites WHERE id = ?`, w.site); got != "Oslo" {
		t.Errorf("before approval the site is in %s", got)
	}
	// A colleague who follows another device there sees it, without the device; who follows none there does not.
	if got, err := w.s.Get(t.Context(), colleague, c.ID); err != nil || got.Device != nil || got.DeviceID != uuid.Nil {
		t.Errorf("a colleague sees %+v %v", got, err)
	}
	if _, err := w.s.Get(t.Context(), far, c.ID); reason(err) != "address_change_not_found" {
		t.Errorf("a colleague elsewhere: %v", err)
	}

	r, err := w.s.Review(t.Context(), w.staff, c.ID)
	if err != nil || r.Changed || r.Total != 3 || len(r.Devices) != 3 || r.Kept != 2 || len(r.OpenRequests) != 1 || r.Now.City != "Oslo" || r.Then.City != "Bodø" ||
		r.Then.Quality != "postal_code" || r.Then.TimeZone != "Europe/Oslo" || r.Change.Person.ID != me.PersonID {
		t.Fatalf("review: %+v %v", r, err)
	}
	op := uuid.New()
	for range 2 {
		m, err := w.s.Approve(t.Context(), w.staff, op, c.ID, addresschange.Approval{SeenAt: r.Now.UpdatedAt})
		if err != nil || m.Devices != 3 || m.Site.City != "Bodø" || m.Change.State != addresschange.Approved || m.Change.Person == nil {
			t.Fatalf("approved: %+v %v", m, err)
		}
	}
	if got := w.text(t, `SELECT line1 || line2 || postal_code || city || quality || round(latitude::numeric, 2) || time_zone FROM sites WHERE id = ?`, w.site); got != "Havnegata 23. etasje8001Bodøpostal_code67.28Europe/Oslo" {
		t.Errorf("the site: %s", got)
	}
	if got := w.text(t, `SELECT city FROM sites WHERE number = '02'`); got != "Oslo" {
		t.Errorf("another site moved to %s", got)
	}
	// Deliveries go where they went, and the open request where it was opened.
	for i, want := range []string{"Eksempel 1, Eksempelveien 1, 0150", "Eksempel 1, Eksempelveien 1, 0150", "Eget navn, Varemottaket, 0151"} {
		if got := w.text(t, `SELECT name || ', ' || line1 || ', ' || postal_code FROM delivery_addresses WHERE device_id = ?`, w.devices[i]); got != want {
			t.Errorf("device %d is delivered to %s", i, got)
		}
	}
	if got := w.text(t, `SELECT city FROM service_requests`); got != "Oslo" {
		t.Errorf("the open request moved to %s", got)
	}
	told := map[uuid.UUID]int{}
	for _, m := range w.told.of(notify.AddressChangeApproved) {
		told[m.To.Person]++
	}
	if len(told) != 2 || told[me.PersonID] != 1 || told[colleague.PersonID] != 1 {
		t.Errorf("told: %v", told)
	}
	if _, err := w.approve(t, c.ID); reason(err) != "address_change_decided" {
		t.Errorf("approved anew: %v", err)
	}
}

func TestWhoMayAskForWhat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me, colleague, stranger := w.person(t, w.account, w.devices[0]), w.person(t, w.account, w.devices[1]), w.person(t, w.other)
	ask := func(who identity.Actor, device uuid.UUID, to addresschange.Address) error {
		_, err := w.s.Request(t.Context(), who, uuid.New(), addresschange.Wish{DeviceID: device, Reason: "x", Address: to})
		return err
	}
	same := addresschange.Address{Line1: "Eksempelveien 1", PostalCode: "150", City: "Oslo", Country: "NO"}
	for what, err := range map[string]error{
		"device_not_found": errors.Join(ask(stranger, w.devices[0], bodo())), "address_unchanged": ask(me, w.devices[0], same),
		"customers_only": ask(w.staff, w.devices[0], bodo()), "address_incomplete": ask(me, w.devices[0], addresschange.Address{Country: "NO"}),
		"country_unknown": ask(me, w.devices[0], addresschange.Address{Line1: "x", PostalCode: "1", City: "x", Country: "XX"}),
	} {
		if reason(err) != what {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := ask(me, w.devices[1], bodo()); reason(err) != "device_not_found" {
		t.Errorf("a colleague's device: %v", err)
	}
	c := w.request(t, me, w.devices[0], bodo())
	if err := ask(colleague, w.devices[1], bodo()); reason(err) != "address_change_pending" || fault.From(err).Params["address_change_id"] != c.ID.String() {
		t.Errorf("a second one: %v", err)
	}
	if _, err := w.s.Withdraw(t.Context(), stranger, uuid.New(), c.ID); reason(err) != "address_change_not_found" {
		t.Errorf("withdrawn by a stranger: %v", err)
	}
	if _, err := w.s.Withdraw(t.Context(), colleague, uuid.New(), c.ID); reason(err) != "address_change_not_yours" {
		t.Errorf("withdrawn by a colleague: %v", err)
	}
	for _, do := range []func() error{
		func() error { _, err := w.s.Review(t.Context(), me, c.ID); return err },
		func() error {
			_, err := w.s.Approve(t.Context(), me, uuid.New(), c.ID, addresschange.Approval{})
			return err
		},
		func() error { _, err := w.s.Refuse(t.Context(), me, uuid.New(), c.ID, "x"); return err },
		func() error { _, err := w.s.ForStaff(t.Context(), me, false, addresschange.Page{}); return err },
	} {
		if err := do(); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("as a customer: %v", err)
		}
	}
	list, err := w.s.ForStaff(t.Context(), w.staff, false, addresschange.Page{Size: 1})
	if err != nil || len(list.Changes) != 1 || list.Changes[0].Person == nil || list.Next != "" {
		t.Errorf("staff see %+v %v", list, err)
	}
	refused, err := w.s.Refuse(t.Context(), w.staff, uuid.New(), c.ID, "Adressen finnes ikke")
	if err != nil || refused.State != addresschange.Refused {
		t.Fatalf("refused: %+v %v", refused, err)
	}
	if told := w.told.of(notify.AddressChangeRefused); len(told) != 1 || told[0].To.Person != me.PersonID || told[0].Params["reason"] != "Adressen finnes ikke" {
		t.Errorf("told: %+v", told)
	}
	if _, err := w.s.Withdraw(t.Context(), me, uuid.New(), c.ID); reason(err) != "address_change_decided" {
		t.Errorf("withdrawn after that: %v", err)
	}
	again := w.request(t, me, w.devices[0], bodo())
	if got, err := w.s.Withdraw(t.Context(), me, uuid.New(), again.ID); err != nil || got.State != addresschange.Withdrawn {
		t.Errorf("withdrawn: %+v %v", got, err)
	}
	mine, err := w.s.Mine(t.Context(), me, false, addresschange.Page{Size: 1})
	if err != nil || len(mine.Changes) != 1 || mine.Changes[0].ID != again.ID || mine.Next == "" {
		t.Fatalf("mine: %+v %v", mine, err)
	}
	if rest, err := w.s.Mine(t.Context(), me, false, addresschange.Page{Size: 1, Token: mine.Next}); err != nil || len(rest.Changes) != 1 || rest.Changes[0].ID != c.ID || rest.Next != "" {
		t.Errorf("the rest: %+v %v", rest, err)
	}
	if decided, err := w.s.ForStaff(t.Context(), w.staff, true, addresschange.Page{}); err != nil || len(decided.Changes) != 2 || decided.Changes[0].ID != again.ID {
		t.Errorf("decided: %+v %v", decided, err)
	}
}

// TestStaleApproval: staff approve what they saw.
func TestStaleApproval(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.person(t, w.account, w.devices[0])
	c := w.request(t, me, w.devices[0], bodo())
	r, err := w.s.Review(t.Context(), w.staff, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, w.db, `UPDATE sites SET line1 = 'En tredje vei 3', updated_at = now() + interval '1 second' WHERE id = ?`, w.site)
	if _, err := w.s.Approve(t.Context(), w.staff, uuid.New(), c.ID, addresschange.Approval{SeenAt: r.Now.UpdatedAt}); reason(err) != "site_changed" {
		t.Errorf("approved unseen: %v", err)
	}
	r, err = w.s.Review(t.Context(), w.staff, c.ID)
	if err != nil || !r.Changed || r.Now.Line1 != "En tredje vei 3" || r.Change.Was.Line1 != "Eksempelveien 1" {
		t.Errorf("looked at again: %+v %v", r, err)
	}
	m, err := w.s.Approve(t.Context(), w.staff, uuid.New(), c.ID, addresschange.Approval{
		SeenAt: r.Now.UpdatedAt, Position: &addresschange.Point{Latitude: 67.3, Longitude: 14.5}, TimeZone: "Europe/Stockholm",
	})
	if err != nil || *m.Site.Latitude != 67.3 || m.Site.Quality != "street" || m.Site.TimeZone != "Europe/Stockholm" {
		t.Errorf("with a position: %+v %v", m, err)
	}
	// Another country brings its time zone; an unknown postal code leaves no position.
	c = w.request(t, me, w.devices[0], addresschange.Address{Line1: "Exempelgatan 1", PostalCode: "11122", City: "Stockholm", Country: "SE"})
	if m, err := w.approve(t, c.ID); err != nil || m.Site.TimeZone != "Europe/Stockholm" || m.Site.Quality != "postal_code" || m.Site.PostalCode != "111 22" {
		t.Errorf("to Sweden: %+v %v", m, err)
	}
	c = w.request(t, me, w.devices[0], addresschange.Address{Line1: "Example Street 1", PostalCode: "X1", City: "Reykjavík", Country: "IS"})
	if _, err := w.approve(t, c.ID); reason(err) != "time_zone_missing" {
		t.Errorf("to a country without a zone: %v", err)
	}
	r, err = w.s.Review(t.Context(), w.staff, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := w.s.Approve(t.Context(), w.staff, uuid.New(), c.ID, addresschange.Approval{SeenAt: r.Now.UpdatedAt, TimeZone: "Atlantic/Reykjavik"}); err != nil || m.Site.Quality != "none" || m.Site.Latitude != nil {
		t.Errorf("to an unknown postal code: %+v %v", m, err)
	}
}

// TestAllAtOnce: two ask at once, and approving, refusing and withdrawing meet: one of each wins, and nothing is half done.
func TestAllAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me, colleague := w.person(t, w.account, w.devices[0]), w.person(t, w.account, w.devices[1])
	together := func(work ...func() error) (won int, errs []error) {
		errs = make([]error, len(work))
		var wg sync.WaitGroup
		start := make(chan struct{})
		for i, do := range work {
			wg.Go(func() { <-start; errs[i] = do() })
		}
		close(start)
		wg.Wait()
		for _, err := range errs {
			if err == nil {
				won++
			}
		}
		return won, errs
	}
	for round := range 5 {
		ask := func(who identity.Actor, device uuid.UUID) func() error {
			return func() error {
				to := bodo()
				to.Line1 = fmt.Sprint("Havnegata ", round)
				_, err := w.s.Request(t.Context(), who, uuid.New(), addresschange.Wish{DeviceID: device, Reason: "x", Address: to})
				return err
			}
		}
		won, errs := together(ask(me, w.devices[0]), ask(me, w.devices[0]), ask(me, w.devices[0]), ask(colleague, w.devices[1]))
		if won != 1 {
			t.Fatalf("%d asked: %v", won, errs)
		}
		list, err := w.s.Mine(t.Context(), me, true, addresschange.Page{})
		if err != nil || len(list.Changes) != 1 {
			t.Fatalf("pending: %+v %v", list, err)
		}
		c := list.Changes[0]
		owner := identity.Actor{PersonID: c.RequestedBy, Role: identity.RoleCustomer, AccountID: w.account}
		r, err := w.s.Review(t.Context(), w.staff, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		second := w.person(t, uuid.Nil)
		won, errs = together(
			func() error {
				_, err := w.s.Approve(t.Context(), w.staff, uuid.New(), c.ID, addresschange.Approval{SeenAt: r.Now.UpdatedAt})
				return err
			},
			func() error { _, err := w.s.Refuse(t.Context(), second, uuid.New(), c.ID, "Nei"); return err },
			func() error { _, err := w.s.Withdraw(t.Context(), owner, uuid.New(), c.ID); return err },
		)
		for _, err := range errs {
			if err != nil && reason(err) != "address_change_decided" {
				t.Errorf("round %d: %v", round, err)
			}
		}
		state := w.text(t, `SELECT state FROM address_changes WHERE id = ?`, c.ID)
		at := w.text(t, `SELECT line1 FROM sites WHERE id = ?`, w.site)
		if won != 1 || (at == fmt.Sprint("Havnegata ", round)) != (state == "approved") {
			t.Errorf("round %d: %d won, the change is %s, the site at %s", round, won, state, at)
		}
	}
}

// TestKilledBetween: when the last step fails, the site has not moved and deliveries have no new address.
func TestKilledBetween(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.person(t, w.account, w.devices[0])
	c := w.request(t, me, w.devices[0], bodo())
	w.told.fail = errors.New("the server is gone")
	if _, err := w.approve(t, c.ID); err == nil {
		t.Fatal("it did not fail")
	}
	if state, city, kept := w.text(t, `SELECT state FROM address_changes`), w.text(t, `SELECT city FROM sites WHERE id = ?`, w.site),
		w.text(t, `SELECT count(*)::text FROM delivery_addresses`); state != "pending" || city != "Oslo" || kept != "0" {
		t.Errorf("half is left: %s, %s, %s", state, city, kept)
	}
	w.told.fail = nil
	if _, err := w.approve(t, c.ID); err != nil {
		t.Error(err)
	}
}
