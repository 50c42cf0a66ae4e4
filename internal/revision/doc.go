// Package revision keeps two people who change the same thing from undoing each other without noticing, and says what
// of it changed.
//
//	fields := revision.Fields{{Name: "name", Value: a.Name}, {Name: "country", Value: a.Country}}
//	shown := fields.Revision()                    // goes out with the thing
//	err := fields.Check(asked.Revision)           // read again under the lock: Stale, naming the fields
//	err = audit.Write(ctx, tx, actor, "account.update", "account", id, before.Audited(), after.Audited())
//
// A revision is opaque text that holds 48 bits of a hash for each field and no values. It depends on the values alone:
// whoever changed them and by which way, a change shows, and one that was taken back does not.
package revision
