package server

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"utsendt/dispatch/visitfiles"
	"utsendt/internal/audit"
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
	// changes and reads are how long the audit trail, and who was shown personal data, are kept.
	changes, reads time.Duration
}

// Work removes expired sessions, operations past their time, photos that nobody attached, pictures of visits that never
// arrived whole, and positions older than the retention time.
func (h *housekeeper) Work(ctx context.Context, _ *river.Job[housekeepingArgs]) error {
	dropped, err := h.parts.Dispatch.DropOldPositions(ctx)
	if len(dropped) > 0 {
		h.log.InfoContext(ctx, "old positions dropped", "partitions", dropped)
	}
	unattached, tidyErr := h.parts.Photos.Tidy(ctx)
	if unattached > 0 {
		h.log.InfoContext(ctx, "photos that nobody attached removed", "count", unattached)
	}
	visits, visitsErr := h.parts.VisitFiles.Tidy(ctx)
	if visits != (visitfiles.Tidied{}) {
		h.log.InfoContext(ctx, "pictures of visits that were left lying", "finished", visits.Finished, "removed", visits.Removed)
	}
	return errors.Join(err, tidyErr, visitsErr, h.parts.People.Purge(ctx), h.parts.MeterFiles.Purge(ctx), h.parts.Tracking.Purge(ctx), registration.PurgeThrottle(ctx, h.parts.DB.DB), once.Purge(ctx, h.parts.DB.DB, h.operations),
		audit.Purge(ctx, h.parts.DB.DB, h.changes, h.reads))
}
