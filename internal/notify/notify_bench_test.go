package notify_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/notify"
	"utsendt/internal/notify/webpush"
	"utsendt/internal/postgres"
)

// BenchmarkNotify measures what Notify adds to a transaction, as a multiple of a transaction with one bare
// INSERT of a row like a notification, on the same database.
func BenchmarkNotify(b *testing.B) {
	for _, c := range []struct {
		name   string
		phones int
	}{{"no_browser", 0}, {"one_browser", 1}, {"two_browsers", 2}} {
		b.Run(c.name, func(b *testing.B) {
			w := newWorld(b, notify.Config{})
			customer := w.customer(b, "nb", "")
			for range c.phones {
				w.phone(b, customer, "")
			}
			insert := func(ctx context.Context, tx postgres.Tx) error {
				_, err := tx.NewRaw(`INSERT INTO notifications (id, person_id, kind, language, title, body, url, created_at)
					VALUES (?, ?, 'en_route', 'nb', 'SR-1000017: På vei', 'Testa er på vei til Fargeskriver 1. etasje.', '/', ?)`,
					uuid.New(), customer.PersonID, tx.Now()).Exec(ctx)
				return err
			}
			tell := func(ctx context.Context, tx postgres.Tx) error {
				return w.service.Notify(ctx, tx, about(notify.Audience{Person: customer.PersonID}, notify.EnRoute, uuid.New()))
			}
			run := func(fn func(context.Context, postgres.Tx) error) time.Duration {
				begin := time.Now()
				if err := postgres.InTx(b.Context(), w.db, fn); err != nil {
					b.Fatal(err)
				}
				return time.Since(begin)
			}
			run(insert)
			run(tell)
			var bare, told time.Duration
			for b.Loop() { // taking turns, so that both see the same machine
				bare += run(insert)
				told += run(tell)
			}
			b.ReportMetric(float64(told)/float64(bare), "x-insert-tx")
			b.ReportMetric(float64(told.Microseconds())/float64(b.N), "µs/notify-tx")
			b.ReportMetric(float64(bare.Microseconds())/float64(b.N), "µs/insert-tx")
		})
	}
}

// statements counts what goes through bun; River's go beside it.
type statements struct{ n int }

func (s *statements) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }
func (s *statements) AfterQuery(context.Context, *bun.QueryEvent)                        { s.n++ }

