package pushtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// Token is what a VAPID Authorization header says (RFC 8292), its signature verified.
type Token struct {
	Key      string    // the sender's public key in base64url without padding
	Audience string    // the origin the token is for
	Subject  string    // mailto: or https: contact
	Expires  time.Time // in whole seconds
}

// VerifyToken reads an Authorization header of the form "vapid t=…, k=…" and verifies the signature.
// Audience and expiry are the caller's to judge.
func VerifyToken(header string) (Token, error) {
	parameters, found := strings.CutPrefix(header, "vapid ")
	if !found {
		return Token{}, errors.New("the Authorization header is not of the scheme vapid")
	}
	values := map[string]string{}
	for part := range strings.SplitSeq(parameters, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		values[name] = value
	}
	parts := strings.Split(values["t"], ".")
	if len(parts) != 3 {
		return Token{}, errors.New("the token has not three parts")
	}
	if err := verifySignature(values["k"], parts); err != nil {
		return Token{}, err
	}
	var head struct{ Alg, Typ string }
	if err := decodeJSON(parts[0], &head); err != nil || head.Alg != "ES256" {
		return Token{}, errors.New("the token is not signed with ES256")
	}
	var claims struct {
		Aud, Sub string
		Exp      int64
	}
	if err := decodeJSON(parts[1], &claims); err != nil {
		return Token{}, fmt.Errorf("claims: %w", err)
	}
	return Token{Key: values["k"], Audience: claims.Aud, Subject: claims.Sub, Expires: time.Unix(claims.Exp, 0)}, nil
}

func verifySignature(publicKey string, parts []string) error {
	point, err := base64.RawURLEncoding.DecodeString(publicKey)
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(signature) != 64 {
		return errors.New("the signature is not 64 octets")
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	if !ecdsa.Verify(key, digest[:], r, s) {
		return errors.New("the signature is wrong")
	}
	return nil
}

func decodeJSON(part string, into any) error {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
