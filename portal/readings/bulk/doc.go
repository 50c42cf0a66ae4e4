// Package bulk takes readings from files: CSV as spreadsheets write it, in any usual encoding, and XLSX.
//
//	files := bulk.New(db)
//	id, err := files.Start(ctx, actor, op, "avlesninger.csv", size)
//	err = files.Send(ctx, actor, op, id, 0, data)          // pieces, in any order
//	upload, err := files.Check(ctx, actor, op, id)         // reads it, and tells what would become of each row
//	rows, next, err := files.Rows(ctx, actor, id, nil, page)
//	upload, err = files.Apply(ctx, actor, op, id, bulk.Confirmations{ByRow: map[int]string{7: "Ny teller"}})
//
// A file has a header and a row for each reading: serial number, date, perhaps a time, a column for each counter, perhaps a
// reason that confirms what is doubtful. columns.go has the headings, in Norwegian and English. A date without a time is the
// beginning of that day where the device stands, so that the same file is the same readings whenever it is sent.
//
// A file is sent in pieces, by ordinary calls: a browser cannot stream to a server over Connect, and pieces keep to the bound
// that all messages have, can be sent again on a bad line, and show how far it is.
//
// Guarantees:
//
//   - Only for customers in a country where it is turned on, and only for devices they follow with reminders on.
//   - A bad row stops nothing: it is told its number and what is wrong, and the good ones are kept.
//   - The same file again changes nothing: its readings are there already.
//   - What is kept is judged when it is kept, by the same rules as any other reading (package readings).
//   - A file cannot fill the memory: its size, what it unpacks to, and its rows, columns and cells are bounded.
//   - All of it happens in one transaction, in some statements for thousands of rows each.
package bulk
