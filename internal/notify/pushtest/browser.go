package pushtest

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// browser is one connected Firefox.
type browser struct {
	userAgent string
	hangUp    context.CancelFunc
	outgoing  chan any // answers and notifications, written by one goroutine
	done      <-chan struct{}
}

// send queues one message for the browser; it is dropped when the connection ends.
func (b *browser) send(message any) {
	select {
	case b.outgoing <- message:
	case <-b.done:
	}
}

// offer queues a notification without waiting, as it is called under the service's lock. A browser that
// is hundreds behind gets the rest when it connects again.
func (b *browser) offer(n notification) {
	select {
	case b.outgoing <- n:
	default:
	}
}

// notification is what a browser gets for one message. Field names are the protocol's.
type notification struct {
	MessageType string            `json:"messageType"`
	ChannelID   string            `json:"channelID"`
	Version     string            `json:"version"`
	Data        string            `json:"data"`
	Headers     map[string]string `json:"headers"`

	topic string
}

// request is what a browser sends; the fields used depend on the type.
type request struct {
	MessageType string `json:"messageType"`
	UserAgent   string `json:"uaid"`
	ChannelID   string `json:"channelID"`
	Key         string `json:"key"`
	Updates     []struct {
		ChannelID string `json:"channelID"`
		Version   string `json:"version"`
	} `json:"updates"`
}

// Browsers is how many browsers are connected now.
func (s *Service) Browsers() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.browsers)
}

// WaitBrowsers returns once at least n browsers are connected, or with the context's error.
func (s *Service) WaitBrowsers(ctx context.Context, n int) error {
	return s.waitFor(ctx, func() bool { return len(s.browsers) >= n })
}

// Forget makes the service know nothing any more of the browsers it has seen, as after a loss of its data: their
// endpoints are gone, and when they connect again, at once, they are given new names. A Firefox then drops its
// subscriptions and fires pushsubscriptionchange in their service workers.
func (s *Service) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for token, channel := range s.channels {
		if channel.userAgent != "" {
			s.forgotten[channel.userAgent] = true
			delete(s.channels, token)
		}
	}
	for id, b := range s.browsers {
		s.forgotten[id] = true
		b.hangUp()
	}
}

// recognise gives the name of a browser that says hello under a name: a new one when it has none or was forgotten.
func (s *Service) recognise(userAgent string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if userAgent == "" || s.forgotten[userAgent] {
		return strings.ToLower(rand.Text())
	}
	return userAgent
}

// connect serves one browser's WebSocket until either side closes it.
func (s *Service) connect(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols: []string{"push-notification"},
		// Firefox names its own origin; there is nothing here that another page could steal.
		InsecureSkipVerify: true,
	})
	if err != nil {
		return // Accept has answered
	}
	defer conn.CloseNow()
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	b := &browser{hangUp: cancel, outgoing: make(chan any, 512), done: ctx.Done()}
	go func() {
		defer cancel()
		for {
			select {
			case message := <-b.outgoing:
				write, stop := context.WithTimeout(ctx, 10*time.Second)
				err := wsjson.Write(write, conn, message)
				stop()
				if err != nil {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	for {
		_, text, err := conn.Read(ctx)
		if err != nil {
			break
		}
		var asked request
		if json.Unmarshal(text, &asked) != nil {
			break
		}
		s.handle(b, asked)
	}
	s.mu.Lock()
	if s.browsers[b.userAgent] == b {
		delete(s.browsers, b.userAgent)
		s.notifyLocked()
	}
	s.mu.Unlock()
}

// handle answers one request of a browser.
func (s *Service) handle(b *browser, asked request) {
	switch asked.MessageType {
	case "hello":
		b.userAgent = s.recognise(asked.UserAgent)
		b.send(map[string]any{
			"messageType": "hello", "status": 200, "uaid": b.userAgent, "use_webpush": true,
			"broadcasts": map[string]string{},
		})
		s.welcome(b)
	case "register":
		b.send(map[string]any{
			"messageType": "register", "status": 200, "channelID": asked.ChannelID,
			"pushEndpoint": s.register(b.userAgent, asked),
		})
	case "unregister":
		s.remove(b.userAgent, asked.ChannelID)
		b.send(map[string]any{"messageType": "unregister", "status": 200, "channelID": asked.ChannelID})
	case "ack":
		for _, update := range asked.Updates {
			s.acknowledge(b.userAgent, update.ChannelID, update.Version)
		}
	case "ping", "": // Firefox sends an empty object to keep the connection alive
		b.send(struct{}{})
	}
	// broadcast_subscribe, nack: nothing to answer.
}

// welcome makes the browser known and sends what has waited for it.
func (s *Service) welcome(b *browser) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.browsers[b.userAgent] = b
	for _, channel := range s.channels {
		if channel.userAgent == b.userAgent {
			for _, notification := range channel.waiting {
				b.offer(notification)
			}
		}
	}
	s.notifyLocked()
}

func (s *Service) register(userAgent string, asked request) (endpoint string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for token, channel := range s.channels {
		if channel.userAgent == userAgent && channel.channelID == asked.ChannelID {
			return s.endpoint(token) // asked again
		}
	}
	token := rand.Text()
	s.channels[token] = &channel{
		token: token, channelID: asked.ChannelID, userAgent: userAgent,
		key: strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(asked.Key, "=")),
	}
	return s.endpoint(token)
}

func (s *Service) remove(userAgent, channelID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for token, channel := range s.channels {
		if channel.userAgent == userAgent && channel.channelID == channelID {
			delete(s.channels, token)
		}
	}
}

func (s *Service) acknowledge(userAgent, channelID, version string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, channel := range s.channels {
		if channel.userAgent == userAgent && channel.channelID == channelID {
			channel.waiting = slices.DeleteFunc(channel.waiting, func(n notification) bool { return n.Version == version })
		}
	}
}

// deliverLocked passes a message to the channel's browser, or keeps it for when the browser comes back
// (TTL above 0; the time itself is not counted: no test lasts that long). s.mu is held.
func (s *Service) deliverLocked(channel *channel, message Message) {
	if channel.userAgent == "" {
		return
	}
	made := notification{
		MessageType: "notification", ChannelID: channel.channelID, Version: rand.Text(),
		Data:    base64.RawURLEncoding.EncodeToString(message.Body),
		Headers: map[string]string{"encoding": "aes128gcm"},
		topic:   message.Topic,
	}
	connected := s.browsers[channel.userAgent]
	if connected == nil && message.TTL == 0 {
		return
	}
	if made.topic != "" {
		channel.waiting = slices.DeleteFunc(channel.waiting, func(n notification) bool { return n.topic == made.topic })
	}
	channel.waiting = append(channel.waiting, made)
	if connected != nil {
		connected.offer(made)
	}
}
