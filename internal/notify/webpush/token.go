package webpush

import (
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// tokenLife is how long a token is valid. RFC 8292 allows 24 hours; half leaves room for clocks
	// that go wrong.
	tokenLife = 12 * time.Hour
	// tokenRest is the remaining validity below which a new token is made.
	tokenRest = time.Hour
	// maxTokens bounds the memory. The public push services are a handful of origins.
	maxTokens = 1024
)

// tokens keeps the Authorization header per push service and key.
type tokens struct {
	subject string // a bare e-mail address or an https URL
	now     func() time.Time

	mu   sync.Mutex
	kept map[tokenID]token
}

type tokenID struct{ origin, publicKey string }

type token struct {
	header  string
	expires time.Time
}

func newTokens(subject string, now func() time.Time) (*tokens, error) {
	subject, err := parseSubject(subject)
	if err != nil {
		return nil, err
	}
	return &tokens{subject: subject, now: now, kept: make(map[tokenID]token)}, nil
}

// header returns the Authorization header for one push service (RFC 8292, 3). Signing happens under
// the lock: it is rare, and many senders that miss at once then sign once.
func (t *tokens) header(origin string, keys Keys) (string, error) {
	id := tokenID{origin: origin, publicKey: keys.public}
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	// More than a full life left means the clock has been set back: the token would be beyond the
	// 24 hours that push services accept.
	if kept, ok := t.kept[id]; ok {
		if rest := kept.expires.Sub(now); rest > tokenRest && rest <= tokenLife {
			return kept.header, nil
		}
	}
	made, err := t.sign(origin, keys, now)
	if err != nil {
		return "", err
	}
	if len(t.kept) >= maxTokens {
		clear(t.kept)
	}
	t.kept[id] = made
	return made.header, nil
}

func (t *tokens) sign(origin string, keys Keys, now time.Time) (token, error) {
	subject := t.subject
	if !strings.HasPrefix(subject, "https:") {
		subject = "mailto:" + subject
	}
	// Whole seconds, as the token carries them; down, so that it never claims more than its life.
	expires := now.Add(tokenLife).Truncate(time.Second)
	signed, err := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"aud": origin, "exp": expires.Unix(), "sub": subject,
	}).SignedString(keys.signer)
	if err != nil {
		return token{}, fmt.Errorf("signing the VAPID token: %w", err)
	}
	return token{header: "vapid t=" + signed + ", k=" + keys.public, expires: expires}, nil
}

// origin is the token's audience: scheme, host and a port that is not the scheme's own (RFC 6454).
func origin(endpoint *url.URL) string {
	host := strings.ToLower(endpoint.Host)
	if usual := map[string]string{"http": ":80", "https": ":443"}[endpoint.Scheme]; usual != "" {
		host = strings.TrimSuffix(host, usual)
	}
	return endpoint.Scheme + "://" + strings.TrimSuffix(host, ":")
}

// parseSubject accepts whom a push service may write to about our messages: an e-mail address, with
// or without mailto:, or an https URL.
func parseSubject(subject string) (string, error) {
	if strings.HasPrefix(subject, "https:") {
		if u, err := url.Parse(subject); err != nil || u.Host == "" {
			return "", invalid("subject", "The contact is not a valid https URL.")
		}
		return subject, nil
	}
	bare := strings.TrimPrefix(subject, "mailto:")
	if parsed, err := mail.ParseAddress(bare); err != nil || parsed.Address != bare {
		return "", invalid("subject", "The contact must be an e-mail address or an https URL.")
	}
	return bare, nil
}
