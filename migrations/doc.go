// Package migrations holds the SQL that makes the schema, compiled into the binary.
//
// Each change is a pair NNNN_name.tx.up.sql and NNNN_name.tx.down.sql, numbered without gaps and applied
// in order, each in one transaction. A file that has been released is never edited; a correction is a new
// pair. postgres.Migrate applies them.
//
// schema.sql is what they add up to, for reading. It is made by
//
//	go test ./migrations -update
//
// and a test fails when it is out of date.
package migrations
