package email

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"pgregory.net/rapid"
)

const from = "Utsendt <service@example.com>"

func message() Message {
	return Message{
		ID: "0199-abc", To: "testa@example.com", Subject: "SR-1000017: På vei",
		Body: "Testa er på vei til Fargeskriver 1. etasje.", Link: "https://utsendt.example.com/requests/SR-1000017",
		LinkText: "Åpne i Utsendt", Why: "Derfor.", Language: "nb",
		Date: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
	}
}

// opened is a mail read back by the standard library.
type opened struct {
	header     mail.Header
	subject    string
	text, html string
}

func open(t interface{ Fatalf(string, ...any) }, raw []byte) opened {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("the mail cannot be read: %v\n%s", err, raw)
	}
	o := opened{header: m.Header}
	if o.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatalf("the subject: %v", err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type %q, %v", kind, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return o
		}
		if err != nil {
			t.Fatalf("a part: %v", err)
		}
		if encoding := part.Header.Get("Content-Transfer-Encoding"); encoding != "quoted-printable" {
			t.Fatalf("encoding %q", encoding)
		}
		content, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatalf("a part: %v", err)
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			o.html = string(content)
		} else {
			o.text = string(content)
		}
	}
}

// sink is a mail server of our own that keeps what it gets, or answers as told.
type sink struct {
	mu     sync.Mutex
	to     []string
	mails  [][]byte
	answer error
}

type session struct{ sink *sink }

func (s *sink) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{s}, nil }

func (*session) Reset()                               {}
func (*session) Logout() error                        { return nil }
func (*session) Mail(string, *smtp.MailOptions) error { return nil }
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	if s.sink.answer == nil {
		s.sink.to = append(s.sink.to, to)
	}
	return s.sink.answer
}

func (s *session) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.sink.mails = append(s.sink.mails, content)
	return err
}

func startSink(t *testing.T) (*sink, Config) {
	t.Helper()
	s := &sink{}
	server := smtp.NewServer(s)
	server.Domain = "localhost"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener) //nolint:errcheck // ends with Close
	t.Cleanup(func() { server.Close() })
	return s, Config{
		Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, TLS: "none", From: from, Timeout: 10 * time.Second,
	}
}

func TestMailByServer(t *testing.T) {
	t.Parallel()
	sunk, cfg := startSink(t)
	sender, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 5 {
		wait.Go(func() {
			if err := sender.Send(context.WithoutCancel(t.Context()), message()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if len(sunk.mails) != 5 || len(sunk.to) != 5 || sunk.to[0] != "testa@example.com" {
		t.Fatalf("%d mails to %q", len(sunk.mails), sunk.to)
	}
	got := open(t, sunk.mails[0])
	if got.subject != "SR-1000017: På vei" || got.header.Get("From") != `"Utsendt" <service@example.com>` ||
		got.header.Get("To") != "<testa@example.com>" || got.header.Get("Message-Id") != "<0199-abc@example.com>" ||
		got.header.Get("Auto-Submitted") != "auto-generated" || got.header.Get("Content-Language") != "nb" {
		t.Errorf("header %v", got.header)
	}
	if at, err := got.header.Date(); err != nil || !at.Equal(message().Date) {
		t.Errorf("date %v, %v", at, err)
	}
	for _, text := range []string{got.text, got.html} {
		for _, part := range []string{message().Body, message().Link, message().LinkText, message().Why} {
			if !strings.Contains(text, part) {
				t.Errorf("%q lacks %q", text, part)
			}
		}
	}
}

func TestAnswersOfTheServer(t *testing.T) {
	t.Parallel()
	sunk, cfg := startSink(t)
	sender, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		answer  *smtp.SMTPError
		refused bool
		unknown bool // there is no such recipient
		detail  string
	}{
		{&smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "later"}, false, false, "the mail server answered 451 4.7.1"},
		{&smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "testa@example.com unknown"}, true, true, "the mail server answered 550 5.1.1"},
		{&smtp.SMTPError{Code: 550, EnhancedCode: smtp.NoEnhancedCode, Message: "unknown"}, true, true, "the mail server answered 550"},
		{&smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "spam"}, true, false, "the mail server answered 550 5.7.1"},
		{&smtp.SMTPError{Code: 552, EnhancedCode: smtp.EnhancedCode{5, 2, 2}, Message: "full"}, true, false, "the mail server answered 552 5.2.2"},
	} {
		sunk.mu.Lock()
		sunk.answer = c.answer
		sunk.mu.Unlock()
		var failure *Error
		if err := sender.Send(t.Context(), message()); !errors.As(err, &failure) || failure.Refused != c.refused || failure.BadAddress != c.unknown ||
			failure.Status != c.answer.Code || failure.Detail != c.detail {
			t.Errorf("%d: %+v (%v)", c.answer.Code, failure, err)
		}
	}
}

func TestServerThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	_, plain := startSink(t)
	plain.TLS = "" // wants encryption, which the sink has not
	_, locked := startSink(t)
	locked.User, locked.Password = "testa", "secret"
	for name, cfg := range map[string]Config{
		"nobody listens": {Host: "127.0.0.1", Port: closed, TLS: "none", From: from},
		"no encryption":  plain,
		"no sign-in":     locked,
	} {
		sender, err := Open(cfg)
		if err != nil {
			t.Fatal(err)
		}
		var failure *Error
		if err := sender.Send(t.Context(), message()); !errors.As(err, &failure) || failure.Refused || failure.Detail == "" ||
			strings.Contains(failure.Detail, "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	sender, _ := Open(plain)
	if err := sender.Send(ctx, message()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestOpenChecksItsConfiguration(t *testing.T) {
	t.Parallel()
	if sender, err := Open(Config{From: "nonsense"}); sender != nil || err != nil {
		t.Errorf("off: %v, %v", sender, err)
	}
	for name, cfg := range map[string]Config{
		"no sender": {Folder: t.TempDir()},
		"injection": {Folder: t.TempDir(), From: "a@example.com\r\nBcc: b@example.com"},
		"TLS":       {Host: "mail.example.com", From: from, TLS: "maybe"},
		"port":      {Host: "mail.example.com", From: from, Port: 70000},
	} {
		if _, err := Open(cfg); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestMailIntoFolder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a", "b")
	sender, err := Open(Config{Folder: path, From: from})
	if err != nil {
		t.Fatal(err)
	}
	sneaky := message()
	sneaky.ID = "../../outside"
	for _, m := range []Message{message(), message(), sneaky} {
		if err := sender.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(path)
	if err != nil || len(files) != 2 || files[0].Name() != "0199-abc.eml" || files[1].Name() != "outside.eml" {
		t.Fatalf("files %v, %v", files, err)
	}
	raw, err := os.ReadFile(filepath.Join(path, files[0].Name()))
	if err != nil {
		t.Fatal(err)
	}
	if got := open(t, raw); got.subject != message().Subject {
		t.Errorf("subject %q", got.subject)
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{
		"testa@example.com": true, "ø@example.no": true, "a+b@example.com": true,
		"": false, "nonsense": false, "a@b, c@d": false, "Testa <a@example.com>": false, "a@example.com\r\nBcc: c@d": false,
		"a@example.com\n": false, " a@example.com": false, "a@example.com (x)": false, "a\u202e@example.com": false,
		"a@" + strings.Repeat("x", 300): false, "\xff@example.com": false,
	} {
		if _, err := parseAddress(address); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// Whatever is in the texts, the mail has the headers we gave it and no other, and the texts come out as they
// went in, save for white space in the subject.
func TestNoTextAddsAHeaderOrMarkup(t *testing.T) {
	t.Parallel()
	sender, err := mail.ParseAddress(from)
	if err != nil {
		t.Fatal(err)
	}
	check := func(t interface{ Fatalf(string, ...any) }, subject, body string) {
		m := message()
		m.Subject, m.Body = subject, body
		msg, err := m.build(sender)
		if err != nil {
			t.Fatalf("%v", err)
		}
		var raw bytes.Buffer
		if _, err := msg.WriteTo(&raw); err != nil {
			t.Fatalf("%v", err)
		}
		got := open(t, raw.Bytes())
		for name := range got.header {
			switch name {
			case "From", "To", "Subject", "Date", "Message-Id", "Auto-Submitted", "Content-Language", "Mime-Version", "Content-Type":
			default:
				t.Fatalf("subject %q gave a header %s", subject, name)
			}
		}
		if got.subject != oneLine(subject) {
			t.Fatalf("subject %q came out as %q", subject, got.subject)
		}
		if strings.Contains(got.html, "<script") {
			t.Fatalf("body %q is markup", body)
		}
	}
	for _, s := range []string{
		"", "a\r\nBcc: all@example.com", "a\n\nbody", "🧑‍🔧 på vei", "مرحبا بالعالم", "<script>alert(1)</script>", strings.Repeat("ø", 500),
		"=?utf-8?q?x?=", ".\r\n.\r\n", "\xff\x00",
	} {
		check(t, s, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.String().Draw(t, "subject"), rapid.String().Draw(t, "body"))
	})
}

// A mail with everything in it: paragraphs, a table, why it came and how to turn such mail off.
func TestWholeMail(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	sender, err := Open(Config{Folder: path, From: from})
	if err != nil {
		t.Fatal(err)
	}
	m := message()
	m.Body = "Takk for bestillingen.\n\nVi leverer <snart>."
	m.Lines = []Line{{"Leveres til", "Storgata 1 & 2"}, {"Sort toner", "2"}, {"og 3 til", ""}}
	m.Preferences, m.PreferencesText = "https://utsendt.example.com/account", "Velg hvilken e-post du får"
	m.Unsubscribe = "https://utsendt.example.com/unsubscribe?token=abc"
	if err := sender.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(path, m.ID+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	got := open(t, raw)
	text := "Takk for bestillingen.\r\n\r\nVi leverer <snart>.\r\n\r\nLeveres til: Storgata 1 & 2\r\nSort toner: 2\r\nog 3 til\r\n\r\n" +
		"Åpne i Utsendt: https://utsendt.example.com/requests/SR-1000017\r\n\r\n-- \r\nDerfor.\r\n" +
		"Velg hvilken e-post du får: https://utsendt.example.com/account\r\n"
	if got.text != text {
		t.Errorf("the text is\n%q, not\n%q", got.text, text)
	}
	for _, part := range []string{
		`<html lang="nb">`, "Vi leverer &lt;snart&gt;.</p>", `Leveres til</th><td`, "Storgata 1 &amp; 2</td>", `colspan="2">og 3 til</th></tr>`,
		`href="https://utsendt.example.com/account"`, "prefers-color-scheme: dark", `content="light dark"`,
	} {
		if !strings.Contains(got.html, part) {
			t.Errorf("the HTML lacks %s:\n%s", part, got.html)
		}
	}
	for _, foreign := range []string{"<img", "<script", "url(", "@import", "<link", "src="} {
		if strings.Contains(got.html, foreign) {
			t.Errorf("the HTML loads something: %s", foreign)
		}
	}
	if got.header.Get("List-Unsubscribe") != "<"+m.Unsubscribe+">" || got.header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Errorf("header %v", got.header)
	}
}
