package server_test

import (
	"slices"
	"testing"

	"utsendt/internal/notify/pushtest"
)

// TestFirefoxReceivesStatus is web push of the whole product in a real Firefox: the customer signs in on the real page
// and turns notifications on, a dispatcher and a technician take the request through its steps, and the browser shows
// each step in the customer's language, while the open page follows live.
func TestFirefoxReceivesStatus(t *testing.T) {
	t.Parallel()
	w := newFirefoxWorld(t)
	w.goTo("/")
	w.signIn("kunde01")
	w.turnOn()
	if subs := w.subscriptions(); len(subs) != 1 || subs[0].PushService != w.push.Host() {
		t.Fatalf("the server has the subscriptions %v", subs)
	}
	w.clickButton("Send meg en prøve")
	w.awaitShown("Varslene virker")
	w.awaitFates("test", "push sent")
	w.awaitPage("the ledger on the page has the test", `[...document.querySelectorAll(".sent")].length > 0`, true)
	w.run(`navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) => all.forEach((one) => one.close()))`, nil)
	w.awaitShown()

	request := w.openRequest()
	w.goTo("/requests/" + request.Number)
	w.awaitPage("the page shows the state", `document.querySelector("[data-state]")?.dataset.state`, "to_be_scheduled")
	for _, step := range []struct{ to, title string }{
		{"dispatched", "Utsendt"}, {"en_route", "På vei"}, {"on_site", "På stedet"},
		// Between these two the customer changes the language, in the page.
		{"completed", "Completed"},
	} {
		if step.to == "completed" {
			w.click(`a[href="/account"]`)
			w.click(`button[lang="en"]`)
			w.awaitPage("the page is in English", `document.documentElement.lang`, "en")
			w.await("the server knows", func() bool { return w.language() == "en" }, func() any { return w.language() })
			w.run(`history.back()`, nil)
			w.awaitPage("the page shows the state", `document.querySelector("[data-state]")?.dataset.state`, "on_site")
		}
		w.step(request.Id, step.to)
		// One at a time: the newer takes the older's place.
		w.awaitShown(request.Number + ": " + step.title)
		w.awaitPage("the open page follows", `document.querySelector("[data-state]")?.dataset.state`, step.to)
		w.awaitFates(step.to, "push sent")
	}
	var language, body, url string
	const shown = `navigator.serviceWorker.ready.then((one) => one.getNotifications()).then(([one]) => `
	w.run(shown+`one.lang)`, &language)
	w.run(shown+`one.body)`, &body)
	w.run(shown+`one.data.url)`, &url)
	if language != "en" || body == "" || url != "/requests/"+request.Number {
		t.Errorf("shown in %q, opening %q: %q", language, url, body)
	}
	// Every message was taken at the first attempt: the test and four steps.
	messages := w.push.Messages()
	if len(messages) != 5 || slices.ContainsFunc(messages, func(m pushtest.Message) bool { return m.Status != 201 }) {
		t.Errorf("the push service had %d messages: %+v", len(messages), messages)
	}
}
