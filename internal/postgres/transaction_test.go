package postgres_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"utsendt/internal/fault"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

type probeArgs struct{}

func (probeArgs) Kind() string { return "probe" }

// newThings is a database with a table things(id, n) that holds (1, 0) and (2, 0).
func newThings(t *testing.T) *postgres.DB {
	t.Helper()
	db := pgtest.New(t)
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE things (id int CONSTRAINT things_pkey PRIMARY KEY, n int NOT NULL
		CONSTRAINT things_n_small CHECK (n < 1000)); INSERT INTO things VALUES (1, 0), (2, 0)`); err != nil {
		t.Fatal(err)
	}
	return db
}

func count(t *testing.T, db *postgres.DB, query string) (n int) {
	t.Helper()
	if err := db.NewRaw(query).Scan(context.Background(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestInTxIsAllOrNothing(t *testing.T) {
	t.Parallel()
	db := newThings(t)
	jobs, err := river.NewClient(riverpgxv5.New(nil), &river.Config{})
	if err != nil {
		t.Fatal(err)
	}
	changed := errors.New("changed my mind")
	// The same work through all three ways: bun, River, and COPY through pgx.
	work := func(ctx context.Context, tx postgres.Tx) error {
		if _, err := tx.NewRaw("INSERT INTO things VALUES (10, 1)").Exec(ctx); err != nil {
			return err
		}
		if _, err := jobs.InsertTx(ctx, tx.PgxTx(), probeArgs{}, nil); err != nil {
			return err
		}
		_, err := tx.PgxTx().CopyFrom(ctx, pgx.Identifier{"things"}, []string{"id", "n"},
			pgx.CopyFromRows([][]any{{11, 1}, {12, 1}}))
		return err
	}
	for _, tc := range []struct {
		name         string
		end          func() error
		things, jobs int
	}{
		{"error", func() error { return changed }, 2, 0},
		{"panic", func() error { panic(changed) }, 2, 0},
		{"success", func() error { return nil }, 5, 1},
	} {
		func() {
			defer func() {
				if p := recover(); (p != nil) != (tc.name == "panic") {
					t.Errorf("%s: recovered %v", tc.name, p)
				}
			}()
			err := postgres.InTx(t.Context(), db, func(ctx context.Context, tx postgres.Tx) error {
				if err := work(ctx, tx); err != nil {
					t.Fatal(err)
				}
				return tc.end()
			})
			if (err != nil) != (tc.name == "error") || err != nil && !errors.Is(err, changed) {
				t.Errorf("%s: InTx answered %v", tc.name, err)
			}
		}()
		if got := count(t, db, "SELECT count(*) FROM things"); got != tc.things {
			t.Errorf("%s: %d things, want %d", tc.name, got, tc.things)
		}
		if got := count(t, db, "SELECT count(*) FROM river_job"); got != tc.jobs {
			t.Errorf("%s: %d jobs, want %d", tc.name, got, tc.jobs)
		}
	}
	if used := db.Pool.Stat().AcquiredConns(); used != 0 {
		t.Errorf("%d connections were not given back", used)
	}
}

func TestDeadlockIsRunAgain(t *testing.T) {
	t.Parallel()
	db := newThings(t)
	// Both hold one row before either asks for the other's: one of the two must be thrown out.
	var both sync.WaitGroup
	both.Add(2)
	var mu sync.Mutex
	runs, commits := 0, 0
	transfer := func(first, second int) error {
		meet := sync.OnceFunc(func() { both.Done(); both.Wait() })
		return postgres.InTx(t.Context(), db, func(ctx context.Context, tx postgres.Tx) error {
			mu.Lock()
			runs++
			mu.Unlock()
			tx.AfterCommit(func() { mu.Lock(); commits++; mu.Unlock() })
			if _, err := tx.ExecContext(ctx, "UPDATE things SET n = n + 1 WHERE id = ?", first); err != nil {
				return err
			}
			meet()
			_, err := tx.ExecContext(ctx, "UPDATE things SET n = n + 1 WHERE id = ?", second)
			return err
		})
	}
	errs := make(chan error, 2)
	go func() { errs <- transfer(1, 2) }()
	go func() { errs <- transfer(2, 1) }()
	for range 2 {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	if runs < 3 {
		t.Errorf("%d runs: there was no deadlock to survive", runs)
	}
	if commits != 2 {
		t.Errorf("AfterCommit ran %d times for 2 commits", commits)
	}
	if got := count(t, db, "SELECT sum(n) FROM things"); got != 4 {
		t.Errorf("sum is %d, want 4", got)
	}
}

func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	db := newThings(t)
	runs := 0
	err := postgres.InTx(t.Context(), db, func(ctx context.Context, tx postgres.Tx) error {
		runs++
		tx.AfterCommit(func() { t.Error("AfterCommit ran without a commit") })
		_, err := tx.ExecContext(ctx, "DO $$ BEGIN RAISE serialization_failure; END $$")
		return err
	})
	if runs != 4 {
		t.Errorf("%d runs, want one and three more", runs)
	}
	if !errors.Is(err, &fault.Error{Kind: fault.Unavailable, Reason: "database_busy"}) || !postgres.IsRetryable(err) {
		t.Errorf("got %v", err)
	}
}

func TestAfterCommitOrderAndTime(t *testing.T) {
	t.Parallel()
	at := time.Date(2031, 5, 17, 12, 0, 0, 123456789, time.FixedZone("", 7200))
	reads := 0
	db := pgtest.Open(t, postgres.Config{Clock: func() time.Time { reads++; return at.Add(time.Duration(reads) * time.Hour) }})
	var order []int
	err := postgres.InTx(t.Context(), db, func(ctx context.Context, tx postgres.Tx) error {
		if first, second := tx.Now(), tx.Now(); !first.Equal(second) || reads != 1 {
			t.Error("the time is not read once")
		}
		var stored time.Time
		if err := tx.NewRaw("SELECT ?::timestamptz", tx.Now()).Scan(ctx, &stored); err != nil {
			return err
		}
		if !stored.Equal(tx.Now()) {
			t.Errorf("%v came back as %v", tx.Now(), stored)
		}
		for i := range 3 {
			tx.AfterCommit(func() {
				order = append(order, i)
				if used := db.Pool.Stat().AcquiredConns(); used != 0 {
					t.Errorf("AfterCommit runs while the transaction holds %d connections", used)
				}
			})
		}
		if len(order) != 0 {
			t.Error("AfterCommit ran before the commit")
		}
		return nil
	})
	if err != nil || !slices.Equal(order, []int{0, 1, 2}) {
		t.Errorf("order %v, error %v", order, err)
	}
}

func TestCancelledContextRollsBack(t *testing.T) {
	t.Parallel()
	db := newThings(t)
	// Cancelled while a query runs.
	ctx, cancel := context.WithCancel(t.Context())
	err := postgres.InTx(ctx, db, func(ctx context.Context, tx postgres.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE things SET n = 7"); err != nil {
			return err
		}
		go cancel()
		_, err := tx.ExecContext(ctx, "SELECT pg_sleep(60)")
		return err
	})
	if !errors.Is(err, context.Canceled) || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("got %v", err)
	}
	// Cancelled between the last query and the commit, and not noticed by the function.
	ctx, cancel = context.WithCancel(t.Context())
	err = postgres.InTx(ctx, db, func(ctx context.Context, tx postgres.Tx) error {
		tx.AfterCommit(func() { t.Error("AfterCommit ran without a commit") })
		_, err := tx.ExecContext(ctx, "UPDATE things SET n = 8")
		cancel()
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := count(t, db, "SELECT max(n) FROM things"); got != 0 {
		t.Errorf("n is %d after cancelled changes", got)
	}
}

func TestSwallowedErrorIsNoCommit(t *testing.T) {
	t.Parallel()
	db := newThings(t)
	err := postgres.InTx(t.Context(), db, func(ctx context.Context, tx postgres.Tx) error {
		tx.AfterCommit(func() { t.Error("AfterCommit ran without a commit") })
		_, _ = tx.ExecContext(ctx, "UPDATE things SET n = 1; SELECT 1/0")
		return nil
	})
	if err == nil {
		t.Error("a transaction that PostgreSQL had given up was reported as committed")
	}
}

func TestOnlyInTxEndsTheTransaction(t *testing.T) {
	t.Parallel()
	db := newThings(t)
	var kept pgx.Tx
	err := postgres.InTx(t.Context(), db, func(ctx context.Context, tx postgres.Tx) error {
		kept = tx.PgxTx()
		for _, end := range []func() error{
			tx.Commit, tx.Rollback,
			func() error { return kept.Commit(ctx) }, func() error { return kept.Rollback(ctx) },
		} {
			if end() == nil {
				t.Error("the transaction could be ended from inside")
			}
		}
		// Savepoints work: one undone, one kept.
		for i, end := range []func(pgx.Tx) error{
			func(s pgx.Tx) error { return s.Rollback(ctx) }, func(s pgx.Tx) error { return s.Commit(ctx) },
		} {
			save, err := kept.Begin(ctx)
			if err != nil {
				return err
			}
			if _, err := save.Exec(ctx, "INSERT INTO things VALUES ($1, 0)", 20+i); err != nil {
				return err
			}
			if err := end(save); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := count(t, db, "SELECT min(id) FROM things WHERE id >= 20"); got != 21 {
		t.Errorf("kept row %d, want 21", got)
	}
	if _, err := kept.Exec(t.Context(), "DELETE FROM things"); !errors.Is(err, pgx.ErrTxClosed) {
		t.Errorf("a finished transaction answered %v", err)
	}
	if err := kept.QueryRow(t.Context(), "SELECT 1").Scan(new(int)); !errors.Is(err, pgx.ErrTxClosed) {
		t.Errorf("a finished transaction answered %v", err)
	}
}

func TestConstraintErrors(t *testing.T) {
	t.Parallel()
	db := newThings(t)
	if _, err := db.ExecContext(t.Context(), `CREATE EXTENSION IF NOT EXISTS btree_gist;
		CREATE TABLE slots (thing int CONSTRAINT slots_thing_fkey REFERENCES things, during tstzrange,
			CONSTRAINT slots_apart EXCLUDE USING gist (thing WITH =, during WITH &&));
		INSERT INTO slots VALUES (1, '[2031-01-01, 2031-01-03)')`); err != nil {
		t.Fatal(err)
	}
	type test func(error, string) bool
	tests := map[string]test{
		"things_pkey": postgres.IsUnique, "things_n_small": postgres.IsCheck,
		"slots_thing_fkey": postgres.IsForeignKey, "slots_apart": postgres.IsExclusion,
	}
	for constraint, statement := range map[string]string{
		"things_pkey":      "INSERT INTO things VALUES (1, 0)",
		"things_n_small":   "INSERT INTO things VALUES (3, 1000)",
		"slots_thing_fkey": "INSERT INTO slots VALUES (99, '[2031-01-01, 2031-01-02)')",
		"slots_apart":      "INSERT INTO slots VALUES (1, '[2031-01-02, 2031-01-04)')",
	} {
		err := postgres.InTx(t.Context(), db, func(ctx context.Context, tx postgres.Tx) error {
			_, err := tx.ExecContext(ctx, statement)
			return err
		})
		for of, is := range tests {
			if got := is(err, constraint); got != (of == constraint) {
				t.Errorf("%s: test for %s says %v of %v", constraint, of, got, err)
			}
		}
		if is := tests[constraint]; !is(err, "") || is(err, "another") || is(nil, "") {
			t.Errorf("%s: the name of the constraint is not heeded", constraint)
		}
	}
	if postgres.IsRetryable(&pgconn.PgError{Code: "23505"}) || !postgres.IsRetryable(&pgconn.PgError{Code: "40001"}) {
		t.Error("IsRetryable")
	}
}
