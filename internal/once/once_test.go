package once_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

type answer struct {
	N    int
	Text string
}

func do(db *postgres.DB, key once.Key, asked any, fn func() (answer, error)) (a answer, err error) {
	err = postgres.InTx(context.Background(), db, func(ctx context.Context, tx postgres.Tx) (err error) {
		a, err = once.Do(ctx, tx, key, asked, fn)
		return err
	})
	return a, err
}

func newKey() once.Key { return once.Key{Person: uuid.New(), ID: uuid.New(), Kind: "test"} }

func wantReason(t *testing.T, err error, reason string) {
	t.Helper()
	if fault.ReasonOf(err) != reason {
		t.Errorf("error is %v, want %q", err, reason)
	}
}

func TestTakesEffectOnce(t *testing.T) {
	t.Parallel()
	db, key := pgtest.New(t), newKey()
	ran := 0
	fn := func() (answer, error) { ran++; return answer{ran, "æøå \u2028 \"quoted\""}, nil }
	for range 3 {
		a, err := do(db, key, "asked", fn)
		if err != nil || a != (answer{1, "æøå \u2028 \"quoted\""}) {
			t.Errorf("%+v, %v", a, err)
		}
	}
	if ran != 1 {
		t.Errorf("ran %d times", ran)
	}
	fates, err := once.Fates(t.Context(), db, key.Person, []uuid.UUID{key.ID, uuid.New()})
	if f := fates[key.ID]; err != nil || len(fates) != 1 || f.Kind != "test" || f.At.IsZero() || !json.Valid(f.Result) {
		t.Errorf("fates: %+v, %v", fates, err)
	}
	if fates, err := once.Fates(t.Context(), db, uuid.New(), []uuid.UUID{key.ID}); err != nil || len(fates) != 0 {
		t.Errorf("another person learns of it: %+v, %v", fates, err)
	}
	a, known, err := once.Stored[answer](t.Context(), db, key, "asked")
	if err != nil || !known || a.N != 1 {
		t.Errorf("stored: %+v, %v, %v", a, known, err)
	}
	if _, known, err := once.Stored[answer](t.Context(), db, newKey(), "asked"); known || err != nil {
		t.Errorf("an unknown operation is stored: %v, %v", known, err)
	}
}

func TestAtTheSameTime(t *testing.T) {
	t.Parallel()
	db, key := pgtest.New(t), newKey()
	var ran atomic.Int64
	answers := make([]answer, 30)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			a, err := do(db, key, "asked", func() (answer, error) { return answer{int(ran.Add(1)), "x"}, nil })
			if err != nil {
				t.Error(err)
			}
			answers[i] = a
		})
	}
	wg.Wait()
	for _, a := range answers {
		if a != answers[0] {
			t.Errorf("%+v and %+v", a, answers[0])
		}
	}
	if ran.Load() != 1 {
		t.Errorf("ran %d times", ran.Load())
	}
}

// The second waits for the first; when that fails, the second does it.
func TestTheOneWhoWaitedDoesItWhenTheFirstFails(t *testing.T) {
	t.Parallel()
	db, key := pgtest.New(t), newKey()
	begun, fail := make(chan struct{}), make(chan struct{})
	broken := errors.New("broken")
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := do(db, key, 1, func() (answer, error) { close(begun); <-fail; return answer{}, broken }); !errors.Is(err, broken) {
			t.Errorf("first: %v", err)
		}
	})
	<-begun
	wg.Go(func() {
		if a, err := do(db, key, 1, func() (answer, error) { return answer{2, ""}, nil }); err != nil || a.N != 2 {
			t.Errorf("second: %+v, %v", a, err)
		}
	})
	for deadline := time.Now().Add(30 * time.Second); ; { // until the second waits for the first
		var waiting int
		if err := db.NewRaw(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).
			Scan(t.Context(), &waiting); err != nil {
			t.Fatal(err)
		}
		if waiting > 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the second does not wait")
		}
		time.Sleep(time.Millisecond)
	}
	close(fail)
	wg.Wait()
}

func TestFailureLeavesNoTrace(t *testing.T) {
	t.Parallel()
	db, key := pgtest.New(t), newKey()
	if _, err := do(db, key, 1, func() (answer, error) { return answer{}, errors.New("broken") }); err == nil {
		t.Fatal("no error")
	}
	if n, err := db.NewSelect().Table("operations").Count(t.Context()); n != 0 || err != nil {
		t.Errorf("%d operations, %v", n, err)
	}
}

func TestMisusedIDs(t *testing.T) {
	t.Parallel()
	db, key := pgtest.New(t), newKey()
	fn := func() (answer, error) { return answer{1, ""}, nil }
	if _, err := do(db, key, []any{1, "a"}, fn); err != nil {
		t.Fatal(err)
	}
	_, err := do(db, key, []any{1, "b"}, fn)
	wantReason(t, err, "operation_id_reused")
	if f := fault.From(err); f.Kind != fault.Invalid || f.Field != "operation_id" {
		t.Errorf("%+v", f)
	}
	kind := key
	kind.Kind = "another"
	_, err = do(db, kind, []any{1, "a"}, fn)
	wantReason(t, err, "operation_id_reused")
	_, _, err = once.Stored[answer](t.Context(), db, kind, []any{1, "a"})
	wantReason(t, err, "operation_id_reused")
	_, err = do(db, once.Key{Person: key.Person, Kind: "test"}, 1, fn)
	wantReason(t, err, "operation_id_missing")
	// Another person's operation of the same id is another operation.
	other := key
	other.Person = uuid.New()
	if a, err := do(db, other, "else", func() (answer, error) { return answer{2, ""}, nil }); err != nil || a.N != 2 {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err := do(db, newKey(), func() {}, fn); err == nil {
		t.Error("a question that is no JSON was taken")
	}
}

func TestPurge(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	db := pgtest.Open(t, postgres.Config{Clock: func() time.Time { return now }})
	key := newKey()
	count := 0
	run := func() int {
		a, err := do(db, key, 1, func() (answer, error) { count++; return answer{count, ""}, nil })
		if err != nil {
			t.Fatal(err)
		}
		return a.N
	}
	run()
	for _, step := range []struct {
		later time.Duration
		want  int
	}{{once.Keep, 1}, {time.Second, 2}} {
		now = now.Add(step.later)
		if err := once.Purge(t.Context(), db, once.Keep); err != nil {
			t.Fatal(err)
		}
		if got := run(); got != step.want {
			t.Errorf("after %v more: answer %d, want %d", step.later, got, step.want)
		}
	}
}
