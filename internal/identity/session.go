package identity

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// SessionKind says what signed in; it decides how long the session lasts.
type SessionKind string

// The kinds of session.
const (
	// SessionWeb is a browser with a cookie.
	SessionWeb SessionKind = "web"
	// SessionDevice is a phone with a bearer token.
	SessionDevice SessionKind = "device"
)

// Method says what a session was begun with.
type Method string

// The methods.
const (
	ByPassword          Method = "password"
	ByTemporaryPassword Method = "temporary_password"
	ByPasskey           Method = "passkey"
)

// How long sessions last.
const (
	// WebSessionMax ends a web session this long after sign-in, however much it is used.
	WebSessionMax = 30 * 24 * time.Hour
	// webIdle ends a web session this long after its last use.
	webIdle = 12 * time.Hour
	// deviceIdle ends a device session this long after its last use.
	deviceIdle = 90 * 24 * time.Hour
	// touchEvery is how often use is written, and expiry moved, at most.
	touchEvery = time.Minute
	// endedKept is how long an ended session's row stays, for whoever asks what happened.
	endedKept = 30 * 24 * time.Hour
)

// Session is one signed-in browser or phone, a row of sessions.
type Session struct {
	bun.BaseModel `bun:"table:sessions,alias:session"`

	ID        uuid.UUID   `bun:"id,pk,type:uuid"`
	PersonID  uuid.UUID   `bun:"person_id,type:uuid"`
	TokenHash []byte      `bun:"token_hash" json:"-"`
	Kind      SessionKind `bun:"kind"`
	Method    Method      `bun:"method"`
	// Label is what the phone called itself, or the browser's user agent in short.
	Label string `bun:"label"`
	// Address is the network address of the last use.
	Address    string     `bun:"address"`
	CreatedAt  time.Time  `bun:"created_at"`
	LastSeenAt time.Time  `bun:"last_seen_at"`
	ExpiresAt  time.Time  `bun:"expires_at"`
	RevokedAt  *time.Time `bun:"revoked_at"`
}

// over reports whether the session no longer counts.
func (s Session) over(now time.Time) bool { return s.RevokedAt != nil || !now.Before(s.ExpiresAt) }

// expiry is when the session ends if it is used now and not again.
func (s Session) expiry(now time.Time) time.Time {
	if s.Kind == SessionDevice {
		return now.Add(deviceIdle)
	}
	idle, absolute := now.Add(webIdle), s.CreatedAt.Add(WebSessionMax)
	if idle.After(absolute) {
		return absolute
	}
	return idle
}
