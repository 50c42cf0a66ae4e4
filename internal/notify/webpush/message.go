package webpush

import (
	"regexp"
	"time"

	library "github.com/SherClockHolmes/webpush-go"
)

// recordSize is the size a message is padded to, so that its length tells a push service nothing.
// The library's default of 4,096 octets is more than Firefox on Android takes.
const recordSize = 2048

// MaxPayload is the longest payload in octets: the record less its header (16 salt, 4 size, 1 length,
// 65 key), the delimiter (1) and the authentication tag (16).
const MaxPayload = recordSize - 86 - 1 - 16

// MaxTTL is the longest time a push service is asked to keep a message: four weeks, the longest that
// the public services honour.
const MaxTTL = 28 * 24 * time.Hour

// Urgency says how much battery a message is worth (RFC 8030, 5.3). Phones that save power deliver
// only the more urgent ones at once.
type Urgency string

// The four urgencies of RFC 8030. The empty value means normal.
const (
	UrgencyVeryLow = Urgency(library.UrgencyVeryLow)
	UrgencyLow     = Urgency(library.UrgencyLow)
	UrgencyNormal  = Urgency(library.UrgencyNormal)
	UrgencyHigh    = Urgency(library.UrgencyHigh)
)

// Message is what the browser's service worker gets, and how the push service is to treat it.
type Message struct {
	// Payload is what the service worker reads, at most [MaxPayload] octets. It may be empty. It is
	// not changed and not kept.
	Payload []byte
	// TTL is how long the push service keeps the message for a browser that is not connected: whole
	// seconds, rounded up, at most [MaxTTL]. Zero means now or never.
	TTL time.Duration
	// Urgency is normal when empty.
	Urgency Urgency
	// Topic makes this message replace an undelivered one of the same topic: at most 32 characters of
	// A-Z, a-z, 0-9, - and _. Empty means it replaces nothing.
	Topic string
}

var topicPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

// Validate checks the limits above and returns a fault of kind Invalid naming the field.
func (m Message) Validate() error {
	if len(m.Payload) > MaxPayload {
		return invalid("payload", "The message is longer than 1945 octets.")
	}
	if m.TTL < 0 || m.TTL > MaxTTL {
		return invalid("ttl", "The time to live must be between nothing and 28 days.")
	}
	switch m.Urgency {
	case "", UrgencyVeryLow, UrgencyLow, UrgencyNormal, UrgencyHigh:
	default:
		return invalid("urgency", "The urgency must be very-low, low, normal or high.")
	}
	if m.Topic != "" && !topicPattern.MatchString(m.Topic) {
		return invalid("topic", "The topic must be at most 32 characters of A-Z, a-z, 0-9, - and _.")
	}
	return nil
}

// ttlSeconds is the TTL header's value.
func (m Message) ttlSeconds() int {
	return int((m.TTL + time.Second - 1) / time.Second)
}
