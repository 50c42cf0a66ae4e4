// Package client signs simulated people in and makes their calls, through the public API alone.
//
//	server := client.New("http://127.0.0.1:8080", nil, rate.NewLimiter(200, 50))
//	phone := server.Phone("tekniker01", "password", "Simulated phone")
//	res, err := client.Call(ctx, &phone.Session, phone.Mobile.ListJobs, &mobilev1.ListJobsRequest{})
//
// Guarantees:
//
//   - Call tries again, with growing pauses, while the server is away, too busy or restarting, and sends the same
//     message each time: an operation id in it takes effect once however often it is sent.
//   - Whoever is not signed in, or no longer, is signed in first.
//   - All calls of one Server together keep to its limiter.
//   - Everything ends at once with its context.
package client
