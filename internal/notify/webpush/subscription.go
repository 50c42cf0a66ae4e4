package webpush

import (
	"crypto/ecdh"
	"encoding/base64"
	"net/url"
)

// Limits of a subscription's parts. Endpoints of the public push services are between 150 and
// 700 octets long.
const (
	MaxEndpointOctets = 2048
	authOctets        = 16
	maxKeyCharacters  = 128
)

// Subscription is where one browser wants its messages, as the page gets it from
// PushSubscription.toJSON(): the push service's address for this browser, and the two keys its
// messages are sealed with.
type Subscription struct {
	// Endpoint is the URL a message is posted to. Whoever knows it can try to send; keep it private.
	Endpoint string
	// P256dh is the browser's public key, an uncompressed P-256 point in base64url.
	P256dh string
	// Auth is the shared secret of 16 octets in base64url.
	Auth string
}

// Validate checks the shape: an absolute http or https URL of bounded length without credentials or
// fragment, a public key that is a point on the curve, a secret of 16 octets. It returns an
// [InvalidError] naming the field. Whether the endpoint may be called at all (https, public address)
// is [Sender.CheckEndpoint]'s question.
func (s Subscription) Validate() error {
	if _, err := parseEndpoint(s.Endpoint); err != nil {
		return err
	}
	_, err := s.normalise()
	return err
}

// normalise returns the subscription with its keys in base64url without padding, the one spelling
// that the library reads without guessing.
func (s Subscription) normalise() (Subscription, error) {
	if len(s.P256dh) > maxKeyCharacters {
		return Subscription{}, invalid("p256dh", "The browser's public key is too long.")
	}
	if len(s.Auth) > maxKeyCharacters {
		return Subscription{}, invalid("auth", "The browser's secret is too long.")
	}
	point, err := decodeBase64(s.P256dh)
	if err != nil || len(point) != publicKeyOctets {
		return Subscription{}, invalid("p256dh", "The browser's public key must be 65 octets in base64url.")
	}
	if _, err := ecdh.P256().NewPublicKey(point); err != nil {
		return Subscription{}, invalid("p256dh", "The browser's public key is not a point on the curve P-256.")
	}
	auth, err := decodeBase64(s.Auth)
	if err != nil || len(auth) != authOctets {
		return Subscription{}, invalid("auth", "The browser's secret must be 16 octets in base64url.")
	}
	s.P256dh = base64.RawURLEncoding.EncodeToString(point)
	s.Auth = base64.RawURLEncoding.EncodeToString(auth)
	return s, nil
}

// parseEndpoint reads an endpoint and refuses whatever no push service hands out and what parsers
// are known to disagree about.
func parseEndpoint(raw string) (*url.URL, error) {
	if len(raw) == 0 || len(raw) > MaxEndpointOctets {
		return nil, invalid("endpoint", "The push address must have between 1 and 2048 characters.")
	}
	for i := range len(raw) {
		if raw[i] <= ' ' || raw[i] >= 0x7f || raw[i] == '\\' {
			return nil, invalid("endpoint", "The push address has a character that no URL has.")
		}
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, invalid("endpoint", "The push address is not a URL.")
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, invalid("endpoint", "The push address must begin with https://.")
	case u.Opaque != "" || u.Hostname() == "":
		return nil, invalid("endpoint", "The push address has no host.")
	case u.User != nil:
		return nil, invalid("endpoint", "The push address must not carry credentials.")
	case u.Fragment != "":
		return nil, invalid("endpoint", "The push address must not have a fragment.")
	}
	return u, nil
}
