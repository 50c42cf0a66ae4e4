package bulk

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/portal/readings"
)

var now = time.Date(2026, 6, 15, 10, 0, 0, 0, time.UTC)

// fleet is a company with as many devices as asked for, DEMO-1, DEMO-2 …, followed by anna with reminders on, in a country
// where files are taken.
type fleet struct {
	*Service
	db             *postgres.DB
	anna, stranger identity.Actor
}

func newFleet(t testing.TB, devices int) *fleet {
	t.Helper()
	f := &fleet{db: pgtest.Open(t, postgres.Config{Clock: func() time.Time { return now }})}
	f.Service = New(f.db)
	account, site, model := uuid.New(), uuid.New(), uuid.New()
	f.exec(t, `INSERT INTO accounts (id, number, name, country, created_at, updated_at) VALUES (?, 'K-1', 'Eksempel', 'NO', now(), now())`, account)
	f.exec(t, `INSERT INTO country_settings VALUES ('NO', true, now())`)
	f.exec(t, `INSERT INTO sites (id, account_id, number, name, line1, postal_code, city, country, quality, time_zone, created_at, updated_at)
		VALUES (?, ?, '01', 'Hovedkontoret', 'Eksempelveien 1', '8001', 'Bodø', 'NO', 'none', 'Europe/Oslo', now(), now())`, site, account)
	f.exec(t, `INSERT INTO models (id, name, counters, pages_per_minute) VALUES (?, 'Polar C300', '{black,colour}', 60)`, model)
	f.exec(t, `INSERT INTO devices (id, serial_number, model_id, account_id, site_id, created_at, updated_at)
		SELECT gen_random_uuid(), 'DEMO-' || n, ?, ?, ?, now(), now() FROM generate_series(1, ?) n`, model, account, site, devices)
	f.anna = identity.Actor{PersonID: uuid.New(), Role: identity.RoleCustomer, AccountID: account}
	f.stranger = identity.Actor{PersonID: uuid.New(), Role: identity.RoleCustomer, AccountID: account}
	for _, who := range []identity.Actor{f.anna, f.stranger} {
		f.exec(t, `INSERT INTO people (id, user_id, role, account_id, created_at, updated_at) VALUES (?, ?, 'customer', ?, now(), now())`,
			who.PersonID, who.PersonID.String(), account)
	}
	f.exec(t, `INSERT INTO registrations (id, person_id, device_id, state, requested_at, decided_at, updated_at)
		SELECT gen_random_uuid(), ?, id, 'active', now(), now(), now() FROM devices`, f.anna.PersonID)
	f.exec(t, `ANALYZE devices, registrations, people`)
	return f
}

func (f *fleet) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := f.db.NewRaw(query, args...).Exec(t.Context()); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// send uploads a file whole, the last piece first.
func (f *fleet) send(t testing.TB, file string) uuid.UUID {
	t.Helper()
	id, err := f.Start(t.Context(), f.anna, uuid.New(), "avlesninger.csv", int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for start := (len(file) - 1) / PieceSize * PieceSize; start >= 0; start -= PieceSize {
		if err := f.Send(t.Context(), f.anna, uuid.New(), id, int64(start), []byte(file[start:min(start+PieceSize, len(file))])); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

func (f *fleet) check(t testing.TB, file string) Upload {
	t.Helper()
	u, err := f.Check(t.Context(), f.anna, uuid.New(), f.send(t, file))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func (f *fleet) apply(t testing.TB, id uuid.UUID, confirm Confirmations) Upload {
	t.Helper()
	u, err := f.Apply(t.Context(), f.anna, uuid.New(), id, confirm)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// rows gives "row outcome reasons" of all rows.
func (f *fleet) rows(t testing.TB, id uuid.UUID, outcomes ...readings.Outcome) (all []string) {
	t.Helper()
	for page := (readings.Page{Size: 3}); ; {
		rows, next, err := f.Rows(t.Context(), f.anna, id, outcomes, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			text := fmt.Sprint(r.Number, " ", r.Outcome)
			for _, p := range r.Problems {
				text += " " + p.Reason
			}
			all = append(all, text)
		}
		if page.Token = next; next == "" {
			return all
		}
	}
}

func (f *fleet) kept(t testing.TB) (n int) {
	t.Helper()
	if err := f.db.NewRaw(`SELECT count(*) FROM meter_readings`).Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

const header = "Serienummer;Dato;Tid;Svart;Farge;A3 farge;Begrunnelse\n"
