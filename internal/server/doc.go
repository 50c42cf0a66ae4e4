// Package server is the composition root: it opens the database, puts the domains, the plumbing and the web apps
// together, and serves them on one port until its context ends.
//
//	err := server.Run(ctx, cfg, func(r server.Ready) { fmt.Println(r.URL) })
//
// What it starts it also stops, in the opposite order: open streams are told to come back, calls under way are
// finished, jobs end, and PostgreSQL, where it is our own, shuts down last. Servers keep no state of their own: run
// any number of them on one database and one NATS cluster.
package server
