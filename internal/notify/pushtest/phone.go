package pushtest

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"testing"

	"utsendt/internal/notify/webpush"
)

// Phone is a subscription without a browser: the test holds its keys and can read its messages.
type Phone struct {
	service  *Service
	endpoint string
	private  *ecdh.PrivateKey
	auth     []byte
}

// NewPhone makes a subscription that takes messages of any VAPID key.
func (s *Service) NewPhone(t testing.TB) *Phone {
	t.Helper()
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal("pushtest: making a key:", err)
	}
	auth := make([]byte, 16)
	rand.Read(auth)
	channel := &channel{token: rand.Text()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels[channel.token] = channel
	return &Phone{service: s, endpoint: s.endpoint(channel.token), private: private, auth: auth}
}

// Subscription is what a page would send to the server.
func (p *Phone) Subscription() webpush.Subscription {
	return webpush.Subscription{
		Endpoint: p.endpoint,
		P256dh:   base64.RawURLEncoding.EncodeToString(p.private.PublicKey().Bytes()),
		Auth:     base64.RawURLEncoding.EncodeToString(p.auth),
	}
}

// SetAnswer tells how this phone's endpoint answers from now on.
func (p *Phone) SetAnswer(answer Answer) { p.service.SetAnswer(p.endpoint, answer) }

// Received is one message of a phone, opened.
type Received struct {
	Message
	Payload []byte
}

// Received opens all messages accepted (with 2xx) for this phone so far, oldest first. A topic does
// not replace: the test sees all that was sent.
func (p *Phone) Received() ([]Received, error) {
	var received []Received
	for _, message := range p.service.Messages() {
		if message.Endpoint != p.endpoint || message.Status < 200 || message.Status > 299 {
			continue
		}
		payload, err := Decrypt(p.private, p.auth, message.Body)
		if err != nil {
			return nil, fmt.Errorf("opening a message: %w", err)
		}
		received = append(received, Received{Message: message, Payload: payload})
	}
	return received, nil
}

// Wait returns once the phone has at least n messages, or with the context's error.
func (p *Phone) Wait(ctx context.Context, n int) ([]Received, error) {
	err := p.service.waitFor(ctx, func() bool {
		count := 0
		for _, message := range p.service.messages {
			if message.Endpoint == p.endpoint && message.Status/100 == 2 {
				count++
			}
		}
		return count >= n
	})
	if err != nil {
		return nil, err
	}
	return p.Received()
}
