package server_test

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"connectrpc.com/connect"

	"utsendt/internal/server"
	faultv1 "utsendt/proto/gen/utsendt/fault/v1"
)

// mailSays reports whether a mail in the folder has the text, in its subject or its body.
func mailSays(t *testing.T, folder, text string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "[^.]*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err == nil && strings.Contains(readable(t, data), text) {
			return true
		}
	}
	return false
}

// readable gives a mail's subject and all its parts, decoded.
func readable(t *testing.T, data []byte) string {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return "" // being written
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	return subject + "\n" + string(body)
}

// withMails puts the mails into a folder.
func withMails(folder string) func(*server.Config) {
	return func(cfg *server.Config) { cfg.Mail.Folder = folder }
}

// faultIn gives what an error tells programs; nil when it tells nothing.
func faultIn(t *testing.T, err error) *faultv1.Fault {
	t.Helper()
	var wire *connect.Error
	if !errors.As(err, &wire) {
		return nil
	}
	for _, d := range wire.Details() {
		if v, err := d.Value(); err == nil {
			if f, ok := v.(*faultv1.Fault); ok {
				return f
			}
		}
	}
	return nil
}
