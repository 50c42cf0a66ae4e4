package reminder

import (
	"context"
	"time"

	"github.com/riverqueue/river"
)

// jobArgs is the job that makes reminders, every hour on one of the servers.
type jobArgs struct{}

// Kind names the job.
func (jobArgs) Kind() string { return "reading_reminders" }

// Hourly is the periodic job, the same on every server.
func Hourly() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(time.Hour), func() (river.JobArgs, *river.InsertOpts) {
		return jobArgs{}, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true}}
	}, &river.PeriodicJobOpts{RunOnStart: true})
}

type worker struct {
	river.WorkerDefaults[jobArgs]
	service *Service
}

// Worker works the job.
func (s *Service) Worker() river.Worker[jobArgs] { return &worker{service: s} }

// Timeout is long: a day's reminders of a large fleet are many short transactions.
func (*worker) Timeout(*river.Job[jobArgs]) time.Duration { return 30 * time.Minute }

// Work makes the reminders, and forgets old ones.
func (w *worker) Work(ctx context.Context, _ *river.Job[jobArgs]) error {
	made, err := w.service.Run(ctx)
	if made.People > 0 {
		w.service.Logger.InfoContext(ctx, "reminders of readings made", "people", made.People, "devices", made.Devices,
			"transactions", made.Lots, "longest", made.Longest)
	}
	if err != nil {
		return err
	}
	return w.service.Purge(ctx)
}
