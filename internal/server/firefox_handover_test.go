package server_test

import (
	"testing"

	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
)

// TestFirefoxChangesHands shows that whoever uses the browser next gets none of the former one's messages: after
// signing out, and also when the former one never did.
func TestFirefoxChangesHands(t *testing.T) {
	t.Parallel()
	w := newFirefoxWorld(t)
	request := w.openRequest()
	w.goTo("/")
	w.signIn("kunde01")
	w.turnOn()
	w.step(request.Id, "dispatched")
	w.awaitShown(request.Number + ": Utsendt")

	// Signing out ends push here, and takes what is on the screen.
	w.click(`a[href="/account"]`)
	w.clickButton("Logg ut")
	w.awaitPage("the page asks who signs in", `document.querySelector("input[name=password]") !== null`, true)
	if subs, endpoint := w.subscriptions(), w.endpoint(); len(subs) != 0 || endpoint != "" {
		t.Fatalf("after signing out the server has %v, the browser %q", subs, endpoint)
	}
	w.awaitShown()
	before := len(w.push.Messages())
	w.step(request.Id, "en_route")
	w.awaitFates("en_route", "email sent")

	// Another person: off, until they turn it on themselves.
	w.signIn("kunde02")
	w.click(`a[href="/notifications"]`)
	w.awaitSwitch("off")
	w.step(request.Id, "on_site")
	w.awaitFates("on_site", "email sent")
	w.awaitShown()
	if n := len(w.push.Messages()); n != before {
		t.Fatalf("%d messages were pushed after signing out", n-before)
	}
	w.click(`a[href="/account"]`)
	w.clickButton("Logg ut")

	// The first one again: on again without a word.
	w.signIn("kunde01")
	w.click(`a[href="/notifications"]`)
	w.awaitSwitch("on")
	w.step(request.Id, "completed")
	w.awaitShown(request.Number + ": Fullført")
	w.awaitFates("completed", "push sent")

	// The session ends elsewhere, and another person signs in where the page asks for the password again.
	w.click(`a[href="/requests"]`)
	sessions, err := w.customer.Session.ListSessions(w.ctx, &identityv1.ListSessionsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range sessions.Sessions {
		if !one.Current {
			if _, err := w.customer.Session.EndSession(w.ctx, &identityv1.EndSessionRequest{SessionId: one.Id}); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.signIn("kunde02")
	w.awaitPage("nothing of the former one is subscribed", `navigator.serviceWorker.getRegistration("/")
		.then((registration) => registration.pushManager.getSubscription()).then((one) => one === null)`, true)
	w.awaitShown()
	second := w.openRequest()
	w.step(second.Id, "dispatched")
	w.awaitFates("dispatched", "email sent")
	w.awaitShown()
	w.click(`a[href="/notifications"]`)
	w.awaitSwitch("off")
	w.clickButton("Slå på varsler")
	w.awaitSwitch("on")
	w.clickButton("Send meg en prøve")
	w.awaitShown("Varslene virker")
}
