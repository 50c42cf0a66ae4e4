// Package postgres opens the database, runs transactions and keeps the schema up to date.
//
//	db, err := postgres.Open(ctx, postgres.Config{URL: url})
//	defer db.Close()
//	err = postgres.Migrate(ctx, db)
//
//	err = postgres.InTx(ctx, db, func(ctx context.Context, tx postgres.Tx) error {
//		if _, err := tx.NewUpdate().Model(&request).WherePK().Exec(ctx); err != nil {
//			return err
//		}
//		tx.AfterCommit(func() { signals.Changed(request.ID) })
//		return jobs.Insert(ctx, tx, NotifyArgs{RequestID: request.ID}, nil)
//	})
//
// Guarantees:
//
//   - InTx commits all of what its function did, or nothing: rows through bun, rows through pgx and River
//     jobs share one transaction.
//   - A serialization failure (40001) or deadlock (40P01) runs the function again, at most three times,
//     so the function must have no effect outside the transaction. What must happen outside goes through
//     Tx.AfterCommit, which runs only after the commit, in order, and never for a run that was rolled back.
//   - Tx.Now is read once per transaction, so all rows of one change carry the same time.
//   - Migrate may be called by any number of processes at once. Each migration is applied exactly once,
//     and its mark is written in its own transaction, so a crash cannot leave one applied but unmarked.
//
// Sub-packages: embedded runs a PostgreSQL process of our own, pgtest gives each test its own database.
package postgres
