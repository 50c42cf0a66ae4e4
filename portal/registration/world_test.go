package registration_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/portal/registration"
)

// world is two companies: mine with devices at two sites, and another.
type world struct {
	db      *postgres.DB
	s       *registration.Service
	told    *recorder
	account uuid.UUID
	other   uuid.UUID
	site    uuid.UUID
	// devices are at the first site, A-00 and on; elsewhere is at the second, theirs another company's.
	devices           []uuid.UUID
	elsewhere, theirs uuid.UUID
	staff, colleague  identity.Actor
}

// recorder keeps what was told in transactions.
type recorder struct {
	mu       sync.Mutex
	messages []notify.Message
	// fail is given instead, once it is set.
	fail error
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

func (r *recorder) of(kind notify.Kind) []notify.Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []notify.Message
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

func newWorld(t *testing.T, devices int) *world {
	t.Helper()
	w := &world{db: pgtest.New(t), told: &recorder{}, account: uuid.New(), other: uuid.New(), site: uuid.New()}
	w.s = registration.New(w.db, w.told)
	model, second, their := uuid.New(), uuid.New(), uuid.New()
	for i, id := range []uuid.UUID{w.account, w.other} {
		exec(t, w.db, `INSERT INTO accounts VALUES (?, ?, ?, 'NO', 'nb', now(), now())`, id, fmt.Sprint("K-", i+1), fmt.Sprint("Eksempel ", i+1))
	}
	site := `INSERT INTO sites VALUES (?, ?, ?, ?, 'Eksempelveien 1', '', '', ?, 'Oslo', 'NO', NULL, NULL, 'none', 'Europe/Oslo', now(), now())`
	exec(t, w.db, site, w.site, w.account, "01", "Hovedkontoret", "0150")
	exec(t, w.db, site, second, w.account, "02", "Lageret", "8001")
	exec(t, w.db, site, their, w.other, "01", "Deres", "0150")
	exec(t, w.db, `INSERT INTO models (id, name) VALUES (?, 'Polar C300')`, model)
	device := `INSERT INTO devices (id, serial_number, model_id, account_id, site_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?, now(), now())`
	for i := range devices {
		w.devices = append(w.devices, uuid.New())
		exec(t, w.db, device, w.devices[i], fmt.Sprintf("A-%02d", i), model, w.account, w.site)
	}
	w.elsewhere, w.theirs = uuid.New(), uuid.New()
	exec(t, w.db, device, w.elsewhere, "B-00", model, w.account, second)
	exec(t, w.db, device, w.theirs, "C-00", model, w.other, their)
	w.staff, w.colleague = w.employee(t), w.employee(t)
	return w
}

func (w *world) employee(t *testing.T) identity.Actor {
	t.Helper()
	id := uuid.New()
	exec(t, w.db, `INSERT INTO people (id, user_id, role, created_at, updated_at) VALUES (?, ?, 'dispatcher', now(), now())`, id, id.String())
	return identity.Actor{PersonID: id, Role: identity.RoleDispatcher, FirstName: "Sentral"}
}

func (w *world) person(t *testing.T, account uuid.UUID) identity.Actor {
	t.Helper()
	id := uuid.New()
	exec(t, w.db, `INSERT INTO people (id, user_id, role, account_id, email, created_at, updated_at) VALUES (?, ?, 'customer', ?, 'kunde@example.com', now(), now())`,
		id, id.String(), account)
	return identity.Actor{PersonID: id, Role: identity.RoleCustomer, AccountID: account, FirstName: "Kari", LastName: "Eksempel", Address: "192.0.2.1"}
}

func (w *world) register(t *testing.T, who identity.Actor, serial, postal string) (registration.Registered, error) {
	t.Helper()
	return w.s.Register(t.Context(), who, uuid.New(), registration.Wish{SerialNumber: serial, PostalCode: postal})
}

func (w *world) mustRegister(t *testing.T, who identity.Actor, serial, postal string) registration.Registration {
	t.Helper()
	made, err := w.register(t, who, serial, postal)
	if err != nil {
		t.Fatalf("registering %s: %v", serial, err)
	}
	return made.Registration
}

// ask registers the devices as siblings of the first, which the person follows.
func (w *world) ask(t *testing.T, who identity.Actor, devices ...uuid.UUID) registration.Asked {
	t.Helper()
	var choices []registration.Choice
	for _, d := range devices {
		choices = append(choices, registration.Choice{DeviceID: d, BackupEmail: "reserve@example.com", Reminders: true})
	}
	asked, err := w.s.RegisterSiblings(t.Context(), who, uuid.New(), w.devices[0], choices)
	if err != nil {
		t.Fatal(err)
	}
	return asked
}

// states are the person's registrations by serial number.
func (w *world) states(t *testing.T, who identity.Actor) map[string]registration.State {
	t.Helper()
	states := map[string]registration.State{}
	page := registration.Page{Size: 3}
	for {
		list, err := w.s.Mine(t.Context(), who, []registration.State{registration.Pending, registration.Active, registration.Refused, registration.Removed}, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list.Registrations {
			if _, twice := states[r.Device.SerialNumber]; twice {
				t.Fatalf("%s is listed twice", r.Device.SerialNumber)
			}
			states[r.Device.SerialNumber] = r.State
		}
		if page.Token = list.Next; page.Token == "" {
			if int(list.Total) != len(states) {
				t.Fatalf("the total is %d of %d", list.Total, len(states))
			}
			return states
		}
	}
}

func reason(err error) string {
	if err == nil {
		return ""
	}
	return fault.ReasonOf(err)
}

// together runs all at once and gives their errors.
func together(work ...func() error) []error {
	errs := make([]error, len(work))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i, do := range work {
		wg.Go(func() { <-start; errs[i] = do() })
	}
	close(start)
	wg.Wait()
	return errs
}

func oneSucceeds(t *testing.T, what string, errs []error, otherReasons ...string) {
	t.Helper()
	succeeded := 0
	for _, err := range errs {
		if err == nil {
			succeeded++
		} else if !slices.Contains(otherReasons, reason(err)) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if succeeded != 1 {
		t.Errorf("%s: %d succeeded: %v", what, succeeded, errors.Join(errs...))
	}
}
