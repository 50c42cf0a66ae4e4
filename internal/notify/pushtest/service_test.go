package pushtest_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"utsendt/internal/notify/pushtest"
	"utsendt/internal/notify/webpush"
)

// TestServiceRefusesWhatRealOnesRefuse shows that the checks are there: a service that takes anything
// proves nothing.
func TestServiceRefusesWhatRealOnesRefuse(t *testing.T) {
	t.Parallel()
	push := pushtest.Start(t)
	phone, elsewhere := push.NewPhone(t), pushtest.Start(t)
	keys, err := webpush.GenerateKeys()
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	mustSend(ctx, t, newSender(t, push), phone.Subscription(), keys, webpush.Message{TTL: time.Minute}, webpush.Delivered)
	good := push.Messages()[0]
	stranger := elsewhere.NewPhone(t)
	mustSend(ctx, t, newSender(t, elsewhere), stranger.Subscription(), keys, webpush.Message{}, webpush.Delivered)
	foreign := elsewhere.Messages()[0].Authorization

	for _, tc := range []struct {
		name   string
		change func(http.Header)
		body   []byte
		want   int
	}{
		{"as sent", func(http.Header) {}, good.Body, http.StatusCreated},
		{"no TTL", func(h http.Header) { h.Del("TTL") }, good.Body, http.StatusBadRequest},
		{"negative TTL", func(h http.Header) { h.Set("TTL", "-1") }, good.Body, http.StatusBadRequest},
		{"no encoding", func(h http.Header) { h.Del("Content-Encoding") }, good.Body, http.StatusBadRequest},
		{"wrong urgency", func(h http.Header) { h.Set("Urgency", "now") }, good.Body, http.StatusBadRequest},
		{"long topic", func(h http.Header) { h.Set("Topic", strings.Repeat("t", 33)) }, good.Body, http.StatusBadRequest},
		{"no token", func(h http.Header) { h.Del("Authorization") }, good.Body, http.StatusUnauthorized},
		{"token for another service", func(h http.Header) { h.Set("Authorization", foreign) }, good.Body, http.StatusUnauthorized},
		{"too long", func(http.Header) {}, make([]byte, 4097), http.StatusRequestEntityTooLarge},
	} {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, phone.Subscription().Endpoint, bytes.NewReader(tc.body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header = http.Header{}
		request.Header.Set("TTL", "60")
		request.Header.Set("Content-Encoding", "aes128gcm")
		request.Header.Set("Authorization", good.Authorization)
		tc.change(request.Header)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(tc.name, err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != tc.want {
			t.Errorf("%s: answered %d, want %d", tc.name, answer.StatusCode, tc.want)
		}
	}
}

// TestMessagesWaitForABrowserThatIsAway plays a browser by hand: what comes while it is away, and what
// it has not acknowledged, comes when it is back; a topic replaces; acknowledged messages do not return.
func TestMessagesWaitForABrowserThatIsAway(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	push := pushtest.Start(t)
	keys, err := webpush.GenerateKeys()
	if err != nil {
		t.Fatal(err)
	}
	sender := newSender(t, push)
	subscription := push.NewPhone(t).Subscription() // for its keys only

	conn, browserID := dial(ctx, t, push, "")
	ask(ctx, t, conn, map[string]any{"messageType": "register", "channelID": "c1", "key": keys.Public()})
	registered := hear(ctx, t, conn)
	subscription.Endpoint, _ = registered["pushEndpoint"].(string)
	send := func(topic string, ttl time.Duration) {
		t.Helper()
		mustSend(ctx, t, sender, subscription, keys, webpush.Message{TTL: ttl, Topic: topic}, webpush.Delivered)
	}
	send("", time.Minute)
	first := hear(ctx, t, conn)
	if first["messageType"] != "notification" || first["channelID"] != "c1" {
		t.Fatalf("heard %v", first)
	}
	ask(ctx, t, conn, map[string]any{"messageType": "ack", "updates": []any{
		map[string]any{"channelID": "c1", "version": first["version"]}}})
	ask(ctx, t, conn, struct{}{}) // the answer shows that the ack has been read
	hear(ctx, t, conn)
	if err := conn.CloseNow(); err != nil {
		t.Fatal(err)
	}
	for push.Browsers() != 0 {
		if ctx.Err() != nil {
			t.Fatal("the service does not notice that the browser has gone")
		}
		time.Sleep(pollPause)
	}
	send("", 0)
	send("topic", time.Minute)
	send("topic", time.Minute)
	send("", time.Minute)

	conn, _ = dial(ctx, t, push, browserID)
	for range 2 {
		if got := hear(ctx, t, conn); got["messageType"] != "notification" || got["version"] == first["version"] {
			t.Fatalf("heard %v", got)
		}
	}
	ask(ctx, t, conn, map[string]any{"messageType": "unregister", "channelID": "c1"})
	if got := hear(ctx, t, conn); got["messageType"] != "unregister" {
		t.Fatalf("more than two messages have waited: %v", got)
	}
	mustSend(ctx, t, sender, subscription, keys, webpush.Message{}, webpush.Gone)
}

func dial(ctx context.Context, t *testing.T, push *pushtest.Service, id string) (*websocket.Conn, string) {
	t.Helper()
	conn, _, err := websocket.Dial(ctx, push.WebSocketURL(), &websocket.DialOptions{Subprotocols: []string{"push-notification"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	ask(ctx, t, conn, map[string]any{"messageType": "hello", "uaid": id, "use_webpush": true})
	got, _ := hear(ctx, t, conn)["uaid"].(string)
	if got == "" || id != "" && got != id {
		t.Fatalf("the browser's id is %q after %q", got, id)
	}
	return conn, got
}

func ask(ctx context.Context, t *testing.T, conn *websocket.Conn, message any) {
	t.Helper()
	if err := wsjson.Write(ctx, conn, message); err != nil {
		t.Fatal(err)
	}
}

func hear(ctx context.Context, t *testing.T, conn *websocket.Conn) map[string]any {
	t.Helper()
	var heard map[string]any
	if err := wsjson.Read(ctx, conn, &heard); err != nil {
		t.Fatal(err)
	}
	return heard
}
