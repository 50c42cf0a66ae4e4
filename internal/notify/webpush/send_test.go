package webpush_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"utsendt/internal/fault"
	"utsendt/internal/notify/pushtest"
	"utsendt/internal/notify/webpush"
)

func newSender(t testing.TB, cfg webpush.Config) *webpush.Sender {
	t.Helper()
	if cfg.Subject == "" {
		cfg.Subject = "push@example.com"
	}
	sender, err := webpush.NewSender(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sender.Close)
	return sender
}

func newKeys(t testing.TB) webpush.Keys {
	t.Helper()
	keys, err := webpush.GenerateKeys()
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// TestSendSealsForTheSubscription opens what was sent with the subscription's own keys, by code that
// shares nothing with the sender, and looks at all that the push service sees.
func TestSendSealsForTheSubscription(t *testing.T) {
	t.Parallel()
	push := pushtest.Start(t)
	phone := push.NewPhone(t)
	sender := newSender(t, webpush.Config{AllowedHosts: []string{push.Host()}})
	keys := newKeys(t)
	longest := make([]byte, webpush.MaxPayload)
	rand.Read(longest)
	for _, message := range []webpush.Message{
		{},
		{Payload: []byte("Åse er på vei – 14:20"), TTL: time.Hour, Urgency: webpush.UrgencyHigh, Topic: "request-4711"},
		{Payload: []byte{0, 0, 2, 0}, TTL: 1500 * time.Millisecond, Urgency: webpush.UrgencyVeryLow},
		{Payload: longest, TTL: webpush.MaxTTL, Urgency: webpush.UrgencyLow},
	} {
		// Room behind the payload, as a slice of a larger buffer has, which must stay as it is.
		backing := append(bytes.Clone(message.Payload), bytes.Repeat([]byte{7}, 3000)...)
		before := bytes.Clone(backing)
		message.Payload = backing[:len(message.Payload)]
		result, err := sender.Send(t.Context(), phone.Subscription(), keys, message)
		if err != nil || result.Class != webpush.Delivered || result.Status != http.StatusCreated || result.Detail != "" {
			t.Fatalf("sent: %+v, %v", result, err)
		}
		if !bytes.Equal(backing, before) {
			t.Fatal("the caller's buffer has been written to")
		}
		all, err := phone.Received()
		if err != nil {
			t.Fatal(err)
		}
		got := all[len(all)-1]
		if !bytes.Equal(got.Payload, message.Payload) {
			t.Errorf("payload %q, want %q", got.Payload, message.Payload)
		}
		wantTTL := int((message.TTL + time.Second - 1) / time.Second)
		if got.TTL != wantTTL || got.Urgency != string(message.Urgency) || got.Topic != message.Topic {
			t.Errorf("headers TTL %d, urgency %q, topic %q of %+v", got.TTL, got.Urgency, got.Topic, message)
		}
		if len(got.Body) != 2048 {
			t.Errorf("the body has %d octets; its length tells the payload's", len(got.Body))
		}
		token := got.Token
		if token.Key != keys.Public() || token.Audience != "http://"+push.Host() || token.Subject != "mailto:push@example.com" {
			t.Errorf("token %+v", token)
		}
		if rest := time.Until(token.Expires); rest < 11*time.Hour || rest > 12*time.Hour {
			t.Errorf("the token expires in %v", rest)
		}
	}
}

// TestSendClassifiesEveryAnswer has one case per class and border.
func TestSendClassifiesEveryAnswer(t *testing.T) {
	t.Parallel()
	push := pushtest.Start(t)
	now := time.Now().UTC().Truncate(time.Second)
	sender := newSender(t, webpush.Config{AllowedHosts: []string{push.Host()}, Now: func() time.Time { return now }})
	keys := newKeys(t)
	for _, tc := range []struct {
		answer pushtest.Answer
		want   webpush.Class
		after  time.Duration
	}{
		{pushtest.Answer{Status: 200}, webpush.Delivered, 0},
		{pushtest.Answer{Status: 201, RetryAfter: "9"}, webpush.Delivered, 0},
		{pushtest.Answer{Status: 202}, webpush.Delivered, 0},
		{pushtest.Answer{Status: 204}, webpush.Delivered, 0},
		{pushtest.Answer{Status: 301, Location: push.WebSocketURL()}, webpush.Refused, 0},
		{pushtest.Answer{Status: 400}, webpush.Refused, 0},
		{pushtest.Answer{Status: 401}, webpush.Refused, 0},
		{pushtest.Answer{Status: 403, RetryAfter: "9"}, webpush.Refused, 0},
		{pushtest.Answer{Status: 404}, webpush.Gone, 0},
		{pushtest.Answer{Status: 410}, webpush.Gone, 0},
		{pushtest.Answer{Status: 408}, webpush.RetryLater, 0},
		{pushtest.Answer{Status: 413}, webpush.Refused, 0},
		{pushtest.Answer{Status: 425}, webpush.RetryLater, 0},
		{pushtest.Answer{Status: 429, RetryAfter: "120"}, webpush.RetryLater, 2 * time.Minute},
		{pushtest.Answer{Status: 429, RetryAfter: now.Add(90 * time.Second).Format(http.TimeFormat)}, webpush.RetryLater, 90 * time.Second},
		{pushtest.Answer{Status: 500}, webpush.RetryLater, 0},
		{pushtest.Answer{Status: 503, RetryAfter: "999999999999999999999999"}, webpush.RetryLater, webpush.MaxRetryAfter},
	} {
		phone := push.NewPhone(t)
		tc.answer.Body = "because\n of <b>this</b>\x00 " + strings.Repeat("x", 1000)
		if tc.answer.Status == 204 {
			tc.answer.Body = ""
		}
		phone.SetAnswer(tc.answer)
		got, err := sender.Send(t.Context(), phone.Subscription(), keys, webpush.Message{Payload: []byte("hello")})
		if err != nil || got.Class != tc.want || got.Status != tc.answer.Status || got.RetryAfter != tc.after {
			t.Errorf("%d: got %+v, %v; want %v after %v", tc.answer.Status, got, err, tc.want, tc.after)
		}
		if got.Class != webpush.Delivered && (!strings.HasPrefix(got.Detail, "because of <b>this</b> xxx") || len(got.Detail) > 200) {
			t.Errorf("%d: detail %q", tc.answer.Status, got.Detail)
		}
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	push := pushtest.Start(t)
	sender := newSender(t, webpush.Config{AllowedHosts: []string{push.Host()}})
	for _, status := range []int{301, 302, 303, 307, 308} {
		phone, target := push.NewPhone(t), push.NewPhone(t)
		phone.SetAnswer(pushtest.Answer{Status: status, Location: target.Subscription().Endpoint})
		got, err := sender.Send(t.Context(), phone.Subscription(), newKeys(t), webpush.Message{})
		if err != nil || got.Class != webpush.Refused || got.Status != status {
			t.Errorf("%d: %+v, %v", status, got, err)
		}
		for _, message := range push.Messages() {
			if message.Endpoint == target.Subscription().Endpoint {
				t.Errorf("%d was followed", status)
			}
		}
	}
}

// TestSlowAndEndlessAnswersAreBounded shows that a push service can neither hold a sender for long nor
// fill its memory.
func TestSlowAndEndlessAnswersAreBounded(t *testing.T) {
	t.Parallel()
	push := pushtest.Start(t)
	keys := newKeys(t)
	quick := newSender(t, webpush.Config{AllowedHosts: []string{push.Host()}, Timeout: 200 * time.Millisecond})
	phone := push.NewPhone(t)
	phone.SetAnswer(pushtest.Answer{Hang: true})
	got, err := quick.Send(t.Context(), phone.Subscription(), keys, webpush.Message{})
	if err != nil || got.Class != webpush.RetryLater || got.Status != 0 || !strings.Contains(got.Detail, "in time") {
		t.Errorf("hanging: %+v, %v", got, err)
	}
	if strings.Contains(got.Detail, "/push/") {
		t.Errorf("the endpoint is in the detail: %q", got.Detail)
	}

	patient := newSender(t, webpush.Config{AllowedHosts: []string{push.Host()}, Timeout: time.Hour})
	for _, answer := range []pushtest.Answer{{Endless: true}, {Endless: true, Status: 500}} {
		phone.SetAnswer(answer) // returns only because reading stops
		got, err := patient.Send(t.Context(), phone.Subscription(), keys, webpush.Message{})
		if err != nil || got.Status != max(answer.Status, 200) {
			t.Errorf("endless: %+v, %v", got, err)
		}
	}

	ctx, cancel := context.WithCancel(t.Context())
	phone.SetAnswer(pushtest.Answer{Hang: true})
	before := len(push.Messages())
	go func() {
		_, _ = push.WaitMessages(t.Context(), before+1)
		cancel()
	}()
	if got, err := patient.Send(ctx, phone.Subscription(), keys, webpush.Message{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %+v, %v", got, err)
	}
}

func TestNobodyListeningIsRetriedLater(t *testing.T) {
	t.Parallel()
	push := pushtest.New()
	phone := push.NewPhone(t)
	sender := newSender(t, webpush.Config{AllowedHosts: []string{push.Host()}})
	push.Close()
	got, err := sender.Send(t.Context(), phone.Subscription(), newKeys(t), webpush.Message{})
	if err != nil || got.Class != webpush.RetryLater || got.Status != 0 || !strings.HasPrefix(got.Detail, "network: ") {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestSendRefusesInputThatCannotBeSent names the field of each.
func TestSendRefusesInputThatCannotBeSent(t *testing.T) {
	t.Parallel()
	push := pushtest.Start(t)
	sender := newSender(t, webpush.Config{AllowedHosts: []string{push.Host()}})
	keys, good := newKeys(t), push.NewPhone(t).Subscription()
	for _, tc := range []struct {
		field  string
		change func(*webpush.Subscription, *webpush.Keys, *webpush.Message)
	}{
		{"keys", func(_ *webpush.Subscription, k *webpush.Keys, _ *webpush.Message) { *k = webpush.Keys{} }},
		{"payload", func(_ *webpush.Subscription, _ *webpush.Keys, m *webpush.Message) {
			m.Payload = make([]byte, webpush.MaxPayload+1)
		}},
		{"ttl", func(_ *webpush.Subscription, _ *webpush.Keys, m *webpush.Message) { m.TTL = -1 }},
		{"ttl", func(_ *webpush.Subscription, _ *webpush.Keys, m *webpush.Message) { m.TTL = webpush.MaxTTL + 1 }},
		{"urgency", func(_ *webpush.Subscription, _ *webpush.Keys, m *webpush.Message) { m.Urgency = "now" }},
		{"topic", func(_ *webpush.Subscription, _ *webpush.Keys, m *webpush.Message) { m.Topic = "a b" }},
		{"topic", func(_ *webpush.Subscription, _ *webpush.Keys, m *webpush.Message) { m.Topic = strings.Repeat("a", 33) }},
		{"endpoint", func(s *webpush.Subscription, _ *webpush.Keys, _ *webpush.Message) {
			s.Endpoint = "http://push.example.com/x"
		}},
		{"p256dh", func(s *webpush.Subscription, _ *webpush.Keys, _ *webpush.Message) { s.P256dh = s.Auth }},
		{"auth", func(s *webpush.Subscription, _ *webpush.Keys, _ *webpush.Message) { s.Auth = s.Auth[:10] }},
	} {
		sub, k, message := good, keys, webpush.Message{}
		tc.change(&sub, &k, &message)
		got, err := sender.Send(t.Context(), sub, k, message)
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Field != tc.field || got != (webpush.Result{}) {
			t.Errorf("%s: %+v, %v", tc.field, got, err)
		}
	}
	if n := len(push.Messages()); n != 0 {
		t.Errorf("%d messages were sent all the same", n)
	}
}

// TestConcurrentSendsShareOneToken sends from many goroutines to many subscriptions with two key pairs.
func TestConcurrentSendsShareOneToken(t *testing.T) {
	t.Parallel()
	push := pushtest.Start(t)
	sender := newSender(t, webpush.Config{AllowedHosts: []string{push.Host()}})
	pairs := []webpush.Keys{newKeys(t), newKeys(t)}
	const senders, each = 16, 20
	var phones []*pushtest.Phone
	for range senders {
		phones = append(phones, push.NewPhone(t))
	}
	var group sync.WaitGroup
	for n := range senders {
		group.Go(func() {
			for i := range each {
				message := webpush.Message{Payload: fmt.Appendf(nil, "%d/%d", n, i), TTL: time.Minute}
				got, err := sender.Send(t.Context(), phones[n].Subscription(), pairs[i%2], message)
				if err != nil || got.Class != webpush.Delivered {
					t.Errorf("%+v, %v", got, err)
				}
			}
		})
	}
	group.Wait()
	tokens := map[string]bool{}
	for n, phone := range phones {
		received, err := phone.Received()
		if err != nil || len(received) != each {
			t.Fatalf("phone %d has %d messages, %v", n, len(received), err)
		}
		for i, got := range received {
			if want := fmt.Sprintf("%d/%d", n, i); string(got.Payload) != want {
				t.Errorf("got %q, want %q", got.Payload, want)
			}
			tokens[got.Authorization] = true
		}
	}
	if len(tokens) != len(pairs) {
		t.Errorf("%d tokens for %d key pairs", len(tokens), len(pairs))
	}
}
