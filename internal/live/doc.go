// Package live carries signals: short messages that say "this changed", to every server and from there to
// every open stream.
//
// The database is the truth; a signal is only a hint. It may be lost or come twice, so whoever waits for one
// also re-reads now and then. A Signal has a subject such as "request.6f1c…" and a version; of the signals of
// one subject that a slow reader has not taken yet, only the newest is kept, so that no reader can make the
// server queue without bound.
//
//	bus, err := live.Open(live.Config{})           // NATS within the process, over no network
//	sub := bus.Subscribe("request.6f1c…", "position.>")
//	defer sub.Close()
//	for range sub.C() {                            // wakes when there is something to take
//		signals, lost := sub.Take()                // lost: signals may be missing, read everything again
//	}
//
// With Config.URL the signals go over a NATS cluster and reach all servers on it.
package live
