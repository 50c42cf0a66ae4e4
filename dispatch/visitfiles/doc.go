// Package visitfiles keeps the pictures that technicians make at their visits: photos of the work, and the signature of
// whoever it was shown to. They come in pieces, after the step that ends the visit, whenever there is cover.
//
//	files := visitfiles.New(visitfiles.Config{DB: db, Pictures: pictures, Customers: portal.SeesRequest})
//	up, err := files.Start(ctx, actor, operationID, visitfiles.Announcement{…})   // where to go on: up.Received
//	up, err = files.Append(ctx, actor, up.ID, up.Received, piece)                // until up.State is Stored
//	byVisit, err := files.OfVisits(ctx, visits)
//	mux.Handle(visitfiles.Path, rpc.Page(people, log, files.Serve))
//	tidied, err := files.Tidy(ctx)                                               // every hour
//
// Guarantees:
//
//   - Nothing is lost and nothing doubled, whenever a phone or a server dies: a piece is in the database before it is
//     answered, any piece may be sent again in any order, and each file is kept once however many finish it. A phone goes on
//     until it is told Stored.
//   - What was announced is what is kept: size and SHA-256 are compared when all is there. Then package picture makes the
//     picture anew, without metadata.
//   - A visit has at most MaxPhotos photos and one signature, each content once, whoever sends at the same time: the
//     database's indexes say so, and the visit's row is locked.
//   - Only the visit's technician sends, until Config.Open after the server learned that the visit had ended: a visit that was
//     completed without cover is not late because the phone was.
//   - Seen by staff, by the visit's technician, by a technician with a live job on the same device, and by customers as
//     Config.Customers says. For anybody else it is not there.
//   - What never arrived whole is removed Config.Keep after its last piece, and only then.
package visitfiles
