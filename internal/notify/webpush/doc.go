// Package webpush sends one encrypted message to one browser, and says what became of it.
//
// It sits on github.com/SherClockHolmes/webpush-go, which seals the message (RFC 8291, aes128gcm)
// and builds the request (RFC 8030). Around it this package adds what a server that sends to
// addresses given to it by strangers needs:
//
//   - every answer of a push service becomes one of five classes ([Class]), so that the caller has
//     one switch: delivered, gone (remove the subscription), later, refused, blocked;
//   - an endpoint can never lead into a private network: it is checked when a browser subscribes
//     ([Sender.CheckEndpoint]) and again on the resolved address of every connection, so a name
//     that changes its address in between does not help; redirects are not followed, proxies from
//     the environment are not used;
//   - the sender's VAPID token (RFC 8292) is kept per push service and key and sent again until it
//     nears its end, instead of a new one for each message;
//   - time, answer size, header size and connections are bounded.
//
// The package keeps no state beyond tokens and connections and knows no database. Retrying,
// removing dead subscriptions and keeping the ledger is the caller's part.
//
// Use:
//
//	keys, err := webpush.ParseKeys(publicKey, privateKey)
//	sender, err := webpush.NewSender(webpush.Config{Subject: "service@example.com"})
//	defer sender.Close()
//	result, err := sender.Send(ctx, subscription, keys, webpush.Message{
//		Payload: payload, TTL: time.Hour, Urgency: webpush.UrgencyHigh, Topic: "request-4711",
//	})
//
// A [Sender] is safe for concurrent use; one per process is right.
package webpush
