package addresschange_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

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
