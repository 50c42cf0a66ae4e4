package pushtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"utsendt/internal/notify/pushtest"
	"utsendt/internal/notify/pushtest/firefox"
	"utsendt/internal/notify/webpush"
)

const page = `<!doctype html><title>Push proof</title><p>Utsendt</p>`

// The worker answers to what it gets, as the apps' own do: it shows a notification from the payload.
const worker = `
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => {
	const message = event.data.json();
	event.waitUntil(self.registration.showNotification(message.title, { body: message.body, tag: message.tag }));
});`

// subscribe is run in the page with the server's public key in place of KEY.
const subscribe = `(async () => {
	await navigator.serviceWorker.register("/worker.js");
	const registration = await navigator.serviceWorker.ready;
	const subscription = await registration.pushManager.subscribe({userVisibleOnly: true, applicationServerKey: KEY});
	return subscription.toJSON();
})()`

const shown = `navigator.serviceWorker.ready
	.then((registration) => registration.getNotifications())
	.then((all) => all.map((one) => ({title: one.title, body: one.body, tag: one.tag})))`

// pollPause keeps polling from starving what it waits for.
const pollPause = 20 * time.Millisecond

type shownNotification struct{ Title, Body, Tag string }

// TestFirefoxShowsOurNotification is the proof that web push works from end to end: a real Firefox
// subscribes with our key at our push service, webpush.Sender sends, Firefox decrypts, its service
// worker shows the notification, and unsubscribing makes the endpoint gone.
func TestFirefoxShowsOurNotification(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	push := pushtest.Start(t)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/worker.js" {
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = w.Write([]byte(worker))
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(page))
	}))
	t.Cleanup(site.Close)
	keys, err := webpush.GenerateKeys()
	if err != nil {
		t.Fatal(err)
	}
	sender := newSender(t, push)

	browser := firefox.Open(t, push.FirefoxPrefs())
	if err := browser.Navigate(ctx, site.URL); err != nil {
		t.Fatal(err)
	}
	var title string
	if err := browser.Evaluate(ctx, `document.title`, &title); err != nil || title != "Push proof" {
		t.Fatalf("the page's title is %q, %v", title, err)
	}
	subscription := subscribeIn(ctx, t, browser, keys.Public())
	if err := sender.CheckEndpoint(ctx, subscription.Endpoint); err != nil {
		t.Fatal(err)
	}

	want := shownNotification{"Request 4711", "Åse is on her way: there at 14:20 – «snart»", "request-4711"}
	payload, err := json.Marshal(map[string]string{"title": want.Title, "body": want.Body, "tag": want.Tag})
	if err != nil {
		t.Fatal(err)
	}
	message := webpush.Message{Payload: payload, TTL: time.Hour, Urgency: webpush.UrgencyHigh, Topic: "request-4711"}
	mustSend(ctx, t, sender, subscription, keys, message, webpush.Delivered)
	waitShown(ctx, t, browser, []shownNotification{want})

	other, err := webpush.GenerateKeys()
	if err != nil {
		t.Fatal(err)
	}
	mustSend(ctx, t, sender, subscription, other, message, webpush.Refused)

	if err := browser.Evaluate(ctx, `navigator.serviceWorker.ready
		.then((registration) => registration.pushManager.getSubscription())
		.then((subscription) => subscription.unsubscribe())`, nil); err != nil {
		t.Fatal(err)
	}
	// Firefox tells the push service in its own time.
	for {
		result, err := sender.Send(ctx, subscription, keys, message)
		if err != nil {
			t.Fatalf("the endpoint is not gone after unsubscribing: %v", err)
		}
		if result.Class == webpush.Gone {
			break
		}
		time.Sleep(pollPause)
	}

	if err := browser.Evaluate(ctx, `Promise.reject(new Error("on purpose"))`, nil); err == nil {
		t.Error("what a page throws is not an error")
	}
	if err := browser.Close(); err != nil {
		t.Error(err)
	}
	if err := browser.Navigate(ctx, site.URL); err == nil {
		t.Error("a closed browser still opens pages")
	}
}

func subscribeIn(ctx context.Context, t *testing.T, browser *firefox.Browser, publicKey string) webpush.Subscription {
	t.Helper()
	key, err := json.Marshal(publicKey)
	if err != nil {
		t.Fatal(err)
	}
	var made struct {
		Endpoint string
		Keys     struct{ P256dh, Auth string }
	}
	script := `(async () => { const KEY = ` + string(key) + `; return await ` + subscribe + ` })()`
	if err := browser.Evaluate(ctx, script, &made); err != nil {
		t.Fatal("subscribing:", err)
	}
	return webpush.Subscription{Endpoint: made.Endpoint, P256dh: made.Keys.P256dh, Auth: made.Keys.Auth}
}

func mustSend(ctx context.Context, t *testing.T, sender *webpush.Sender, to webpush.Subscription,
	keys webpush.Keys, message webpush.Message, want webpush.Class) {
	t.Helper()
	result, err := sender.Send(ctx, to, keys, message)
	if err != nil || result.Class != want {
		t.Fatalf("sent: %+v, %v; want %v", result, err, want)
	}
}

// waitShown asks the page until the notifications are there.
func waitShown(ctx context.Context, t *testing.T, browser *firefox.Browser, want []shownNotification) {
	t.Helper()
	var got []shownNotification
	for {
		if err := browser.Evaluate(ctx, shown, &got); err != nil {
			if errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("Firefox shows %+v, want %+v", got, want)
			}
			t.Fatal(err)
		}
		if slices.Equal(got, want) {
			return
		}
		time.Sleep(pollPause)
	}
}

func newSender(t *testing.T, push *pushtest.Service) *webpush.Sender {
	t.Helper()
	sender, err := webpush.NewSender(webpush.Config{Subject: "push@example.com", AllowedHosts: []string{push.Host()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sender.Close)
	return sender
}
