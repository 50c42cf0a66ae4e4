package backoffice_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/live"
	"utsendt/internal/notify"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/portal"
	"utsendt/portal/backoffice"
)

// world is an office with two customers' fleets.
type world struct {
	db                *postgres.DB
	office            *backoffice.Service
	dispatch          *dispatch.Service
	mail              *outbox
	admin, dispatcher identity.Actor

	account, other             backoffice.Account
	site, elsewhere, otherSite backoffice.Site
	model                      backoffice.Model
	contract, otherContract    backoffice.Contract
	device                     backoffice.Device
}

// outbox keeps the mails that identity writes.
type outbox struct {
	mu    sync.Mutex
	mails []identity.Mail
}

func (o *outbox) Mail(_ context.Context, _ postgres.Tx, m identity.Mail) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.mails = append(o.mails, m)
	return nil
}

type nobody struct{}

func (nobody) Notify(context.Context, postgres.Tx, ...notify.Message) error { return nil }

func op() uuid.UUID { return uuid.New() }

// must gives a value that came without an error.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func wants(t *testing.T, err error, kind fault.Kind, reason string) *fault.Error {
	t.Helper()
	if !errors.Is(err, &fault.Error{Kind: kind, Reason: reason}) {
		t.Errorf("%v, want %v %s", err, kind, reason)
	}
	return fault.From(err)
}

func siteFields(account uuid.UUID, number string) backoffice.SiteFields {
	lat, lon := 59.91, 10.75
	return backoffice.SiteFields{AccountID: account, Number: number, Name: "Kontoret", Line1: "Eksempelveien 1", PostalCode: "150",
		City: "Oslo", Country: "NO", Latitude: &lat, Longitude: &lon, Quality: portal.QualityRooftop, TimeZone: "Europe/Oslo"}
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db := pgtest.New(t)
	bus, err := live.Open(live.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bus.Close)
	w := &world{db: db, mail: &outbox{}}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	w.dispatch = dispatch.New(dispatch.Config{DB: db, Bus: bus, Notifier: nobody{}, Logger: quiet})
	people := identity.New(db, identity.Config{CheapHashes: true})
	people.UseMail(w.mail)
	w.office = backoffice.New(backoffice.Config{DB: db, People: people, Dispatch: w.dispatch})
	actor := func(userID string, role identity.Role) identity.Actor {
		p := must(people.CreatePerson(t.Context(), identity.System(), identity.NewPerson{UserID: userID, Role: role, FirstName: userID}))(t)
		return identity.Actor{PersonID: p.ID, Role: role, FirstName: userID, Address: "192.0.2.1"}
	}
	w.admin, w.dispatcher = actor("admin", identity.RoleAdmin), actor("sentral", identity.RoleDispatcher)

	ctx, o := t.Context(), w.office
	w.account = must(o.CreateAccount(ctx, w.dispatcher, op(), backoffice.AccountFields{Number: "K-1", Name: "Eksempel En AS", Country: "NO", Language: "nb"}))(t)
	w.other = must(o.CreateAccount(ctx, w.dispatcher, op(), backoffice.AccountFields{Number: "K-2", Name: "Eksempel To AS", Country: "NO", Language: "nb"}))(t)
	w.site = must(o.CreateSite(ctx, w.dispatcher, op(), siteFields(w.account.ID, "01")))(t)
	w.elsewhere = must(o.CreateSite(ctx, w.dispatcher, op(), siteFields(w.account.ID, "02")))(t)
	w.otherSite = must(o.CreateSite(ctx, w.dispatcher, op(), siteFields(w.other.ID, "01")))(t)
	w.model = must(o.CreateModel(ctx, w.dispatcher, op(), backoffice.ModelFields{
		Name: "Polar C300", Skills: dispatch.Texts{"finisher", "Colour-A3 "}, Counters: dispatch.Texts{"black"}, PagesPerMinute: 30}))(t)
	w.contract, w.otherContract = w.newContract(t, w.account.ID, "AV-1"), w.newContract(t, w.other.ID, "AV-2")
	w.device = w.newDevice(t, "DEMO-1")
	return w
}

func (w *world) newContract(t testing.TB, account uuid.UUID, number string) backoffice.Contract {
	t.Helper()
	return must(w.office.CreateContract(t.Context(), w.admin, op(), backoffice.ContractFields{
		AccountID: account, Number: number, StartsOn: w.db.Now().Truncate(24 * 3600e9), ReadingMonths: 1, SupplyKinds: dispatch.Texts{"toner"}}))(t)
}

func (w *world) newDevice(t testing.TB, serial string) backoffice.Device {
	t.Helper()
	return must(w.office.CreateDevice(t.Context(), w.dispatcher, op(),
		backoffice.DeviceFields{SerialNumber: serial, ModelID: w.model.ID, FriendlyName: "Resepsjonen"}, w.site.ID, w.contract.ID))(t)
}

// customer makes somebody of an account.
func (w *world) customer(t testing.TB, userID string, account uuid.UUID) uuid.UUID {
	t.Helper()
	p := must(w.office.CreatePerson(t.Context(), w.admin, op(), userID, backoffice.PersonFields{
		FirstName: "Kari", LastName: userID, Language: "nb", Role: identity.RoleCustomer, AccountID: account}))(t)
	return p.ID
}

func (w *world) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := w.db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

// lines counts the audit trail of an object.
func (w *world) lines(t testing.TB, object uuid.UUID) (n int) {
	t.Helper()
	if err := w.db.NewRaw("SELECT count(*) FROM audit_trail WHERE object_id = ?", object).Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// open opens a request for a device as it is.
func (w *world) open(t testing.TB, d backoffice.Device) *dispatch.Request {
	t.Helper()
	return must(w.dispatch.Open(t.Context(), w.dispatcher, dispatch.Operation{ID: op()}, nil, w.request(d)))(t)
}

func (w *world) request(d backoffice.Device) dispatch.NewRequest {
	lat, lon := 59.91, 10.75
	return dispatch.NewRequest{
		AccountID: d.AccountID, AccountName: d.AccountName, Device: dispatch.Device{ID: d.ID, SerialNumber: d.SerialNumber, Model: d.ModelName},
		Place:    dispatch.Place{Line1: "Eksempelveien 1", PostalCode: "0150", City: "Oslo", Country: "NO", Latitude: &lat, Longitude: &lon, Quality: "rooftop", TimeZone: "Europe/Oslo"},
		Category: dispatch.PaperJam, Description: "x", Skills: w.model.Skills,
	}
}

func serial(i int) string { return fmt.Sprintf("DEMO-%03d", i) }

func (w *world) now() time.Time { return time.Now() }
