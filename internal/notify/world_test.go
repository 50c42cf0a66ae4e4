package notify_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"utsendt/internal/identity"
	"utsendt/internal/jobs"
	"utsendt/internal/notify"
	"utsendt/internal/notify/email"
	"utsendt/internal/notify/pushtest"
	"utsendt/internal/notify/webpush"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

// patience bounds every wait; none is ever waited out but by a failing test.
const patience = 30 * time.Second

// world is a database with one customer company, a push service and a notify.Service.
type world struct {
	db      *postgres.DB
	push    *pushtest.Service
	sender  *webpush.Sender
	service *notify.Service
	account uuid.UUID
	cfg     notify.Config
}

// shift is a clock that a test turns forward.
type shift struct{ nanos atomic.Int64 }

func (s *shift) now() time.Time          { return time.Now().Add(time.Duration(s.nanos.Load())) }
func (s *shift) forward(d time.Duration) { s.nanos.Add(int64(d)) }

func newWorld(t testing.TB, cfg notify.Config) *world { return newWorldAt(t, cfg, time.Now) }

func newWorldAt(t testing.TB, cfg notify.Config, clock postgres.Clock) *world {
	t.Helper()
	w := &world{db: pgtest.Open(t, postgres.Config{Clock: clock}), push: pushtest.Start(t), account: uuid.New()}
	var err error
	w.sender, err = webpush.NewSender(webpush.Config{
		Subject: "service@example.com", AllowedHosts: []string{w.push.Host()}, Timeout: 5 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.sender.Close)
	cfg.Push = w.sender
	cfg.RetryBase = time.Millisecond
	cfg.Logger = slog.New(slog.DiscardHandler)
	if cfg.BaseURL == "" {
		cfg.BaseURL = "https://utsendt.example.com/"
	}
	w.cfg = cfg
	if w.service, err = notify.New(w.db, cfg); err != nil {
		t.Fatal(err)
	}
	w.exec(t, `INSERT INTO accounts (id, number, name, country, created_at, updated_at) VALUES (?, 'A-1', 'Prøvefirma', 'NO', now(), now())`, w.account)
	return w
}

func (w *world) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := w.db.NewRaw(query, args...).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// customer makes a person of the company. Without a mail address nothing is sent by e-mail.
func (w *world) customer(t testing.TB, language, address string) identity.Actor {
	t.Helper()
	id := uuid.New()
	w.exec(t, `INSERT INTO people (id, user_id, role, account_id, first_name, last_name, email, language, created_at, updated_at)
		VALUES (?, ?, 'customer', ?, 'Testa', 'Testesen', ?, ?, now(), now())`,
		id, "c-"+id.String(), w.account, address, language)
	return identity.Actor{PersonID: id, Role: identity.RoleCustomer, AccountID: w.account, Language: language}
}

func (w *world) technician(t testing.TB) (identity.Actor, uuid.UUID) {
	t.Helper()
	id, technician := uuid.New(), uuid.New()
	w.exec(t, `INSERT INTO technicians (id, number, first_name, last_name, home_latitude, home_longitude, created_at, updated_at)
		VALUES (?, ?, 'Prøve', 'Teknikersen', 60, 10, now(), now())`, technician, "T-"+technician.String())
	w.exec(t, `INSERT INTO people (id, user_id, role, technician_id, email, language, created_at, updated_at)
		VALUES (?, ?, 'technician', ?, 'prove@example.com', 'nb', now(), now())`, id, "t-"+id.String(), technician)
	return identity.Actor{PersonID: id, Role: identity.RoleTechnician, TechnicianID: technician}, technician
}

// phone subscribes a new phone for a person.
func (w *world) phone(t testing.TB, actor identity.Actor, label string) (*pushtest.Phone, notify.Subscription) {
	t.Helper()
	phone := w.push.NewPhone(t)
	return phone, w.subscribe(t, actor, phone, label)
}

func (w *world) subscribe(t testing.TB, actor identity.Actor, phone *pushtest.Phone, label string) notify.Subscription {
	t.Helper()
	sub := phone.Subscription()
	stored, err := w.service.Subscribe(t.Context(), actor, notify.NewSubscription{
		Endpoint: sub.Endpoint, P256dh: sub.P256dh, Auth: sub.Auth, Label: label,
	})
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

// serve works the jobs as a server does, until the test ends.
func (w *world) serve(t testing.TB) *jobs.Client { return w.serveAs(t, w.db, w.service) }

func (w *world) serveAs(t testing.TB, db *postgres.DB, service *notify.Service) *jobs.Client {
	t.Helper()
	workers := river.NewWorkers()
	service.RegisterWorkers(workers)
	client, err := jobs.New(db, workers, jobs.Options{
		PoolConns: 5, FastStart: true,
		Logger: slog.New(slog.DiscardHandler), FetchPollInterval: 50 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := service.UseJobs(client); err != nil {
		t.Fatal(err)
	}
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := client.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return client
}

// about is a message about a request, with the usual parameters.
func about(to notify.Audience, kind notify.Kind, request uuid.UUID) notify.Message {
	return notify.Message{
		To: to, Kind: kind, SubjectKind: "request", SubjectID: request, URL: "/requests/SR-1000017",
		Params: map[string]string{
			"number": "SR-1000017", "technician": "Testa", "device": "Fargeskriver 1. etasje", "city": "Bodø",
		},
	}
}

func (w *world) notify(t testing.TB, messages ...notify.Message) {
	t.Helper()
	err := postgres.InTx(t.Context(), w.db, func(ctx context.Context, tx postgres.Tx) error {
		return w.service.Notify(ctx, tx, messages...)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ledger gives a person's messages, newest first.
func (w *world) ledger(t testing.TB, actor identity.Actor) []notify.Notification {
	t.Helper()
	list, _, err := w.service.ListNotifications(t.Context(), actor, 100, "")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// await waits until the person's newest message satisfies cond, and returns it.
func (w *world) await(t testing.TB, actor identity.Actor, what string, cond func(notify.Notification) bool) notify.Notification {
	t.Helper()
	var newest notify.Notification
	eventually(t, func() string { return fmt.Sprintf("%s; the ledger has %+v", what, newest.Deliveries) }, func() bool {
		if list := w.ledger(t, actor); len(list) > 0 {
			newest = list[0]
		}
		return newest.ID != uuid.Nil && cond(newest)
	})
	return newest
}

// settled waits until no delivery of the person's newest message is open, with want deliveries.
func (w *world) settled(t testing.TB, actor identity.Actor, want int) notify.Notification {
	t.Helper()
	return w.await(t, actor, fmt.Sprintf("%d settled deliveries", want), func(n notify.Notification) bool {
		for _, d := range n.Deliveries {
			if d.State == notify.Queued || d.State == notify.Retrying {
				return false
			}
		}
		return len(n.Deliveries) == want
	})
}

func eventually(t testing.TB, what func() string, cond func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !cond(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what())
		}
	}
}

// shown is what a phone's service worker reads.
type shown struct {
	Title, Body, URL, Tag, Lang, Kind, RequestNumber string
	Seq                                              int64
}

// received waits for the phone's nth message and opens the newest.
func received(t testing.TB, phone *pushtest.Phone, n int) (shown, pushtest.Message) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	all, err := phone.Wait(ctx, n)
	if err != nil {
		t.Fatalf("waiting for message %d: %v", n, err)
	}
	last := all[len(all)-1]
	var s shown
	if err := json.Unmarshal(last.Payload, &s); err != nil {
		t.Fatalf("the payload %q: %v", last.Payload, err)
	}
	return s, last.Message
}

// mailbox keeps mails instead of sending them, and fails as told.
type mailbox struct {
	sent chan email.Message
	fail atomic.Pointer[email.Error]
	left atomic.Int32 // how many more times to fail
}

func newMailbox() *mailbox { return &mailbox{sent: make(chan email.Message, 100)} }

func (m *mailbox) Send(_ context.Context, message email.Message) error {
	if failure := m.fail.Load(); failure != nil && m.left.Add(-1) >= 0 {
		return failure
	}
	m.sent <- message
	return nil
}
