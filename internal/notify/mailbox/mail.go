package mailbox

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"slices"
	"strings"
)

// letter is one mail, read.
type letter struct {
	Name, Subject, From, To, Date string
	// Headers are all of them, decoded, in order of their names.
	Headers    []header
	Text, HTML string
	// Links are the http(s) addresses of the text, each once.
	Links []string
}

type header struct{ Name, Value string }

// Far more than we write: bytes of a mail, and how deep parts may be in parts.
const (
	maxMail  = 4 << 20
	maxDepth = 4
)

var webAddress = regexp.MustCompile(`https?://[^\s<>"]+[^\s<>".,;:!?)]`)

// readLetter reads a mail; heads alone leaves out its parts.
func readLetter(name string, from io.Reader, headsAlone bool) (letter, error) {
	m, err := mail.ReadMessage(io.LimitReader(from, maxMail))
	if err != nil {
		return letter{}, fmt.Errorf("mailbox: reading a mail: %w", err)
	}
	l := letter{Name: name, Date: m.Header.Get("Date")}
	for key, values := range m.Header {
		for _, value := range values {
			l.Headers = append(l.Headers, header{key, decoded(value)})
		}
	}
	slices.SortFunc(l.Headers, func(a, b header) int { return strings.Compare(a.Name, b.Name) })
	l.Subject, l.From, l.To = decoded(m.Header.Get("Subject")), decoded(m.Header.Get("From")), decoded(m.Header.Get("To"))
	if headsAlone {
		return l, nil
	}
	if err := l.readBody(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, maxDepth); err != nil {
		return letter{}, err
	}
	for _, link := range webAddress.FindAllString(l.Text, -1) {
		if !slices.Contains(l.Links, link) {
			l.Links = append(l.Links, link)
		}
	}
	return l, nil
}

// decoded is a header as people read it; what cannot be decoded stays as it is.
func decoded(value string) string {
	if text, err := new(mime.WordDecoder).DecodeHeader(value); err == nil {
		return text
	}
	return value
}

// readBody takes the text and HTML of a mail, which are parts of an alternative or the body itself.
func (l *letter) readBody(contentType, encoding string, body io.Reader, depth int) error {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = "text/plain"
	}
	if !strings.HasPrefix(kind, "multipart/") {
		if strings.EqualFold(encoding, "quoted-printable") {
			body = quotedprintable.NewReader(body)
		}
		content, err := io.ReadAll(body)
		if err != nil {
			return fmt.Errorf("mailbox: reading a part: %w", err)
		}
		text := strings.ToValidUTF8(string(content), "\uFFFD")
		if kind == "text/html" {
			l.HTML = text
		} else if l.Text == "" {
			l.Text = text
		}
		return nil
	}
	if depth == 0 {
		return errors.New("mailbox: a mail has parts in parts in parts")
	}
	parts := multipart.NewReader(body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("mailbox: reading a part: %w", err)
		}
		if err := l.readBody(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part, depth-1); err != nil {
			return err
		}
	}
}
