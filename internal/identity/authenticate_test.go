package identity

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

// queryCounter counts statements.
type queryCounter struct{ n atomic.Int64 }

func (*queryCounter) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }
func (q *queryCounter) AfterQuery(context.Context, *bun.QueryEvent)                      { q.n.Add(1) }

func TestAuthenticateIsOneQueryByIndex(t *testing.T) {
	t.Parallel()
	counter := &queryCounter{}
	c := &clock{now: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
	db := pgtest.Open(t, postgres.Config{Clock: c.read, Hooks: []bun.QueryHook{counter}})
	w := &world{Service: New(db, Config{CheapHashes: true}), db: db, clock: c}
	w.dispatcher(t, "known")
	token, _ := w.signIn(t, "known", SessionWeb)
	before := counter.n.Load()
	w.mustBeIn(t, token)
	if n := counter.n.Load() - before; n != 1 {
		t.Errorf("%d statements, want 1", n)
	}
	var plan []string
	hash, _ := hashToken(token)
	err := db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		// The tables are tiny here; the question is whether an index fits, not whether it is cheaper.
		if _, err := tx.ExecContext(ctx, "SET LOCAL enable_seqscan = off"); err != nil {
			return err
		}
		return tx.NewRaw("EXPLAIN SELECT * FROM sessions s JOIN people p ON p.id = s.person_id WHERE s.token_hash = ?", hash).Scan(ctx, &plan)
	})
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(plan, "\n"); strings.Contains(text, "Seq Scan") || !strings.Contains(text, "sessions_token_hash_key") {
		t.Errorf("plan:\n%s", text)
	}
}

// The ratio is to the least that any query costs.
func BenchmarkAuthenticate(b *testing.B) {
	db := pgtest.New(b)
	s := New(db, Config{CheapHashes: true})
	if _, err := s.CreatePerson(b.Context(), System(), NewPerson{UserID: "known", Password: goodPassword, Role: RoleAdmin}); err != nil {
		b.Fatal(err)
	}
	token, _, _, err := s.SignIn(b.Context(), "known", goodPassword, SessionWeb, "", "")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, err := s.Authenticate(b.Context(), token, ""); err != nil {
			b.Fatal(err)
		}
	}
	each := b.Elapsed() / time.Duration(b.N)
	start := time.Now()
	for range b.N {
		var one int
		if err := db.NewRaw("SELECT 1").Scan(b.Context(), &one); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(each)/float64(time.Since(start)/time.Duration(b.N)), "times-SELECT-1")
}
