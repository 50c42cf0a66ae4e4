// Package jobs sets up River, the queue of what is to be done after a change: notifications, escalations,
// clearing up.
//
//	workers := river.NewWorkers()
//	river.AddWorker(workers, &PushWorker{…})
//	client, err := jobs.New(db, workers, jobs.Options{Logger: log})
//	err = client.Start(ctx)
//	defer client.Stop(stopCtx)
//
//	err = postgres.InTx(ctx, db, func(ctx context.Context, tx postgres.Tx) error {
//		… the change …
//		return client.Insert(ctx, tx, PushArgs{RequestID: id}, nil)
//	})
//
// Guarantees:
//
//   - A job is stored in the transaction of the change that wants it. A change that is rolled back leaves
//     no job; one that is committed loses none, whatever dies afterwards.
//   - A job is run at least once: a worker whose process dies is run again elsewhere. Workers must bear it.
//   - A failed run is logged with the job's kind and number, never with its arguments, and is tried again
//     with growing pauses until the attempts are used up.
//
// River has connections of its own, beside the DB's, so that a burst of requests cannot keep it from
// fetching and finishing jobs. Periodic jobs must be given to every server alike: any of them may be the
// one that schedules.
package jobs
