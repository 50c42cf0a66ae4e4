package notify

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// The queues. They are apart from the default queue so that a push service or mail server that hangs holds
// up nothing else.
const (
	pushQueue  = "push"
	emailQueue = "email"
)

// pushers is how many pushes one server sends at once.
const pushers = 100

// runs is how often River runs a job that ends in an error, such as a database that is away. Attempts at
// sending are counted in the ledger instead, and end by Config.Attempts.
const runs = 12

type pushArgs struct {
	Delivery uuid.UUID `json:"delivery"`
}

func (pushArgs) Kind() string { return "notify_push" }

func (pushArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: pushQueue, MaxAttempts: runs}
}

type emailArgs struct {
	Delivery uuid.UUID `json:"delivery"`
}

func (emailArgs) Kind() string { return "notify_email" }

func (emailArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: emailQueue, MaxAttempts: runs}
}

type purgeArgs struct{}

func (purgeArgs) Kind() string { return "notify_purge" }

func (purgeArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 3} }

// RegisterWorkers adds what sends and what clears up to a server's workers. It panics when called twice on
// the same workers, as River does.
func (s *Service) RegisterWorkers(workers *river.Workers) {
	river.AddWorker(workers, &pushWorker{service: s})
	river.AddWorker(workers, &emailWorker{service: s})
	river.AddWorker(workers, &purgeWorker{service: s})
}

// purging is the ledger's clearing up, twice a day.
func purging() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(12*time.Hour),
		func() (river.JobArgs, *river.InsertOpts) { return purgeArgs{}, nil },
		&river.PeriodicJobOpts{RunOnStart: true})
}

type pushWorker struct {
	river.WorkerDefaults[pushArgs]
	service *Service
}

// Timeout leaves the sender, which gives up after 15 s by itself, time for the ledger.
func (w *pushWorker) Timeout(*river.Job[pushArgs]) time.Duration { return 40 * time.Second }

func (w *pushWorker) Work(ctx context.Context, job *river.Job[pushArgs]) error {
	return again(w.service.deliverPush(ctx, job.Args.Delivery))
}

type emailWorker struct {
	river.WorkerDefaults[emailArgs]
	service *Service
}

// Timeout is longer than a mail server's whole conversation should take.
func (w *emailWorker) Timeout(*river.Job[emailArgs]) time.Duration { return 2 * time.Minute }

func (w *emailWorker) Work(ctx context.Context, job *river.Job[emailArgs]) error {
	return again(w.service.deliverEmail(ctx, job.Args.Delivery))
}

// again puts a job back for as long as it has to wait. Unlike an error, that counts no run and logs nothing.
func again(wait time.Duration, err error) error {
	if err == nil && wait > 0 {
		return river.JobSnooze(wait)
	}
	return err
}
