package email

import (
	"bytes"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	library "github.com/wneessen/go-mail"
)

// Message is what a person gets.
type Message struct {
	// ID names the message for good: sent twice, a mail program can see that it is the same. Letters,
	// digits and hyphens.
	ID string
	// To is one bare address, without a name.
	To      string
	Subject string
	// Body is plain text: paragraphs with an empty line between them.
	Body string
	// Lines stand below it, as a table.
	Lines []Line
	// Link is the absolute URL of the page it is about, LinkText the words for it.
	Link, LinkText string
	// Why tells why the person gets it; it stands below, small.
	Why string
	// Preferences is the absolute URL of the page where such mail is turned off, PreferencesText the words for
	// it; both empty for mail that cannot be.
	Preferences, PreferencesText string
	// Unsubscribe is the absolute URL that turns such mail off when it is posted to (RFC 8058); may be empty.
	Unsubscribe string
	// Language is "nb" or "en".
	Language string
	Date     time.Time
}

// Line is one row of a mail's table; Value may be empty.
type Line struct {
	Label string `json:"label"`
	Value string `json:"value,omitempty"`
}

// Paragraphs are the body's, for the templates.
func (m Message) Paragraphs() []string {
	var all []string
	for paragraph := range strings.SplitSeq(m.Body, "\n\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" {
			all = append(all, paragraph)
		}
	}
	return all
}

// maxAddress in octets (RFC 5321, 4.5.3.1.3).
const maxAddress = 254

// parseAddress takes one bare address and nothing else: no name, no list, no line break, no comment.
func parseAddress(address string) (string, error) {
	unfit := func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError
	}
	if len(address) > maxAddress || strings.ContainsFunc(address, unfit) {
		return "", errAddress
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Name != "" || parsed.Address != address {
		return "", errAddress
	}
	return address, nil
}

var errAddress = &Error{Refused: true, Detail: "the e-mail address is malformed"}

// build makes the mail: headers, text part, HTML part.
func (m Message) build(from *mail.Address) (*library.Msg, error) {
	to, err := parseAddress(m.To)
	if err != nil {
		return nil, err
	}
	msg := library.NewMsg(library.WithNoDefaultUserAgent())
	msg.FromMailAddress(from)
	msg.ToMailAddress(&mail.Address{Address: to})
	msg.Subject(oneLine(m.Subject))
	msg.SetDateWithValue(m.Date)
	_, host, _ := strings.Cut(from.Address, "@")
	msg.SetMessageIDWithValue(m.ID + "@" + host)
	// No holiday notes in answer to it (RFC 3834).
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("Content-Language", m.Language)
	if m.Unsubscribe != "" {
		msg.SetGenHeader("List-Unsubscribe", "<"+m.Unsubscribe+">")
		msg.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}

	var text, html bytes.Buffer
	if err := textTemplate.Execute(&text, m); err != nil {
		return nil, fmt.Errorf("email: writing the text: %w", err)
	}
	if err := htmlTemplate.Execute(&html, m); err != nil {
		return nil, fmt.Errorf("email: writing the HTML: %w", err)
	}
	msg.SetBodyString(library.TypeTextPlain, text.String())
	msg.AddAlternativeString(library.TypeTextHTML, html.String())
	return msg, nil
}

// oneLine is a header's value: a line break in it would begin another header, and "=?" an encoded word, in
// which anything can hide and which the library passes on as it is.
func oneLine(s string) string {
	s = strings.ReplaceAll(s, "=?", "= ?")
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
}
