// Package once makes an operation with a client-made id take effect once.
//
// A phone that got no answer sends the same operation again. Do claims the id in the change's own transaction; when
// the operation was done before, its stored result is returned instead and nothing happens. Two at the same time
// are serialised by the database: the second waits for the first and gets its result. An operation that failed
// leaves no trace and may be sent again; a refusal that is itself worth remembering is returned as a result.
//
//	result, err := once.Do(ctx, tx, once.Key{Person: actor.PersonID, ID: op, Kind: "accept"}, asked,
//		func() (Job, error) { … })
//
// InTx does the same in a transaction of its own, which is what most operations need.
//
// Fates tells what became of operations, for a client that was away for long.
//
// Ids are per person, so nobody can learn or disturb what someone else did by guessing ids.
package once
