// Package backoffice is the staff's side of everything that is not a request, an order or an approval: customers, their
// sites, contracts and devices, models, skills and territories, people who sign in, files in and out, and the audit
// trail.
//
//	office := backoffice.New(backoffice.Config{DB: db, People: people, Dispatch: dispatch})
//	page, err := office.Devices(ctx, actor, backoffice.DeviceQuery{Text: "bergen"})
//	moved, err := office.MoveDevice(ctx, actor, op, backoffice.Move{ID: id, Revision: device.Revision(), SiteID: site})
//
// Guarantees:
//
//   - Dispatchers and admins alone; contracts, people and files are changed by admins alone. Everybody else is Forbidden.
//   - Every change is one transaction with its operation id, its line in the audit trail with the values before and
//     after, and what it entails (registrations that end, sessions that end).
//   - A change is based on a revision: when somebody changed the thing meanwhile, it is Stale and says which fields.
//   - Natural keys are unique by the database; what has a history is not removed.
//   - Whoever is shown personal data here leaves a line in personal_data_reads.
//   - Lists page by token on their natural key; a page is as quick as the first however far down it is.
//
// Where to start: change.go (how everything is changed), account.go (one kind from list to update), device_move.go (what
// a move entails), people.go, files.go, trail.go.
package backoffice
