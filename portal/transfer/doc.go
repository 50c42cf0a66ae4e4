// Package transfer brings the fleet and what belongs to it in from files and out again: accounts, sites, models,
// contracts, devices, technicians, people, who follows what, readings, supplies, orders, address changes and
// articles as CSV, postal codes as GeoNames publishes them. docs/import.md says what is left out, and why.
//
//	summary, err := transfer.Import(ctx, db, transfer.Devices, file, transfer.Options{
//		OnRow: func(r transfer.RowResult) error { fmt.Println(r.Row, r.Key, r.Outcome, r.Message); return nil },
//	})
//	err = transfer.Export(ctx, db, transfer.Devices, file)
//
// docs/import.md describes the files; it is made from the tables in this package.
//
// Guarantees:
//
//   - Rows are known by their natural key. The same file again changes nothing; two imports at once make no
//     doubles.
//   - A bad row is refused with its number and a sentence, and stops nothing. A file that was cut off or has
//     an open quotation mark loses only the rows concerned.
//   - Rows are streamed, in and out; the memory used does not depend on the file, but for a hash a row.
//   - Encoding (UTF-8, UTF-16, Windows-1252) and separator (comma, semicolon, tab) are detected and told.
//   - What was (readings, orders, decided changes) is not rewritten by a file.
//   - An export sorts by natural key and writes canonical cells: imported into an empty database and
//     exported again, it gives the same bytes, whatever people typed elsewhere.
//
// How it works: a table (table.go) describes one kind: its columns, each with a parser into canonical text
// and an SQL expression for the stored text, and its SQL. The engine reads (reader.go), makes drafts
// (draft.go), and writes chunks (write.go) by comparing with what is stored.
package transfer
