// Package simulate brings a server to life: customers who report faults, technicians with phones who drive to them and
// mend them, and, if wanted, a dispatcher who assigns.
//
//	err := simulate.Run(ctx, simulate.Config{URL: "http://127.0.0.1:8080", Customers: …, Technicians: …, Dispatcher: …,
//		Speed: 20, RequestEvery: 20 * time.Second, Dispatch: true})
//
// Guarantees:
//
//   - Everybody acts through the public API alone, signed in as themselves, and knows only what it tells them.
//   - It looks alive soon: in the first seconds some technicians stand close to the first faults, so that requests are
//     in every state within ten seconds or so.
//   - It goes on when the server is restarted: calls are repeated with their operation ids, streams opened anew. A
//     phone keeps what it could not send and sends it in order.
//   - Choices follow from the seed, a source of chance for each person. What meets what in time does not.
//   - A few goroutines for each technician, a bounded number of calls each second, and everything ends with the context.
//
// Phones sometimes lose cover on the way: positions and steps wait, with the phone's times, and are sent in order when
// cover is back. A technician whose job was taken away meanwhile hears it then, and goes on with the next.
package simulate
