package identity

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"utsendt/internal/fault"
	"utsendt/internal/jobs"
	"utsendt/internal/postgres"
)

// post is a Mailer that keeps what it is given, in place of sending it.
type post struct {
	mu    sync.Mutex
	mails []Mail
}

// Mail keeps the mail once the transaction is committed.
func (p *post) Mail(_ context.Context, tx postgres.Tx, m Mail) error {
	tx.AfterCommit(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.mails = append(p.mails, m)
	})
	return nil
}

// of gives the mails of a kind so far.
func (p *post) of(kind MailKind) []Mail {
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []Mail
	for _, m := range p.mails {
		if m.Kind == kind {
			found = append(found, m)
		}
	}
	return found
}

// office is a world with a job queue that is worked when the test says so, a post, and one customer company.
type office struct {
	*world
	post    *post
	account uuid.UUID
}

func newOffice(t *testing.T) *office {
	t.Helper()
	w := newWorld(t)
	o := &office{world: w, post: &post{}, account: uuid.New()}
	o.UseMail(o.post)
	inserter, err := jobs.New(w.db, nil, jobs.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	o.UseJobs(inserter)
	o.exec(t, `INSERT INTO accounts (id, number, name, country, created_at, updated_at) VALUES (?, 'K-1001', 'Prøvefirma', 'NO', now(), now())`, o.account)
	o.exec(t, `INSERT INTO sites (id, account_id, number, name, line1, postal_code, city, country, quality, time_zone, created_at, updated_at)
		VALUES (?, ?, 'S-1', 'Prøvested', 'Prøveveien 1', '0150', 'Oslo', 'NO', 'none', 'Europe/Oslo', now(), now())`, uuid.New(), o.account)
	return o
}

func (o *office) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := o.db.NewRaw(query, args...).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (o *office) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := o.db.NewRaw(query, args...).Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// work works off what was queued, every job twice, as it may happen when a server dies.
func (o *office) work(t *testing.T) {
	t.Helper()
	var queued []struct {
		Kind string
		ID   uuid.UUID `bun:"type:uuid"`
	}
	if err := o.db.NewRaw(`SELECT kind, COALESCE(args->>'recovery', args->>'reminder', args->>'sign_up')::uuid AS id
		FROM river_job WHERE kind LIKE 'identity_%' ORDER BY id`).Scan(t.Context(), &queued); err != nil {
		t.Fatal(err)
	}
	for _, job := range queued {
		for range 2 {
			var err error
			switch job.Kind {
			case recoveryArgs{}.Kind():
				err = o.recover(t.Context(), job.ID)
			case reminderArgs{}.Kind():
				err = o.remind(t.Context(), job.ID)
			case signUpArgs{}.Kind():
				err = o.receive(t.Context(), job.ID)
			default:
				t.Fatalf("a job of kind %s", job.Kind)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	o.exec(t, "DELETE FROM river_job WHERE kind LIKE 'identity_%'")
}

// TestWorkersAreKnown: what is queued by kind is worked by kind.
func TestWorkersAreKnown(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	workers := river.NewWorkers()
	o.RegisterWorkers(workers)
	client, err := jobs.New(o.db, workers, jobs.Options{FastStart: true, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	o.UseJobs(client)
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Stop(context.Background()) })
	o.customer(t, "kjent", "kjent@example.com")
	if err := o.AnswerRecovery(t.Context(), uuid.New(), "kjent", right, address); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); len(o.post.of(MailTemporaryPassword)) == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no mail was written in 30 seconds")
		}
	}
}

// secret makes what the mail holds, as when it is sent.
func (o *office) secret(t *testing.T, m Mail) (made map[string]string, wanted bool) {
	t.Helper()
	err := postgres.InTx(t.Context(), o.db, func(ctx context.Context, tx postgres.Tx) (err error) {
		made, wanted, err = o.Secret(ctx, tx, m.Kind, m.Person, m.Subject)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return made, wanted
}

var (
	right   = [2]string{"  Prøve ", "EKSEMPEL  gate"}
	wrong   = [2]string{"Prøve", "en annen"}
	answers = [2]Answer{{"first_pet", "prøve"}, {"childhood_street", "Eksempel\u00a0Gate"}}
)

// customer makes a person of the company with goodPassword and answers.
func (o *office) customer(t *testing.T, userID, email string) Person {
	t.Helper()
	person, err := o.CreatePerson(t.Context(), System(), NewPerson{
		UserID: userID, Password: goodPassword, Role: RoleCustomer, AccountID: o.account,
		FirstName: "Åse", LastName: "Prøvesen", Email: email,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.SetSecurityQuestions(t.Context(), o.actorOf(person), uuid.New(), goodPassword, answers); err != nil {
		t.Fatal(err)
	}
	return person
}

func (o *office) actorOf(p Person) Actor { return p.actor(Session{}, address) }

// limitedAfter makes n calls that must succeed, and one that must be held back.
func limitedAfter(t *testing.T, n int, call func(i int) error) {
	t.Helper()
	for i := range n {
		if err := call(i); err != nil {
			t.Fatalf("call %d: %v", i+1, err)
		}
	}
	wantFault(t, call(n), fault.Limited, "sign_in_limited")
}

func ip(i int) string { return fmt.Sprintf("198.51.100.%d", i+1) }
