// Package audit writes the audit trail: who changed what, from which address, with the values before and
// after.
//
//	err := audit.Write(ctx, tx, actor, "person.disable", "person", person.ID, before, after)
//
// A line is written in the transaction of the change it tells of, so there is no change without its line
// and no line without its change. Callers leave secrets (passwords, hashes, tokens) out of before and
// after; a value is stored as the JSON it marshals to.
package audit
