package server_test

import (
	"encoding/json"
	"testing"
	"time"

	"utsendt/internal/notify/pushtest/firefox"
	"utsendt/internal/notify/webpush"
)

// TestFirefoxNotificationIsClicked clicks on notifications in the windows that Firefox shows them in: the first opens
// the request's page, the next brings that page to the front and opens no other.
func TestFirefoxNotificationIsClicked(t *testing.T) {
	t.Parallel()
	w := newFirefoxWorld(t)
	request := w.openRequest()
	page := w.URL + "/requests/" + request.Number
	w.goTo("/")
	w.signIn("kunde01")
	w.turnOn()
	w.step(request.Id, "dispatched")
	w.clickNotification(request.Number + ": Utsendt")
	w.awaitTabs(w.URL+"/notifications", page+" in front")
	w.awaitShown()

	first := w.tabs()[0]
	if err := w.browser.Switch(w.ctx, first.ID); err != nil {
		t.Fatal(err)
	}
	w.awaitTabs(w.URL+"/notifications in front", page)
	w.step(request.Id, "en_route")
	w.clickNotification(request.Number + ": På vei")
	w.awaitTabs(w.URL+"/notifications", page+" in front")
	w.awaitShown()

	if err := w.browser.Switch(w.ctx, w.tabs()[1].ID); err != nil {
		t.Fatal(err)
	}
	w.awaitPage("the page that was opened shows the state", `document.querySelector("[data-state]")?.dataset.state`, "en_route")
}

// TestFirefoxShowsTheNewest sends messages as the server does, but in the wrong order: what is older is not shown over
// what is newer.
func TestFirefoxShowsTheNewest(t *testing.T) {
	t.Parallel()
	w := newFirefoxWorld(t)
	w.goTo("/")
	w.signIn("kunde01")
	w.turnOn()
	var made struct {
		Endpoint string
		Keys     struct{ P256dh, Auth string }
	}
	w.run(`navigator.serviceWorker.ready.then((one) => one.pushManager.getSubscription()).then((one) => one.toJSON())`, &made)
	keys, err := w.Parts.Notify.CurrentKey(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	sender, err := webpush.NewSender(webpush.Config{Subject: "push@example.com", AllowedHosts: []string{w.push.Host()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sender.Close)
	send := func(title, tag string, seq int) {
		t.Helper()
		payload, err := json.Marshal(map[string]any{"title": title, "body": "b", "url": "/", "tag": tag, "lang": "nb", "seq": seq})
		if err != nil {
			t.Fatal(err)
		}
		result, err := sender.Send(w.ctx, webpush.Subscription{Endpoint: made.Endpoint, P256dh: made.Keys.P256dh, Auth: made.Keys.Auth},
			keys, webpush.Message{Payload: payload, TTL: time.Minute})
		if err != nil || result.Class != webpush.Delivered {
			t.Fatalf("sent: %+v %v", result, err)
		}
	}
	send("newer", "request", 9)
	send("older", "request", 8)
	send("other", "another request", 7) // shows that the older has been dealt with
	w.awaitShown("newer", "other")
	send("newest", "request", 10)
	w.awaitShown("newest", "other")
}

// clickNotification waits for the notification, and clicks on it.
func (w *firefoxWorld) clickNotification(title string) {
	w.t.Helper()
	if err := w.browser.ClickNotification(w.ctx, title); err != nil {
		w.t.Fatal(err)
	}
}

func (w *firefoxWorld) tabs() []firefox.Tab {
	w.t.Helper()
	tabs, err := w.browser.Tabs(w.ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	return tabs
}

// awaitTabs waits until exactly these tabs are open: "address", or "address in front".
func (w *firefoxWorld) awaitTabs(want ...string) {
	w.t.Helper()
	var got []string
	w.await("these tabs are open", func() bool {
		got = nil
		for _, tab := range w.tabs() {
			if tab.Front {
				tab.URL += " in front"
			}
			got = append(got, tab.URL)
		}
		if len(got) != len(want) {
			return false
		}
		for i := range got {
			if got[i] != want[i] {
				return false
			}
		}
		return true
	}, func() any { return got })
}
