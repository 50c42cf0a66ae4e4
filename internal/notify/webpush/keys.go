package webpush

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"log/slog"
	"strings"

	library "github.com/SherClockHolmes/webpush-go"
)

// Keys is the pair that identifies this server to push services (VAPID, RFC 8292). A browser
// subscribes for one public key and accepts messages signed by that key only, so a pair must be kept
// for as long as subscriptions made with it live. Make one with [GenerateKeys] or [ParseKeys]; the
// zero value is not valid. Printing or logging a pair shows the public half only.
type Keys struct {
	public  string
	private string
	signer  *ecdsa.PrivateKey
}

// GenerateKeys makes a new pair from the system's random source.
func GenerateKeys() (Keys, error) {
	private, public, err := library.GenerateVAPIDKeys()
	if err != nil {
		return Keys{}, fmt.Errorf("generating VAPID keys: %w", err)
	}
	return ParseKeys(public, private)
}

// ParseKeys reads a pair: the public key is the uncompressed point on P-256 (65 octets), the private
// key the scalar (32 octets), each in base64url with or without padding. A pair whose halves do not
// belong together is refused with a fault of kind Invalid.
func ParseKeys(public, private string) (Keys, error) {
	point, err := decodeBase64(public)
	if err != nil || len(point) != publicKeyOctets {
		return Keys{}, invalid("keys", "The public VAPID key must be 65 octets in base64url.")
	}
	scalar, err := decodeBase64(private)
	if err != nil || len(scalar) != privateKeyOctets {
		return Keys{}, invalid("keys", "The private VAPID key must be 32 octets in base64url.")
	}
	signer, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar)
	if err != nil {
		return Keys{}, invalid("keys", "The private VAPID key is not a number of the curve P-256.")
	}
	derived, err := signer.PublicKey.Bytes()
	if err != nil {
		return Keys{}, fmt.Errorf("encoding the public VAPID key: %w", err)
	}
	if subtle.ConstantTimeCompare(derived, point) != 1 {
		return Keys{}, invalid("keys", "The public VAPID key does not belong to the private one.")
	}
	return Keys{
		public:  base64.RawURLEncoding.EncodeToString(point),
		private: base64.RawURLEncoding.EncodeToString(scalar),
		signer:  signer,
	}, nil
}

// Public is the public key in base64url without padding: what a page passes to
// pushManager.subscribe as applicationServerKey.
func (k Keys) Public() string { return k.public }

// Private is the private key in base64url without padding. It is a secret.
func (k Keys) Private() string { return k.private }

// IsZero tells whether the pair has not been set.
func (k Keys) IsZero() bool { return k.signer == nil }

// String shows the public key only.
func (k Keys) String() string { return "vapid:" + k.public }

// GoString shows the public key only.
func (k Keys) GoString() string { return k.String() }

// LogValue shows the public key only.
func (k Keys) LogValue() slog.Value { return slog.StringValue(k.String()) }

const (
	publicKeyOctets  = 65
	privateKeyOctets = 32
)

// decodeBase64 reads base64url with or without padding, and the standard alphabet too: some clients
// encode a subscription's keys themselves, and with btoa.
func decodeBase64(s string) ([]byte, error) {
	s = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(s, "="))
	return base64.RawURLEncoding.Strict().DecodeString(s)
}
