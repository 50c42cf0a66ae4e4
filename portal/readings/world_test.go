package readings_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/portal/readings"
)

// now is when the tests take place, unless they turn the clock.
var now = time.Date(2026, 6, 15, 10, 0, 0, 0, time.UTC)

// world is two companies with devices of which people follow some.
type world struct {
	*readings.Service
	db    *postgres.DB
	clock *clock
	// mono has one counter and 30 pages a minute, colour has four and 60.
	mono, colour                     uuid.UUID
	account, other, site, otherSite  uuid.UUID
	anna, colleague, stranger, staff identity.Actor
}

type clock struct {
	sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.Lock(); defer c.Unlock(); return c.at }
func (c *clock) set(at time.Time) {
	c.Lock()
	defer c.Unlock()
	c.at = at
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{
		clock: &clock{at: now}, mono: uuid.New(), colour: uuid.New(), account: uuid.New(), other: uuid.New(),
		site: uuid.New(), otherSite: uuid.New(),
	}
	w.db = pgtest.Open(t, postgres.Config{Clock: w.clock.now})
	w.Service = readings.New(w.db)
	w.exec(t, `INSERT INTO accounts (id, number, name, country, created_at, updated_at)
		VALUES (?, 'K-1', 'Eksempel en', 'NO', now(), now()), (?, 'K-2', 'Eksempel to', 'NO', now(), now())`, w.account, w.other)
	for i, id := range []uuid.UUID{w.site, w.otherSite} {
		w.exec(t, `INSERT INTO sites (id, account_id, number, name, line1, postal_code, city, country, quality, time_zone, created_at, updated_at)
			VALUES (?, ?, '01', 'Hovedkontoret', 'Eksempelveien 1', '8001', 'Bodø', 'NO', 'none', 'Europe/Oslo', now(), now())`,
			id, []uuid.UUID{w.account, w.other}[i])
	}
	w.exec(t, `INSERT INTO models (id, name, counters, pages_per_minute) VALUES
		(?, 'Polar M100', '{black}', 30), (?, 'Polar C300', '{black,colour,black_a3,scan}', 60)`, w.mono, w.colour)
	w.anna, w.colleague = w.person(t, w.account), w.person(t, w.account)
	w.stranger = w.person(t, w.other)
	w.staff = identity.Actor{PersonID: uuid.New(), Role: identity.RoleDispatcher}
	return w
}

func (w *world) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := w.db.NewRaw(query, args...).Exec(t.Context()); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func (w *world) person(t testing.TB, account uuid.UUID) identity.Actor {
	t.Helper()
	id := uuid.New()
	w.exec(t, `INSERT INTO people (id, user_id, role, account_id, created_at, updated_at) VALUES (?, ?, 'customer', ?, now(), now())`,
		id, id.String(), account)
	return identity.Actor{PersonID: id, Role: identity.RoleCustomer, AccountID: account, Language: "nb"}
}

// device stores a device of a company that the people follow, with reminders on.
func (w *world) device(t testing.TB, model uuid.UUID, followers ...identity.Actor) uuid.UUID {
	t.Helper()
	id, site, account := uuid.New(), w.site, w.account
	if len(followers) > 0 && followers[0].AccountID == w.other {
		site, account = w.otherSite, w.other
	}
	w.exec(t, `INSERT INTO devices (id, serial_number, model_id, account_id, site_id, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, now(), now())`, id, fmt.Sprintf("DEMO-%s", id), model, account, site)
	for _, who := range followers {
		w.exec(t, `INSERT INTO registrations (id, person_id, device_id, state, requested_at, decided_at, updated_at)
			VALUES (?, ?, ?, 'active', now(), now(), now())`, uuid.New(), who.PersonID, id)
	}
	return id
}

// black is an entry of a device with one counter.
func black(device uuid.UUID, at time.Time, value int64, reason ...string) readings.Entry {
	e := readings.Entry{DeviceID: device, TakenAt: at, Counters: readings.Counters{"black": value}}
	if len(reason) > 0 {
		e.Reason = reason[0]
	}
	return e
}

// submit gives "outcome reason,reason" of each entry.
func (w *world) submit(t testing.TB, actor identity.Actor, entries ...readings.Entry) []string {
	t.Helper()
	results, err := w.Submit(t.Context(), actor, uuid.New(), entries)
	if err != nil {
		t.Fatal(err)
	}
	return said(t, results)
}

func said(t testing.TB, results []readings.Result) []string {
	t.Helper()
	var all []string
	for _, r := range results {
		text := string(r.Outcome)
		for _, p := range r.Problems {
			text += " " + p.Reason
			if counter := p.Params["counter"]; counter != "" {
				text += "(" + counter + ")"
			}
		}
		if (r.Reading != nil) != (r.Outcome == readings.Kept || r.Outcome == readings.Unchanged) {
			t.Errorf("%s with the reading %v", text, r.Reading)
		}
		all = append(all, text)
	}
	return all
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
