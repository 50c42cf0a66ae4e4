// Package pushtest is a web push service of our own, for tests: what Mozilla's autopush is to Firefox,
// on a port of this machine.
//
// [Start] gives a service that plays both sides of a push service. Towards the server under test it
// takes posted messages (RFC 8030), checks them strictly (headers, VAPID token with its signature,
// audience and expiry, and that the key is the one the subscription was made for), records them, and can be told
// to answer with any status or not at all. Towards browsers it speaks the protocol of Firefox
// (WebSocket, subprotocol push-notification); messages for a browser that is away wait for it.
//
// Without a browser, [Service.NewPhone] makes a subscription whose keys the test holds, so that it can
// read what was sent:
//
//	push := pushtest.Start(t)
//	phone := push.NewPhone(t)
//	sender, _ := webpush.NewSender(webpush.Config{Subject: "a@example.com", AllowedHosts: []string{push.Host()}})
//	sender.Send(ctx, phone.Subscription(), keys, message)
//	received := phone.Wait(ctx, 1)
//
// With a browser, package firefox drives the real one; [Service.FirefoxPrefs] has the preferences that
// make it use this service.
//
// Decryption (RFC 8188, RFC 8291) and token verification (RFC 8292) are written here from the RFCs on
// the standard library alone, so that they share no code with what they check.
package pushtest
