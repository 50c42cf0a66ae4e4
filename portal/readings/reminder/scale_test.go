package reminder

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"utsendt/internal/jobs"
	"utsendt/internal/notify"
	"utsendt/internal/notify/email"
	"utsendt/internal/notify/webpush"
	"utsendt/internal/postgres"
	"utsendt/internal/signedlink"
)

// workerEnv makes the test binary a server that makes reminders, on the database that it names.
const workerEnv = "UTSENDT_REMINDER_WORKER"

func TestMain(m *testing.M) {
	if url := os.Getenv(workerEnv); url != "" {
		if err := work(url); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// scaleNow is 08:00 on the first working day of June in Oslo.
var scaleNow = time.Date(2026, 6, 1, 6, 0, 0, 0, time.UTC)

// work is a whole run with the real notifications, which queue real jobs. It says what it did.
func work(url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	db, err := postgres.Open(ctx, postgres.Config{URL: url, MaxConns: 4, ApplicationName: "reminder worker", Clock: func() time.Time { return scaleNow }})
	if err != nil {
		return err
	}
	defer db.Close()
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	push, err := webpush.NewSender(webpush.Config{Subject: "https://utsendt.example"})
	if err != nil {
		return err
	}
	defer push.Close()
	mail, err := email.Open(email.Config{From: "utsendt@utsendt.example", Folder: os.TempDir()})
	if err != nil {
		return err
	}
	service, err := notify.New(db, notify.Config{Push: push, Mail: mail, BaseURL: "https://portal.example", Logger: quiet})
	if err != nil {
		return err
	}
	workers := river.NewWorkers()
	service.RegisterWorkers(workers)
	client, err := jobs.New(db, workers, jobs.Options{Logger: quiet}) // never started: the jobs stay where they can be counted
	if err != nil {
		return err
	}
	if err := service.UseJobs(client); err != nil {
		return err
	}
	fmt.Println("ready")
	made, err := New(Config{DB: db, Notifier: service, Keys: signedlink.New(db), BaseURL: "https://portal.example", Logger: quiet}).Run(ctx)
	fmt.Println(made.People, made.Devices, made.Lots, made.Longest.Microseconds())
	return err
}

// TestAHundredThousandDevices reminds everybody of a large fleet, with the real queue: the first process is killed in the
// middle, a second one goes on, and nobody gets two. Meanwhile the locks are watched from outside: how long they were held is
// told, beside what an empty transaction took; what keeps it short, the size of a transaction, is tested.
func TestAHundredThousandDevices(t *testing.T) {
	devices := 100_000
	if testing.Short() || underRace {
		devices = 5_000
		t.Log("5,000 devices only, because of -short or -race")
	}
	people := devices / 5
	w := newWorld(t)
	w.exec(t, `INSERT INTO sites (id, account_id, number, name, line1, postal_code, city, country, quality, time_zone, created_at, updated_at)
		VALUES (gen_random_uuid(), ?, '1', 'Sted', 'Eksempelveien 1', '0150', 'Oslo', 'NO', 'none', 'Europe/Oslo', now(), now())`, w.account)
	w.exec(t, `INSERT INTO contracts (id, account_id, number, starts_on, reading_months, created_at, updated_at)
		VALUES (gen_random_uuid(), ?, 'AV-1', '2025-01-01', 1, now(), now())`, w.account)
	w.exec(t, `INSERT INTO people (id, user_id, role, account_id, email, created_at, updated_at)
		SELECT gen_random_uuid(), 'kunde' || n, 'customer', ?, 'kunde' || n || '@example.com', now(), now() FROM generate_series(1, ?) n`, w.account, people)
	w.exec(t, `INSERT INTO devices (id, serial_number, model_id, account_id, site_id, contract_id, created_at, updated_at)
		SELECT gen_random_uuid(), 'DEMO-' || n, m.id, ?, s.id, c.id, now(), now() FROM generate_series(1, ?) n, models m, sites s, contracts c`, w.account, devices)
	w.exec(t, `INSERT INTO registrations (id, person_id, device_id, state, requested_at, decided_at, updated_at)
		SELECT gen_random_uuid(), p.id, d.id, 'active', now(), now(), now()
		FROM (SELECT id, row_number() OVER () AS n FROM people) p JOIN (SELECT id, row_number() OVER () AS n FROM devices) d ON (d.n - 1) / 5 = p.n - 1`)
	w.exec(t, `ANALYZE`)

	watch, end := watchLocks(t, w.DB)
	first := start(t, w.DB)
	for done := 0; done < people/3; {
		if err := w.DB.NewRaw(`SELECT count(*) FROM reading_reminders`).Scan(t.Context(), &done); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	if err := first.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.cmd.Wait() // it was killed
	var before int
	if err := w.DB.NewRaw(`SELECT count(*) FROM reading_reminders`).Scan(t.Context(), &before); err != nil {
		t.Fatal(err)
	}
	if before >= people {
		t.Fatalf("the first process was through before it was killed: %d", before)
	}
	begin := time.Now()
	said := start(t, w.DB).finish(t)
	took := time.Since(begin)
	end()

	var reminders, notifications, persons, mails, queued int
	if err := w.DB.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM reading_reminders), count(*), count(DISTINCT person_id),
			(SELECT count(DISTINCT notification_id) FROM deliveries WHERE channel = 'email'), (SELECT count(*) FROM river_job)
		FROM notifications WHERE kind = 'reading_due'`).Scan(&reminders, &notifications, &persons, &mails, &queued); err != nil {
		t.Fatal(err)
	}
	if reminders != people || notifications != people || persons != people || mails != people || queued != people {
		t.Errorf("%d people: %d reminders, %d messages to %d, %d mails, %d jobs", people, reminders, notifications, persons, mails, queued)
	}
	var n, count, lots int
	var longest int64
	if _, err := fmt.Sscan(said, &n, &count, &lots, &longest); err != nil || n != people-before {
		t.Errorf("the second process said %q, %v", said, err)
	}
	t.Logf("%d devices, %d people; killed after %d; the second process: %v, %d transactions, the longest %v; seen from outside: locks held for %v at most, an empty transaction %v",
		devices, people, before, took.Round(time.Millisecond), lots, time.Duration(longest)*time.Microsecond, watch.longest, watch.floor)
	if lots > 0 && n/lots > mostLot {
		t.Errorf("%d people in %d transactions", n, lots)
	}
}

// process is one that makes reminders.
type process struct {
	cmd *exec.Cmd
	out *bufio.Scanner
}

func start(t *testing.T, db *postgres.DB) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), workerEnv+"="+db.URL())
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // where the test ended early
	w := &process{cmd, bufio.NewScanner(out)}
	if !w.out.Scan() || w.out.Text() != "ready" {
		t.Fatalf("the worker said %q", w.out.Text())
	}
	return w
}

// finish waits, and gives the last line it said.
func (w *process) finish(t *testing.T) string {
	t.Helper()
	var last []string
	for w.out.Scan() {
		last = append(last, w.out.Text())
	}
	if err := w.cmd.Wait(); err != nil {
		t.Fatalf("the worker: %v", err)
	}
	return strings.Join(last, " ")
}

// watched is what was seen of the workers' locks.
type watched struct {
	// longest is how long a transaction of a worker held locks that others may wait for, floor the slowest empty transaction
	// of our own meanwhile: what the machine itself takes.
	longest, floor time.Duration
}

// watchLocks samples pg_locks until end is called.
func watchLocks(t *testing.T, db *postgres.DB) (seen *watched, end func()) {
	t.Helper()
	seen = new(watched)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			var micros int64
			// By the first lock: a transaction that reads holds none that matter, so only those that write are looked at.
			if err := db.QueryRowContext(context.WithoutCancel(t.Context()), `SELECT coalesce(max(extract(epoch FROM clock_timestamp() - a.xact_start) * 1e6), 0)::bigint
				FROM pg_stat_activity a WHERE a.datname = current_database() AND a.application_name = 'reminder worker'
				AND EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.granted AND l.mode IN ('RowExclusiveLock', 'ExclusiveLock')
					AND l.locktype IN ('relation', 'transactionid'))`).Scan(&micros); err != nil {
				t.Error(err)
				return
			}
			seen.longest = max(seen.longest, time.Duration(micros)*time.Microsecond)
			begin := time.Now()
			if err := postgres.InTx(context.WithoutCancel(t.Context()), db, func(ctx context.Context, tx postgres.Tx) error {
				_, err := tx.ExecContext(ctx, `SELECT 1`)
				return err
			}); err != nil {
				t.Error(err)
				return
			}
			seen.floor = max(seen.floor, time.Since(begin))
			select {
			case <-stop:
				return
			case <-time.After(3 * time.Millisecond):
			}
		}
	}()
	return seen, func() { close(stop); <-done }
}
