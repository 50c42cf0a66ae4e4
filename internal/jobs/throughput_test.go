package jobs_test

import (
	"context"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"utsendt/internal/jobs"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

// BenchmarkJobs is the way of one job from its insertion, a thousand in one transaction, to its end.
func BenchmarkJobs(b *testing.B) {
	const batch = 1000
	db := pgtest.New(b)
	ctx := b.Context()
	done := make(chan struct{}, batch)
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(context.Context, *river.Job[noteArgs]) error {
		done <- struct{}{}
		return nil
	}))
	client, err := jobs.New(db, workers, jobs.Options{FastStart: true})
	if err != nil {
		b.Fatal(err)
	}
	if err := client.Start(ctx); err != nil {
		b.Fatal(err)
	}
	defer client.Stop(context.Background())
	many := make([]river.InsertManyParams, batch)
	for i := range many {
		many[i] = river.InsertManyParams{Args: noteArgs{"many"}}
	}
	var insertion time.Duration
	for b.Loop() {
		begin := time.Now()
		if err := postgres.InTx(ctx, db, func(ctx context.Context, tx postgres.Tx) error {
			return client.InsertMany(ctx, tx, many)
		}); err != nil {
			b.Fatal(err)
		}
		insertion += time.Since(begin)
		for range batch {
			<-done
		}
	}
	jobsDone := float64(b.N * batch)
	b.ReportMetric(jobsDone/b.Elapsed().Seconds(), "jobs/s")
	// The floor is storing them: working a job costs this many times as much.
	b.ReportMetric(float64(b.Elapsed())/float64(insertion), "x-insertion")
}
