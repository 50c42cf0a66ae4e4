package webpush

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"log/slog"
	"math/big"
	"strings"
	"testing"
)

func TestKeysAreReadInEverySpelling(t *testing.T) {
	t.Parallel()
	keys, err := GenerateKeys()
	if err != nil {
		t.Fatal(err)
	}
	point, _ := base64.RawURLEncoding.DecodeString(keys.Public())
	scalar, _ := base64.RawURLEncoding.DecodeString(keys.Private())
	for _, encoding := range []*base64.Encoding{base64.RawURLEncoding, base64.URLEncoding, base64.StdEncoding, base64.RawStdEncoding} {
		again, err := ParseKeys(encoding.EncodeToString(point), encoding.EncodeToString(scalar))
		if err != nil || again.Public() != keys.Public() || again.Private() != keys.Private() || !again.signer.Equal(keys.signer) {
			t.Errorf("%v: %v, %v", encoding, again, err)
		}
	}
}

func TestWrongKeysAreRefused(t *testing.T) {
	t.Parallel()
	one, _ := GenerateKeys()
	two, err := GenerateKeys()
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	offCurve := append([]byte{4}, bytes.Repeat([]byte{1}, 64)...)
	for name, pair := range map[string][2]string{
		"empty":         {"", ""},
		"mixed":         {one.Public(), two.Private()},
		"swapped":       {one.Private(), one.Public()},
		"zero":          {one.Public(), encode(make([]byte, 32))},
		"above order":   {one.Public(), encode(bytes.Repeat([]byte{255}, 32))},
		"off the curve": {encode(offCurve), one.Private()},
		"not base64":    {one.Public()[:86] + "!", one.Private()},
		"short":         {one.Public(), one.Private()[:40]},
	} {
		if _, err := ParseKeys(pair[0], pair[1]); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if !(Keys{}).IsZero() || one.IsZero() {
		t.Error("IsZero is wrong")
	}
}

func TestKeysDoNotPrintTheSecret(t *testing.T) {
	t.Parallel()
	keys, err := GenerateKeys()
	if err != nil {
		t.Fatal(err)
	}
	scalar, err := keys.signer.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("keys", "keys", keys)
	for _, text := range []string{fmt.Sprint(keys), fmt.Sprintf("%v %+v %#v %s", keys, keys, keys, keys), log.String()} {
		if strings.Contains(text, keys.Private()) || strings.Contains(text, new(big.Int).SetBytes(scalar).String()) {
			t.Errorf("the private key is in %q", text)
		}
		if !strings.Contains(text, keys.Public()) {
			t.Errorf("the public key is not in %q", text)
		}
	}
}

func TestSubscriptionValidate(t *testing.T) {
	t.Parallel()
	keys, err := GenerateKeys()
	if err != nil {
		t.Fatal(err)
	}
	secret := base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{0xfb}, 16))
	good := Subscription{Endpoint: "https://push.example.com/1", P256dh: keys.Public(), Auth: secret}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	padded := good
	padded.P256dh, padded.Auth = strings.NewReplacer("-", "+", "_", "/").Replace(good.P256dh)+"=", "+/v7+/v7+/v7+/v7+/v7+w=="
	if normal, err := padded.normalise(); err != nil || normal != good {
		t.Errorf("padded keys become %+v, %v", normal, err)
	}
	offCurve := base64.RawURLEncoding.EncodeToString(append([]byte{4}, bytes.Repeat([]byte{1}, 64)...))
	compressed := base64.RawURLEncoding.EncodeToString(append([]byte{2}, bytes.Repeat([]byte{1}, 32)...))
	for name, bad := range map[string]Subscription{
		"no endpoint":    {"", good.P256dh, good.Auth},
		"long endpoint":  {"https://push.example.com/" + strings.Repeat("x", MaxEndpointOctets), good.P256dh, good.Auth},
		"no key":         {good.Endpoint, "", good.Auth},
		"off the curve":  {good.Endpoint, offCurve, good.Auth},
		"compressed key": {good.Endpoint, compressed, good.Auth},
		"long key":       {good.Endpoint, good.P256dh + strings.Repeat("=", 100), good.Auth},
		"no secret":      {good.Endpoint, good.P256dh, ""},
		"short secret":   {good.Endpoint, good.P256dh, good.Auth[:20]},
		"long secret":    {good.Endpoint, good.P256dh, good.Auth + strings.Repeat("=", 200)},
	} {
		if err := bad.Validate(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
