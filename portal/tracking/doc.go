// Package tracking lets somebody without an account follow one service request by a link: the person at the door.
//
//	links := tracking.New(tracking.Config{DB: db, Dispatch: d, Bus: bus, BaseURL: "https://utsendt.example"})
//	share, err := links.Make(ctx, actor, operation, request, 0)      // share.URL is to be sent on
//	err = links.Watch(ctx, token, func(seen tracking.Seen) error { … })
//
// A link is "/follow#<token>": what stands after the # is sent to no server by a browser, so it is in no log and in no
// referrer. The token is signed (package signedlink) and names a row of request_shares; whether it works is asked of the row.
//
// Guarantees:
//
//   - Links are made, listed and taken back by customers who follow the device, and by staff. For anybody else the request
//     does not exist, and neither does a link.
//   - A link works until its time is over, it is taken back, or the request ended 24 hours ago. Pages that are open on it end
//     then: at once where the signal arrives, else within some 30 seconds.
//   - Whatever does not work is answered by ErrUnknown, whether it was forged, has expired or was taken back, after the same
//     questions to the database.
//   - A request has a bounded number of links that work, and a link a bounded number of pages open on each server.
//   - No token is stored: it is made again from the row, and in the operation's stored answer there is none.
//
// What is seen is a dispatch.Sight, as a signed-in customer gets it, without the history; package rpc beside this one picks
// what of it a stranger may know, and a test fills everything else with secrets.
package tracking
