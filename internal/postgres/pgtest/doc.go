// Package pgtest gives each test a PostgreSQL database of its own, with the schema in place.
//
//	func TestAssign(t *testing.T) {
//		t.Parallel()
//		db := pgtest.New(t)
//		…
//	}
//
// The first test on the machine starts one cluster, shared by all test binaries of this user: data in
// memory where /dev/shm has room, no fsync, 400 connections. The schema is made once, in a template named
// by the hash of the migrations, and every test gets a clone of it (some 25 ms), dropped when the test
// ends.
//
// The cluster belongs to a keeper, a process made from the test binary itself (see keeper.go). Each test
// binary holds a shared lock while it lives; when nobody has held it for a few seconds the keeper stops
// PostgreSQL, removes the data and ends. The system frees locks of processes that were killed, so nothing
// stays behind after kill -9 either. And should the keeper be killed, PostgreSQL stops with it.
//
// A machine without PostgreSQL fails the test; it is never skipped.
package pgtest
