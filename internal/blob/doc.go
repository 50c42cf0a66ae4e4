// Package blob keeps what is too large for a row: contents of some megabytes under a random id, in one of two stores that
// an operator chooses between.
//
//	store := blob.NewDatabase(db)                                // in PostgreSQL, with everything else
//	store, err := blob.NewS3(blob.S3Config{Endpoint: "s3.example.com", Bucket: "photos", …})
//
//	write, err := store.Put(ctx, id, content)                   // outside of any transaction
//	err = postgres.InTx(ctx, db, func(ctx context.Context, tx postgres.Tx) error {
//		if err := write(ctx, tx); err != nil { … }             // in the transaction that names the id in a row
//		…
//	})
//	r, err := store.Open(ctx, id)                               // a reader, with size and hash
//
// Guarantees, the same for both, held by one suite of tests:
//
//   - What a committed transaction names can be opened, whole: an object store has the content before the transaction
//     begins, the database gets it within.
//   - A transaction that was rolled back, or a process that was killed, leaves nothing that is named. An object store may be
//     left with a content that nobody names, an orphan; Sweep finds those, and tells of names without content.
//   - A store that is down is told as such: fault.Unavailable "storage_down".
//   - Ids are random: nothing in a store tells whose a content is or what it was called.
package blob
