package pushtest

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// Service is a running push service. All methods are safe for concurrent use.
type Service struct {
	server *httptest.Server
	ctx    context.Context // ends when the service closes
	cancel context.CancelFunc

	mu        sync.Mutex
	channels  map[string]*channel // by the endpoint's last path segment
	browsers  map[string]*browser // by user agent id, connected ones
	forgotten map[string]bool     // user agent ids that are no longer known
	messages  []Message
	changed   chan struct{} // closed and renewed whenever messages or browsers change
}

// channel is one subscription.
type channel struct {
	token     string // names the endpoint
	channelID string // names the subscription to its browser; empty for a Phone
	userAgent string // id of the browser; empty for a Phone
	key       string // the VAPID key it is restricted to; empty means any
	answer    Answer
	waiting   []notification // sent to a browser and not yet acknowledged
}

// Start runs a push service until the test ends.
func Start(t testing.TB) *Service {
	t.Helper()
	s := New()
	t.Cleanup(s.Close)
	return s
}

// New runs a push service until Close, on a free port of 127.0.0.1.
func New() *Service {
	ctx, cancel := context.WithCancel(context.Background())
	s := &Service{
		ctx: ctx, cancel: cancel, changed: make(chan struct{}),
		channels: make(map[string]*channel), browsers: make(map[string]*browser),
		forgotten: make(map[string]bool),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /push/{token}", s.receive)
	mux.HandleFunc("GET /{$}", s.connect)
	s.server = httptest.NewServer(mux)
	return s
}

// Close stops the service, ends hanging answers and drops connected browsers.
func (s *Service) Close() {
	s.cancel()
	s.server.CloseClientConnections()
	s.server.Close()
}

// Host is host:port, as webpush.Config.AllowedHosts wants it.
func (s *Service) Host() string { return s.server.Listener.Addr().(*net.TCPAddr).String() }

// WebSocketURL is where browsers connect (Firefox: dom.push.serverURL).
func (s *Service) WebSocketURL() string { return "ws://" + s.Host() + "/" }

// FirefoxPrefs are the preferences that make Firefox use this service and show notifications without
// asking.
func (s *Service) FirefoxPrefs() map[string]any {
	return map[string]any{
		"dom.push.serverURL":                       s.WebSocketURL(),
		"dom.push.testing.allowInsecureServerURL":  true,
		"dom.push.connection.enabled":              true,
		"dom.push.retryBaseInterval":               100, // ms until it connects again
		"permissions.default.desktop-notification": 1,
		"alerts.useSystemBackend":                  false,
		"dom.serviceWorkers.testing.enabled":       true,
	}
}

// endpoint is the URL messages for a channel are posted to.
func (s *Service) endpoint(token string) string { return s.server.URL + "/push/" + token }

// notifyLocked wakes everyone who waits. s.mu is held.
func (s *Service) notifyLocked() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// waitFor returns once done, called with s.mu held, is true, or with the context's error.
func (s *Service) waitFor(ctx context.Context, done func() bool) error {
	for {
		s.mu.Lock()
		ok, changed := done(), s.changed
		s.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
