package server_test

import (
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// mailbox is the folder that a server writes its mails to.
type mailbox string

// letter waits for a mail to an address whose subject begins as said, and gives its plain text.
func (m mailbox) letter(t *testing.T, to, subject string) (text string) {
	t.Helper()
	eventually(t, "there is a mail to "+to+": "+subject, func() bool {
		found := m.letters(t, to, subject)
		if len(found) > 0 {
			text = found[0]
		}
		return len(found) > 0
	})
	return text
}

func (m mailbox) letters(t *testing.T, to, subject string) (texts []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(string(m), "[^.]*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		message, err := mail.ReadMessage(file)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		about, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(message.Header.Get("To"), to) && strings.HasPrefix(about, subject) {
			texts = append(texts, plainText(t, message))
		}
		_ = file.Close()
	}
	return texts
}

// plainText gives the first part of a mail, decoded.
func plainText(t *testing.T, message *mail.Message) string {
	t.Helper()
	_, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	part, err := multipart.NewReader(message.Body, params["boundary"]).NextPart()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(part)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// token finds the token of a mail's link.
func token(t *testing.T, letter string) string {
	t.Helper()
	match := regexp.MustCompile(`/confirm\?kind=[a-z_]+&token=(uts_[A-Za-z0-9_-]+)`).FindStringSubmatch(letter)
	if match == nil {
		t.Fatalf("no link in %s", letter)
	}
	return match[1]
}
