package reminder

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/internal/signedlink"
)

// outbox remembers what was queued.
type outbox struct {
	sync.Mutex
	sent []notify.Message
}

func (o *outbox) Notify(_ context.Context, tx postgres.Tx, messages ...notify.Message) error {
	tx.AfterCommit(func() {
		o.Lock()
		defer o.Unlock()
		o.sent = append(o.sent, messages...)
	})
	return nil
}

// take gives "kind to: serial serial" of what was queued since the last call.
func (o *outbox) take() (all []string) {
	o.Lock()
	defer o.Unlock()
	for _, m := range o.sent {
		text := fmt.Sprint(m.Kind, " ", m.To.Address.Email, ":")
		for _, l := range m.Lines {
			text += " " + l.Value
		}
		if m.Params["bulk"] != "" {
			text += " " + m.Params["bulk"]
		}
		all = append(all, text)
	}
	o.sent = nil
	slices.Sort(all)
	return all
}

type world struct {
	*Service
	box *outbox

	mu      sync.Mutex
	at      time.Time
	account uuid.UUID
}

func (w *world) turn(at string) {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		panic(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = t
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{box: new(outbox), account: uuid.New()}
	db := pgtest.Open(t, postgres.Config{Clock: func() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.at }})
	w.turn("2026-05-15T12:00:00Z")
	w.Service = New(Config{DB: db, Notifier: w.box, Keys: signedlink.New(db), BaseURL: "https://portal.example"})
	w.exec(t, `INSERT INTO accounts (id, number, name, country, created_at, updated_at) VALUES (?, 'K-1', 'Eksempel', 'NO', now(), now())`, w.account)
	w.exec(t, `INSERT INTO models (id, name) VALUES (gen_random_uuid(), 'Polar M100')`)
	return w
}

func (w *world) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := w.DB.NewRaw(query, args...).Exec(t.Context()); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// device stores a device at a site of its own under a contract with periods of some months, followed by a person.
func (w *world) device(t testing.TB, serial, country, zone string, months int, person uuid.UUID, backup string) {
	t.Helper()
	site, contract, device := uuid.New(), uuid.New(), uuid.New()
	w.exec(t, `INSERT INTO sites (id, account_id, number, name, line1, postal_code, city, country, quality, time_zone, created_at, updated_at)
		VALUES (?, ?, ?, 'Sted', 'Eksempelveien 1', '0150', 'Oslo', ?, 'none', ?, now(), now())`, site, w.account, serial, country, zone)
	w.exec(t, `INSERT INTO contracts (id, account_id, number, starts_on, ends_on, reading_months, created_at, updated_at)
		VALUES (?, ?, ?, '2025-01-01', '2026-12-31', ?, now(), now())`, contract, w.account, serial, months)
	w.exec(t, `INSERT INTO devices (id, serial_number, model_id, account_id, site_id, contract_id, created_at, updated_at)
		SELECT ?, ?, id, ?, ?, ?, now(), now() FROM models LIMIT 1`, device, serial, w.account, site, contract)
	w.follow(t, serial, person, backup)
}

func (w *world) follow(t testing.TB, serial string, person uuid.UUID, backup string) {
	t.Helper()
	w.exec(t, `INSERT INTO registrations (id, person_id, device_id, state, backup_email, requested_at, decided_at, updated_at)
		SELECT ?, ?, id, 'active', ?, now(), now(), now() FROM devices WHERE serial_number = ?`, uuid.New(), person, backup, serial)
}

func (w *world) person(t testing.TB) uuid.UUID {
	t.Helper()
	id := uuid.New()
	w.exec(t, `INSERT INTO people (id, user_id, role, account_id, email, created_at, updated_at) VALUES (?, ?, 'customer', ?, 'own@example.com', now(), now())`,
		id, id.String(), w.account)
	return id
}

func (w *world) read(t testing.TB, serial, at string) {
	t.Helper()
	w.exec(t, `INSERT INTO meter_readings (id, device_id, taken_at, counters, source, entered_at)
		SELECT gen_random_uuid(), id, ?, '{"black": 1}', 'import', now() FROM devices WHERE serial_number = ?`, at, serial)
}

