package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"utsendt/internal/jobs"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

type noteArgs struct {
	Note string `json:"note"`
}

func (noteArgs) Kind() string { return "note" }

// noteWorker keeps the notes it was given, and fails or panics when told so.
type noteWorker struct {
	river.WorkerDefaults[noteArgs]
	mu    sync.Mutex
	notes []string
}

func (w *noteWorker) Work(_ context.Context, job *river.Job[noteArgs]) error {
	w.mu.Lock()
	w.notes = append(w.notes, job.Args.Note)
	w.mu.Unlock()
	switch job.Args.Note {
	case "fail":
		return errors.New("no luck")
	case "panic":
		panic("out of luck")
	}
	return nil
}

func (w *noteWorker) count(note string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, got := range w.notes {
		if got == note {
			n++
		}
	}
	return n
}

// running gives a started client with a noteWorker, stopped when the test ends.
func running(t *testing.T, db *postgres.DB, opts jobs.Options) (*jobs.Client, *noteWorker) {
	t.Helper()
	worker := &noteWorker{}
	workers := river.NewWorkers()
	river.AddWorker(workers, worker)
	opts.FastStart = true
	opts.PoolConns = 5
	client, err := jobs.New(db, workers, opts)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := client.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return client, worker
}

func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !cond(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for: %s", what)
		}
	}
}

func TestJobRunsOnceAfterCommitAndNeverAfterRollback(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := pgtest.New(t)
	inserter, err := jobs.New(db, nil, jobs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	client, worker := running(t, db, jobs.Options{})

	changed := errors.New("changed my mind")
	insert := func(by *jobs.Client, note string, result error) error {
		return postgres.InTx(ctx, db, func(ctx context.Context, tx postgres.Tx) error {
			if err := by.Insert(ctx, tx, noteArgs{note}, nil); err != nil {
				return err
			}
			return result
		})
	}
	if err := insert(client, "rolled back", changed); !errors.Is(err, changed) {
		t.Fatalf("got %v", err)
	}
	if err := insert(inserter, "rolled back", changed); !errors.Is(err, changed) {
		t.Fatalf("got %v", err)
	}
	if err := insert(client, "committed", nil); err != nil {
		t.Fatal(err)
	}
	if err := insert(inserter, "committed elsewhere", nil); err != nil {
		t.Fatal(err)
	}
	eventually(t, "both committed jobs", func() bool {
		return worker.count("committed") == 1 && worker.count("committed elsewhere") == 1
	})
	// Every job there is has been finished; what was rolled back is not even stored.
	eventually(t, "jobs marked as completed", func() bool {
		var completed, all int
		if err := db.NewRaw(`SELECT count(*) FILTER (WHERE state = 'completed'), count(*) FROM river_job`).
			Scan(ctx, &completed, &all); err != nil {
			t.Fatal(err)
		}
		return completed == 2 && all == 2
	})
	if n := worker.count("rolled back"); n != 0 {
		t.Errorf("a rolled-back job ran %d times", n)
	}
	if worker.count("committed") != 1 || worker.count("committed elsewhere") != 1 {
		t.Errorf("ran %v", worker.notes)
	}
}

func TestInsertManyIsOneWithTheChange(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := pgtest.New(t)
	client, worker := running(t, db, jobs.Options{MaxWorkers: 20})
	many := make([]river.InsertManyParams, 300)
	for i := range many {
		many[i] = river.InsertManyParams{Args: noteArgs{"many"}}
	}
	abandon := errors.New("abandon")
	for _, result := range []error{abandon, nil} {
		err := postgres.InTx(ctx, db, func(ctx context.Context, tx postgres.Tx) error {
			if err := client.InsertMany(ctx, tx, many); err != nil {
				return err
			}
			if err := client.InsertMany(ctx, tx, nil); err != nil {
				return err
			}
			return result
		})
		if !errors.Is(err, result) {
			t.Fatal(err)
		}
	}
	eventually(t, "300 jobs", func() bool { return worker.count("many") >= 300 })
	var stored int
	if err := db.NewRaw(`SELECT count(*) FROM river_job`).Scan(ctx, &stored); err != nil {
		t.Fatal(err)
	}
	if stored != 300 || worker.count("many") != 300 {
		t.Errorf("stored %d, ran %d", stored, worker.count("many"))
	}
}

func TestPeriodicJobRuns(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	_, worker := running(t, db, jobs.Options{Periodic: []*river.PeriodicJob{
		river.NewPeriodicJob(river.PeriodicInterval(time.Hour), func() (river.JobArgs, *river.InsertOpts) {
			return noteArgs{"periodic"}, nil
		}, &river.PeriodicJobOpts{RunOnStart: true}),
	}})
	eventually(t, "the periodic job", func() bool { return worker.count("periodic") == 1 })
}

// syncBuffer is a log that jobs write to while the test reads.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestFailuresAreLoggedWithoutArguments(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := pgtest.New(t)
	log := &syncBuffer{}
	client, _ := running(t, db, jobs.Options{Logger: slog.New(slog.NewTextHandler(log, nil))})
	err := postgres.InTx(ctx, db, func(ctx context.Context, tx postgres.Tx) error {
		return errors.Join(
			client.Insert(ctx, tx, noteArgs{"fail"}, nil),
			client.Insert(ctx, tx, noteArgs{"panic"}, &river.InsertOpts{MaxAttempts: 1}))
	})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "both lines", func() bool {
		text := log.String()
		return strings.Contains(text, "no luck") && strings.Contains(text, "out of luck")
	})
	text := log.String()
	for _, want := range []string{"level=WARN msg=\"job failed, will be tried again\" kind=note", "level=ERROR msg=\"job failed for good\" kind=note"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	if strings.Contains(text, `"note":`) || strings.Contains(text, "level=INFO") {
		t.Errorf("too much in the log:\n%s", text)
	}
}

func TestStopWaitsForWorkAndAnInserterDoesNotStart(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	inserter, err := jobs.New(db, nil, jobs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := inserter.Start(t.Context()); err == nil {
		t.Error("a client without workers started")
	}
	if err := inserter.Stop(t.Context()); err != nil {
		t.Error(err)
	}

	started, finish := make(chan struct{}), make(chan struct{})
	workers := river.NewWorkers()
	var finished bool
	river.AddWorker(workers, river.WorkFunc(func(context.Context, *river.Job[noteArgs]) error {
		close(started)
		<-finish
		finished = true
		return nil
	}))
	client, err := jobs.New(db, workers, jobs.Options{FastStart: true, PoolConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	startCtx, cancel := context.WithCancel(t.Context())
	if err := client.Start(startCtx); err != nil {
		t.Fatal(err)
	}
	cancel() // the context of Start bounds only the start
	if err := postgres.InTx(t.Context(), db, func(ctx context.Context, tx postgres.Tx) error {
		return client.Insert(ctx, tx, noteArgs{"slow"}, nil)
	}); err != nil {
		t.Fatal(err)
	}
	<-started
	stopped := make(chan error)
	go func() { stopped <- client.Stop(context.Background()) }()
	close(finish)
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	if !finished {
		t.Error("Stop came back before the job was done")
	}
	if err := client.Stop(context.Background()); err != nil {
		t.Errorf("a second Stop: %v", err)
	}
}
