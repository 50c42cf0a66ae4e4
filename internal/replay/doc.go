// Package replay drives the whole system with real service requests from a file: it opens each at its own time, lets a
// simulated dispatcher assign it and simulated technicians work on it, and proves at the end that nothing was lost or
// doubled.
//
//	result, err := replay.Run(ctx, replay.Config{File: "requests.csv.gz", Zone: newYork, Out: os.Stdout})
//
// The file is CSV (also gzipped) with a header. Columns, in any order, by any of their names: opened (open_dt), target
// (target_dt), latitude, longitude, type; optionally closed (closed_dt), id (case_enquiry_id) and postal_code
// (location_zipcode). Times are local, of Config.Zone, unless they carry an offset.
//
// A real server (internal/server) runs inside the process on a PostgreSQL of its own, and everything from sign-in to
// the report at the door goes over HTTP through the public API. Only time is made up: the server's clock stands still
// while calls are made and then jumps to the next event, so that three weeks take minutes and how fast the machine is
// changes nothing. Technicians act on whole minutes; those of the same minute at once.
//
// Guarantees:
//
//   - Bad rows are refused with a reason and counted; each other row becomes one device at the row's position and one
//     request, opened at the row's time with the row's target as its promise.
//   - The same file and seed give the same requests, the same technicians and the same decisions.
//   - An error is returned when any check fails: see verify.go for what is checked, by SQL and by the API.
//
// What is not in such files is made up: the technicians (spread as the requests are, with skills and shifts), how long
// a repair takes, who declines and when a second visit is needed. What kinds of trouble mean for a printer is a mapping
// of words, see trade.go; it only has to give a mix of skills.
package replay