// run makes what is to be made and compares.
func (w *world) run(t *testing.T, at string, want ...string) {
	t.Helper()
	w.turn(at)
	if _, err := w.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.box.take(); !slices.Equal(got, want) {
		t.Errorf("%s: got\n\t%s\nwant\n\t%s", at, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestReminders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, olav, gone := w.person(t), w.person(t), w.person(t)
	w.device(t, "A", "NO", "Europe/Oslo", 1, anna, "reserve@example.com")
	w.device(t, "B", "NO", "Europe/Oslo", 1, anna, "own@example.com") // the person's own: no second mail
	w.device(t, "Q", "NO", "Europe/Oslo", 3, anna, "reserve@example.com")
	w.device(t, "H", "SE", "Europe/Stockholm", 1, olav, "")
	w.device(t, "G", "NO", "Europe/Oslo", 1, gone, "")
	w.device(t, "X", "NO", "Europe/Oslo", 1, olav, "")
	w.follow(t, "A", olav, "")
	w.exec(t, `UPDATE people SET disabled_at = now() WHERE id = ?`, gone)
	w.exec(t, `UPDATE registrations SET reminders = false WHERE person_id = ? AND device_id = (SELECT id FROM devices WHERE serial_number = 'X')`, olav)
	w.exec(t, `INSERT INTO country_settings VALUES ('NO', true, now())`)
	bulk := " https://portal.example/readings/bulk"

	// June 2026 begins on a Monday; Oslo is at 08:00 two hours before Greenwich.
	w.run(t, "2026-06-01T05:59:00Z")
	w.run(t, "2026-06-01T06:00:00Z", "reading_due : A B"+bulk, "reading_due : A"+bulk, "reading_due : H"+bulk)
	w.run(t, "2026-06-01T07:00:00Z")
	// Somebody read A meanwhile, in the last week of May. The second reminder is five working days later.
	w.read(t, "A", "2026-05-28T12:00:00Z")
	w.run(t, "2026-06-08T05:59:00Z")
	w.run(t, "2026-06-08T06:00:00Z", "reading_overdue : B"+bulk, "reading_overdue : H"+bulk)
	w.run(t, "2026-06-08T07:00:00Z")
	w.run(t, "2026-06-20T06:00:00Z")
	// In July the quarter is over as well. A reading of three weeks ago does not count.
	w.run(t, "2026-07-01T06:00:00Z", "reading_due : A B Q"+bulk, "reading_due : A"+bulk, "reading_due : H"+bulk)
	w.read(t, "B", "2026-07-02T06:00:00Z")
	w.run(t, "2026-07-08T06:00:00Z", "reading_overdue : A Q"+bulk, "reading_overdue : A"+bulk, "reading_overdue : H"+bulk,
		"reading_overdue reserve@example.com: A Q")
	// 1 January is a holiday and 2 January 2027 a Saturday: the last month of the contracts is asked for on the 4th.
	w.run(t, "2027-01-03T12:00:00Z")
	w.run(t, "2027-01-04T07:00:00Z", "reading_due : A B Q"+bulk, "reading_due : A"+bulk, "reading_due : H"+bulk)
	// From then on there is no contract.
	w.run(t, "2027-02-03T12:00:00Z")
}

// TestManyServers: many that run at once make each reminder once.
func TestManyServers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 40 {
		w.device(t, fmt.Sprint("D", i), "NO", "Europe/Oslo", 1, w.person(t), "")
	}
	w.turn("2026-06-01T06:00:00Z")
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			if _, err := w.Run(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := w.box.take(); len(got) != 40 {
		t.Errorf("%d reminders for 40 people", len(got))
	}
}

// TestNothingIsClaimedWithoutItsMessages: what could not be queued is made at the next run.
func TestNothingIsClaimedWithoutItsMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.device(t, "A", "NO", "Europe/Oslo", 1, w.person(t), "")
	w.turn("2026-06-01T06:00:00Z")
	broken := New(Config{DB: w.DB, Notifier: failing{}, Keys: w.Keys})
	if _, err := broken.Run(t.Context()); !errors.Is(err, errFailing) {
		t.Errorf("a failure is not told: %v", err)
	}
	w.run(t, "2026-06-01T07:00:00Z", "reading_due : A")
}

type failing struct{}

var errFailing = errors.New("failing")

func (failing) Notify(context.Context, postgres.Tx, ...notify.Message) error { return errFailing }

func TestLinks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, other := identity.Actor{PersonID: uuid.New()}, identity.Actor{PersonID: uuid.New()}
	link := func(person uuid.UUID) (url string) {
		t.Helper()
		if err := postgres.InTx(t.Context(), w.DB, func(ctx context.Context, tx postgres.Tx) error {
			secrets, err := w.Link(ctx, tx, notify.Recipient{PersonID: person})
			url = secrets[notify.SecretURL]
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return url
	}
	if got := link(uuid.Nil); got != "/readings" {
		t.Errorf("a backup address gets %s", got)
	}
	token, ok := strings.CutPrefix(link(anna.PersonID), "/readings?link=")
	if !ok || w.Check(t.Context(), anna, token) != nil {
		t.Errorf("%s", token)
	}
	if err := w.Check(t.Context(), other, token); fault.ReasonOf(err) != "reading_link_unknown" || fault.KindOf(err) != fault.NotFound {
		t.Errorf("somebody else's: %v", err)
	}
	if err := w.Check(t.Context(), anna, token+"x"); fault.ReasonOf(err) != "reading_link_unknown" {
		t.Errorf("forged: %v", err)
	}
	w.turn("2026-09-01T00:00:00Z")
	if err := w.Check(t.Context(), anna, token); fault.ReasonOf(err) != "reading_link_expired" {
		t.Errorf("months later: %v", err)
	}
}
