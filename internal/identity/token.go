package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// tokenPrefix makes a token recognisable for secret scanners and in a log it should not be in.
const tokenPrefix = "uts_"

// tokenBytes is how much randomness a token carries.
const tokenBytes = 32

// newToken gives a fresh token and the hash that is stored of it. A plain hash is enough: the token has
// 256 random bits, so there is nothing to guess from the hash.
func newToken() (token string, hash []byte) {
	raw := make([]byte, tokenBytes)
	_, _ = rand.Read(raw) // never fails, by its documentation
	token = tokenPrefix + base64.RawURLEncoding.EncodeToString(raw)
	sum := sha256.Sum256([]byte(token))
	return token, sum[:]
}

// hashToken gives the hash of what may be a token; false when it cannot be one, so that garbage costs no
// query.
func hashToken(token string) ([]byte, bool) {
	body, ok := strings.CutPrefix(token, tokenPrefix)
	if !ok || len(body) != base64.RawURLEncoding.EncodedLen(tokenBytes) {
		return nil, false
	}
	if _, err := base64.RawURLEncoding.Strict().DecodeString(body); err != nil {
		return nil, false
	}
	sum := sha256.Sum256([]byte(token))
	return sum[:], true
}
