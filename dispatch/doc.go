// Package dispatch takes a fault from the customer's click to the technician at the door: service requests and their
// state machine, visits, technicians and their positions, who could go, and the streams that show it all.
//
// Everything is done through a Service. Any number of servers may have one on the same database:
//
//	s := dispatch.New(dispatch.Config{DB: db, Bus: bus, Notifier: notifier})
//	go s.Run(ctx, ready)              // follows other servers: who is on duty, and where
//	r, err := s.Open(ctx, actor, op, asked, dispatch.NewRequest{…})
//	candidates, err := s.Candidates(ctx, actor, r.ID, 10)
//	r, err = s.Assign(ctx, actor, op, dispatch.Assignment{Request: r.ID, Technician: candidates[0].Technician.ID})
//	err = s.Follow(ctx, r.ID, send)   // until the request has ended
//
// # The life of a request
//
// To be scheduled, Dispatched, En route, On site, Completed; Cancelled from any open state; and the ways back. The
// table Transitions in machine.go is all of it, with who may take which step; Decide is pure. docs/state-machine.md has
// the picture, made from the table. A request has at most one live Visit: one technician's assignment to it, from
// leaving to being done. What a technician has to do is their plan: the live visits in the order of their spans, which
// never overlap. Roll moves a plan on as time passes, FindFit finds a free span in it.
//
// # One change, one transaction
//
// Each change of a request locks its row, decides, and writes together: the request with its next version, one
// Activity of that number, the visit, the messages to people and a line of the audit trail (change.go). Signals go
// out after the commit. They only say that something changed: streams subscribe first, read then, and read again now
// and then without a signal, so a lost one delays and never loses.
//
// Locks are taken in one order, so that no two transactions wait for each other: the operation's id, the request, its
// technicians in the order of their ids, their visits. Whoever changes a technician's visits or judges their positions
// holds the technician's row. Nothing outside the database is asked while rows are locked: ways are measured before.
//
// # Once
//
// Each mutation takes an Operation with an id made by the client (package once). The same one again changes nothing and
// is answered the same; the same id for something else is "operation_id_reused"; one that failed leaves no trace and may
// be sent again. A phone's steps carry the phone's time, which is corrected by the skew measured when they arrive, and
// never goes before the step before it nor after now. A step on a job that the office took back meanwhile is kept in
// the history, changes nothing else, and is answered "overtaken" with the present state.
//
// # Positions
//
// A batch is judged fix by fix, oldest first, by geo.Track. The live position is one row; every believable fix goes to
// a history with a partition for each day. Off duty nothing is taken and the live position is deleted.
//
// # What always holds
//
// dispatchtest.Invariants lists it as queries that find nothing; TestNoDoubleBooking tries to break it with four
// processes at once. Beyond that:
//
//   - The machine's table, the golden matrix of state, event and role, the diagram and the database's trigger agree:
//     TestMatrix, TestDiagram, TestDatabaseKnowsTheMachine.
//   - Nobody has two jobs at once, no job two technicians, whoever writes: TestDatabaseRefusesDoubleBooking.
//   - A plan never overlaps and never moves earlier: TestRollProperties, TestFindFitProperties.
//   - Every mutation takes effect once: TestEachOperationOnce, TestOfflineDay.
//   - The live position does not depend on how a drive arrives: TestPositionsInAnyOrder.
//   - A follower always sees the last version, and positions only of whoever is on the way to them: TestFollowLosesNothing,
//     TestTrackingOnlyEnRoute.
package dispatch
