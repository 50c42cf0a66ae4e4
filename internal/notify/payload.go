package notify

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"utsendt/internal/notify/webpush"
)

// payload is what the browser's service worker gets.
type payload struct {
	Title string `json:"title"`
	Body  string `json:"body"`
	// URL is the path of the page to open.
	URL string `json:"url"`
	// Tag makes the browser show this in place of an earlier one with the same tag: one notification per
	// request, and none twice when a message was sent twice.
	Tag           string `json:"tag"`
	Lang          string `json:"lang"`
	Kind          Kind   `json:"kind"`
	RequestNumber string `json:"requestNumber"`
	// Sequence grows from message to message: of two with the same tag, the greater is the newer.
	Sequence int64 `json:"seq"`
}

// encodePayload gives the JSON, with the body cut until all of it fits into one push message.
func encodePayload(n Notification) ([]byte, error) {
	p := payload{
		Title: n.Title, Body: n.Body, URL: n.URL, Tag: n.tag(), Lang: n.Language, Kind: n.Kind,
		RequestNumber: n.RequestNumber, Sequence: n.Sequence,
	}
	for {
		var buffer bytes.Buffer
		encoder := json.NewEncoder(&buffer)
		encoder.SetEscapeHTML(false) // it is never put into HTML, and escapes cost room
		if err := encoder.Encode(p); err != nil {
			return nil, fmt.Errorf("notify: encoding a push message: %w", err)
		}
		text := bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))
		over := len(text) - webpush.MaxPayload
		if over <= 0 {
			return text, nil
		}
		if p.Body == "" {
			return nil, fmt.Errorf("notify: a push message is %d octets too long without its body", over)
		}
		// An octet of the body takes at least one of the JSON, so this cuts enough or too little, and
		// the next round cuts the rest.
		p.Body = shorten(p.Body, max(len(p.Body)-over, 0))
	}
}

// topic names a subject to push services, which replace an undelivered message by a newer one of the same
// topic: 32 characters that tell them nothing. Empty, for what is about nothing, replaces nothing.
func topic(subjectKind string, subject uuid.UUID) string {
	if subject == uuid.Nil {
		return ""
	}
	sum := sha256.Sum256([]byte(subjectKind + ":" + subject.String()))
	return base64.RawURLEncoding.EncodeToString(sum[:24])
}

// tag is the topic, or the notification itself where there is none.
func (n Notification) tag() string {
	if tag := topic(n.SubjectKind, n.SubjectID); tag != "" {
		return tag
	}
	return n.ID.String()
}
