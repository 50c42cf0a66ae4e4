package server

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"utsendt/internal/once"
	"utsendt/portal/registration"
)

// housekeepingArgs is the job that removes what is too old, every hour on one of the servers.
type housekeepingArgs struct{}

// Kind names the job.
func (housekeepingArgs) Kind() string { return "housekeeping" }

func housekeeping() (river.JobArgs, *river.InsertOpts) {
	return housekeepingArgs{}, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

type housekeeper struct {
	river.WorkerDefaults[housekeepingArgs]
	parts *Parts
	log   *slog.Logger
	// operations is how long the results of operations are kept.
	operations time.Duration
}

// Work removes expired sessions, operations past their time, and positions older than the retention time.
func (h *housekeeper) Work(ctx context.Context, _ *river.Job[housekeepingArgs]) error {
	dropped, err := h.parts.Dispatch.DropOldPositions(ctx)
	if len(dropped) > 0 {
		h.log.InfoContext(ctx, "old positions dropped", "partitions", dropped)
	}
	return errors.Join(err, h.parts.People.Purge(ctx), registration.PurgeThrottle(ctx, h.parts.DB.DB), once.Purge(ctx, h.parts.DB.DB, h.operations))
}
