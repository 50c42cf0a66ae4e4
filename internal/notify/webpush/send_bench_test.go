package webpush

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"testing"
	"time"

	library "github.com/SherClockHolmes/webpush-go"
)

// accepting is a push service without a network: what remains is the sender's own work.
type accepting struct{}

func (accepting) RoundTrip(req *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, req.Body); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusCreated, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
}

// BenchmarkSend compares, one message each in turn, three ways to send the same message:
// Send, the library's own SendNotification as peer, and as floor the sealing alone (RFC 8291 on the
// standard library, no token). msg/s is per core, as one goroutine sends. peer/send above 1 means that
// Send is faster than the peer; send/floor is how much of Send is not sealing, most of it the token
// that the library signs for each message and that Send replaces.
func BenchmarkSend(b *testing.B) {
	keys, err := GenerateKeys()
	if err != nil {
		b.Fatal(err)
	}
	browser, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	auth := bytes.Repeat([]byte{7}, 16)
	sub := Subscription{
		Endpoint: "https://push.example.com/send/1",
		P256dh:   base64.RawURLEncoding.EncodeToString(browser.PublicKey().Bytes()),
		Auth:     base64.RawURLEncoding.EncodeToString(auth),
	}
	sender, err := NewSender(Config{Subject: "push@example.com"})
	if err != nil {
		b.Fatal(err)
	}
	sender.client.Transport = accepting{}
	peer := &http.Client{Transport: accepting{}}
	payload := bytes.Repeat([]byte("x"), 200)
	ways := []func() error{
		func() error {
			got, err := sender.Send(b.Context(), sub, keys, Message{Payload: payload, TTL: time.Hour})
			if err == nil && got.Class != Delivered {
				b.Fatalf("%+v", got)
			}
			return err
		},
		func() error {
			answer, err := library.SendNotification(bytes.Clone(payload),
				&library.Subscription{Endpoint: sub.Endpoint, Keys: library.Keys{P256dh: sub.P256dh, Auth: sub.Auth}},
				&library.Options{HTTPClient: peer, RecordSize: recordSize, Subscriber: "push@example.com", TTL: 3600,
					VAPIDPublicKey: keys.Public(), VAPIDPrivateKey: keys.Private()})
			if err != nil {
				return err
			}
			return answer.Body.Close()
		},
		func() error { return sealOnly(browser.PublicKey().Bytes(), auth, payload) },
	}
	var spent [3]time.Duration
	for b.Loop() {
		for i, way := range ways {
			start := time.Now()
			if err := way(); err != nil {
				b.Fatal(err)
			}
			spent[i] += time.Since(start)
		}
	}
	b.ReportMetric(float64(b.N)/spent[0].Seconds(), "msg/s")
	b.ReportMetric(spent[1].Seconds()/spent[0].Seconds(), "peer/send")
	b.ReportMetric(spent[0].Seconds()/spent[2].Seconds(), "send/floor")
}

// sealOnly is the least that any sender has to do for one message.
func sealOnly(browserKey, auth, payload []byte) error {
	theirs, err := ecdh.P256().NewPublicKey(browserKey)
	if err != nil {
		return err
	}
	ours, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	shared, err := ours.ECDH(theirs)
	if err != nil {
		return err
	}
	salt := make([]byte, 16)
	rand.Read(salt)
	info := "WebPush: info\x00" + string(browserKey) + string(ours.PublicKey().Bytes())
	material, err := hkdf.Key(sha256.New, shared, auth, info, 32)
	if err != nil {
		return err
	}
	contentKey, err := hkdf.Key(sha256.New, material, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return err
	}
	nonce, err := hkdf.Key(sha256.New, material, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return err
	}
	block, err := aes.NewCipher(contentKey)
	if err != nil {
		return err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return err
	}
	record := make([]byte, MaxPayload+1)
	record[copy(record, payload)] = 2
	_ = gcm.Seal(nil, nonce, record, nil)
	return nil
}
