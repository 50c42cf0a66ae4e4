// Package picturestore keeps pictures that people send: package picture makes them safe, package blob stores them, and a
// domain's row names them.
//
//	pictures := picturestore.New(blob.NewDatabase(db), picture.Limits{}, log)
//	kept, write, err := pictures.Put(ctx, data)          // nothing of the file but the picture
//	err = postgres.InTx(…, write(ctx, tx), then the row with kept)
//	pictures.Forget(ctx, kept)                           // when that failed
//	err = pictures.Serve(w, r, kept)                     // GET, with ?size=thumb for the small one
//	swept, err := pictures.Sweep(ctx, now, photos, files) // every day: the store against all tables that name pictures
//
// Guarantees:
//
//   - What is stored and served was made by package picture.
//   - All that a process decodes at one time shares one budget of memory: make one Store.
//   - A row and its contents come and go together; see package blob for what a crash may leave behind. Sweep removes that, so
//     it must be told of every table that names pictures.
//   - Serve answers what a browser may keep for itself, asking each time whether it may still see it.
package picturestore
