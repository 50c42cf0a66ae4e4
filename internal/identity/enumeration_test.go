package identity

import (
	"context"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
)

// ledger writes down every statement's shape: what is left without its values.
type ledger struct {
	mu     sync.Mutex
	shapes []string
}

// BeforeQuery does nothing.
func (l *ledger) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

var literals = regexp.MustCompile(`E?'(?:[^']|'')*'|\b[0-9]+\b|NULL|TRUE|FALSE`)

// AfterQuery writes the statement down.
func (l *ledger) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shapes = append(l.shapes, literals.ReplaceAllString(e.Query, "?"))
}

// work is what a call costs: hashes and statements.
type work struct {
	hashes     int64
	statements []string
}

// TestNothingTellsWhetherSomebodyExists: for everything that is open to everyone, what is asked about somebody who
// exists costs exactly what it costs about nobody, and gets the same answer. Work is compared, not time.
func TestNothingTellsWhetherSomebodyExists(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	written := &ledger{}
	o.db.DB = o.db.WithQueryHook(written)
	ctx := t.Context()
	o.customer(t, "kjent", "kjent@example.com")
	o.dispatcher(t, "uten") // no questions, no address
	gone := o.customer(t, "slutt", "slutt@example.com")
	if err := o.Disable(ctx, System(), gone.ID); err != nil {
		t.Fatal(err)
	}
	o.customer(t, "venter", "venter@example.com")
	if err := o.AnswerRecovery(ctx, uuid.New(), "venter", right, ""); err != nil {
		t.Fatal(err)
	}
	o.work(t)
	o.secret(t, o.post.of(MailTemporaryPassword)[0])
	if _, err := o.CreatePerson(ctx, System(), NewPerson{UserID: "gammel", PasswordHash: bcryptOf(t, "gammelt", "$2y$"), Role: RoleAdmin}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.StartRecovery(ctx, "varm", "nb", ""); err != nil { // makes the key
		t.Fatal(err)
	}

	measure := func(t *testing.T, call func() error) (work, error) {
		t.Helper()
		written.mu.Lock()
		written.shapes = nil
		written.mu.Unlock()
		before := o.hasher.runs.Load()
		err := call()
		written.mu.Lock()
		defer written.mu.Unlock()
		return work{o.hasher.runs.Load() - before, slices.Clone(written.shapes)}, err
	}
	type subject struct{ name, userID, first, last, email, account, postal string }
	nobody := subject{"nobody", "ingen", "Ola", "Ingen", "ingen@example.com", "K-9", "9999"}
	others := []subject{
		{"a customer", "kjent", "Åse", "Prøvesen", "kjent@example.com", "K-1001", "0150"},
		{"without questions", "uten", "Demo", "Dispatcher", "uten@example.com", "K-1001", "9999"},
		{"disabled", "slutt", "Åse", "Prøvesen", "slutt@example.com", "K-9", "0150"},
		{"with a temporary password", "venter", "Åse", "Prøvesen", "venter@example.com", "K-1001", "0150"},
		{"from the old service", "gammel", "", "", "gammel@example.com", "K-1001", "0150"},
	}
	for name, c := range map[string]struct {
		hashes int64
		call   func(subject) error
	}{
		"SignIn": {1, func(s subject) error {
			_, _, _, err := o.SignIn(ctx, s.userID, "wrong", SessionWeb, "x", "192.0.2.1")
			return err
		}},
		"StartRecovery": {0, func(s subject) error { _, err := o.StartRecovery(ctx, s.userID, "nb", "192.0.2.2"); return err }},
		"AnswerRecovery, wrong": {2, func(s subject) error {
			return o.AnswerRecovery(ctx, uuid.New(), s.userID, wrong, "192.0.2.3")
		}},
		"AnswerRecovery, right": {2, func(s subject) error {
			return o.AnswerRecovery(ctx, uuid.New(), s.userID, right, "192.0.2.4")
		}},
		"RemindUserID": {0, func(s subject) error {
			first, last := s.first, s.last
			if first == "" {
				first, last = "A", "B"
			}
			return o.RemindUserID(ctx, uuid.New(), first, last, s.email, "192.0.2.5")
		}},
		"SignUp": {3, func(s subject) error {
			return o.SignUp(ctx, uuid.New(), newcomer(func(n *NewSignUp) {
				n.AccountNumber, n.PostalCode, n.Email = s.account, s.postal, "x"+s.email
			}), "192.0.2.6")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			want, wantErr := measure(t, func() error { return c.call(nobody) })
			if want.hashes != c.hashes || len(want.statements) == 0 {
				t.Fatalf("for nobody: %d hashes, %d statements", want.hashes, len(want.statements))
			}
			for _, s := range others {
				got, err := measure(t, func() error { return c.call(s) })
				if got.hashes != want.hashes || !slices.Equal(got.statements, want.statements) {
					t.Errorf("%s: %d hashes and\n%q\nfor nobody %d and\n%q", s.name, got.hashes, got.statements, want.hashes, want.statements)
				}
				if fault.ReasonOf(err) != fault.ReasonOf(wantErr) || (err == nil) != (wantErr == nil) {
					t.Errorf("%s: %v, for nobody %v", s.name, err, wantErr)
				} else if err != nil && err.Error() != wantErr.Error() {
					t.Errorf("%s: %v, for nobody %v", s.name, err, wantErr)
				}
			}
		})
	}
	if n := len(o.post.of(MailTemporaryPassword)); n != 1 {
		t.Errorf("something was mailed at once: %d", n)
	}
}

// TestFailuresTakeTheirTime: hashes from elsewhere take another time than ours, so a failure waits for the longer.
func TestFailuresTakeTheirTime(t *testing.T) {
	t.Parallel()
	if s := New(nil, Config{}); s.failuresTake != failuresTake {
		t.Errorf("failures take %s", s.failuresTake)
	}
	w := newWorld(t)
	w.failuresTake = failuresTake / 3
	w.dispatcher(t, "kjent")
	begun := time.Now()
	wantFault(t, w.try(t.Context(), "kjent", "wrong", ""), fault.Unauthenticated, "sign_in_failed")
	if took := time.Since(begun); took < w.failuresTake {
		t.Errorf("a failure took %s", took)
	}
}