func TestNotifyTakesTwoStatementsAndOneForTheJobs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{Mail: newMailbox()})
	count := &statements{}
	db, err := postgres.Open(t.Context(), postgres.Config{URL: w.db.URL(), Hooks: []bun.QueryHook{count}})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tell := func(want, jobs int) {
		t.Helper()
		err := postgres.InTx(t.Context(), db, func(ctx context.Context, tx postgres.Tx) error {
			count.n = 0
			err := w.service.Notify(ctx, tx, about(notify.Audience{Account: w.account}, notify.EnRoute, uuid.New()))
			if count.n != want {
				t.Errorf("%d statements, not %d", count.n, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var queued int
		if err := db.NewRaw(`SELECT count(*) FROM river_job`).Scan(t.Context(), &queued); err != nil || queued != jobs {
			t.Errorf("%d jobs, %v", queued, err)
		}
	}
	for range 3 {
		customer := w.customer(t, "nb", "testa@example.com")
		w.phone(t, customer, "")
		w.phone(t, customer, "")
	}
	tell(2, 6)
	// Where mail goes out, one more asks who wants it.
	w.customer(t, "en", "mail@example.com")
	w.customer(t, "en", "post@example.com")
	tell(3, 6+8)
}

// BenchmarkNotifyBatch measures 500 messages to 500 people, each with a mail, in one transaction, as reminders are sent,
// as a multiple of writing the same rows (messages, deliveries, jobs) by three bare statements of many rows.
func BenchmarkNotifyBatch(b *testing.B) {
	const size = 500
	w := newWorld(b, notify.Config{Mail: newMailbox()})
	messages := make([]notify.Message, size)
	people := make([]uuid.UUID, size)
	for i := range messages {
		people[i] = w.customer(b, "nb", fmt.Sprintf("kunde%d@example.com", i)).PersonID
		messages[i] = ordered(notify.Audience{Person: people[i]}, uuid.New())
	}
	insert := func(ctx context.Context, tx postgres.Tx) error {
		var ids, deliveries []uuid.UUID
		var args []string
		for range people {
			ids, deliveries = append(ids, uuid.Must(uuid.NewV7())), append(deliveries, uuid.Must(uuid.NewV7()))
			args = append(args, `{"delivery": "`+deliveries[len(deliveries)-1].String()+`"}`)
		}
		for _, statement := range []struct {
			query string
			args  []any
		}{
			{`INSERT INTO notifications (id, person_id, kind, language, title, body, url, created_at)
				SELECT id, person, 'test_order', 'nb', 'SO-1: Bestilt', '1 234 varer til Fargeskriver.', '/orders/SO-1', ?
				FROM unnest(ARRAY[?]::uuid[], ARRAY[?]::uuid[]) AS x (id, person)`, []any{tx.Now(), bun.List(ids), bun.List(people)}},
			{`INSERT INTO deliveries (id, notification_id, channel, recipient, state, updated_at)
				SELECT id, notification, 'email', 'k***@example.com', 'queued', ?
				FROM unnest(ARRAY[?]::uuid[], ARRAY[?]::uuid[]) AS x (id, notification)`, []any{tx.Now(), bun.List(deliveries), bun.List(ids)}},
			{`INSERT INTO river_job (kind, queue, max_attempts, args) SELECT 'notify_email', 'email', 12, args::jsonb
				FROM unnest(ARRAY[?]::text[]) AS x (args)`, []any{bun.List(args)}},
		} {
			if _, err := tx.NewRaw(statement.query, statement.args...).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	}
	tell := func(ctx context.Context, tx postgres.Tx) error { return w.service.Notify(ctx, tx, messages...) }
	run := func(fn func(context.Context, postgres.Tx) error) time.Duration {
		begin := time.Now()
		if err := postgres.InTx(b.Context(), w.db, fn); err != nil {
			b.Fatal(err)
		}
		return time.Since(begin)
	}
	run(insert)
	run(tell)
	var bare, told time.Duration
	for b.Loop() { // taking turns, so that both see the same machine
		bare += run(insert)
		told += run(tell)
	}
	b.ReportMetric(float64(told)/float64(bare), "x-bare-inserts")
	b.ReportMetric(float64(size*b.N)/told.Seconds(), "messages/s")
	b.ReportMetric(float64(told.Milliseconds())/float64(b.N), "ms/500-messages")
}

// BenchmarkCommitToPhone measures from the beginning of the change's transaction until the push service has
// the message, one at a time, as a multiple of sending the same message directly.
func BenchmarkCommitToPhone(b *testing.B) {
	w := newWorld(b, notify.Config{})
	w.serve(b)
	customer := w.customer(b, "nb", "")
	phone, _ := w.phone(b, customer, "")
	keys, err := w.service.CurrentKey(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	sent := 0
	wait := func() {
		sent++
		if _, err := w.push.WaitMessages(b.Context(), sent); err != nil {
			b.Fatal(err)
		}
	}
	var direct, queued time.Duration
	for b.Loop() {
		begin := time.Now()
		if result, err := w.sender.Send(b.Context(), phone.Subscription(), keys,
			webpush.Message{Payload: make([]byte, 300), TTL: time.Hour}); err != nil || result.Class != webpush.Delivered {
			b.Fatal(result, err)
		}
		wait()
		direct += time.Since(begin)
		begin = time.Now()
		w.notify(b, about(notify.Audience{Person: customer.PersonID}, notify.EnRoute, uuid.New()))
		wait()
		queued += time.Since(begin)
	}
	b.ReportMetric(float64(queued)/float64(direct), "x-direct")
	b.ReportMetric(float64(queued.Microseconds())/float64(b.N), "µs/commit-to-phone")
}
