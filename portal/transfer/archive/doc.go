// Package archive writes everything that a company keeps in an installation into a folder, and brings it into an empty one: the
// fleet and the people, and all that happened, with ids, numbers, times and versions as they are.
//
//	manifest, err := archive.Write(ctx, db, dir)
//	manifest, err = archive.Restore(ctx, db, os.DirFS(dir))
//
// Package transfer moves master data between installations by natural keys, row by row, as people edit it in spreadsheets; this
// one moves an installation. Guarantees:
//
//   - One moment: everything is read in one snapshot, and written in one transaction, whole or not at all.
//   - An archive of what was restored is the same, byte for byte.
//   - Tables are streamed, both ways: the memory used does not depend on how much there is.
//   - What is not in an archive is named in left.go with the reason; a new table belongs to one or the other, or a test fails.
//   - Secrets never leave.
//   - The steps of state machines are not taken again, but every CHECK, unique and foreign key holds for what comes in.
//
// Where to start: left.go (what stays behind), write.go, restore.go.
package archive
