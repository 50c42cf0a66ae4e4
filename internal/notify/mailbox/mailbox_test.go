package mailbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"utsendt/internal/notify/email"
)

// demo is a folder of mails, with what must not be read beside it, served as the server does.
func demo(t *testing.T) (folder string, site *httptest.Server) {
	t.Helper()
	dir := t.TempDir()
	folder = filepath.Join(dir, "mail")
	sender, err := email.Open(email.Config{Folder: folder, From: "Utsendt <service@example.com>"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 120 {
		m := email.Message{
			ID: fmt.Sprintf("0199-%03d", i), To: "testa@example.com", Subject: fmt.Sprintf("Nummer %d på vei <b>", i),
			Body: "Første avsnitt.\n\n<script>alert(1)</script>", Link: "https://utsendt.example.com/confirm?token=a&b=c",
			LinkText: "Åpne", Why: "Derfor.", Language: "nb", Date: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		}
		if err := sender.Send(context.WithoutCancel(t.Context()), m); err != nil {
			t.Fatal(err)
		}
		at := time.Unix(int64(1000+i), 0)
		if err := os.Chtimes(filepath.Join(folder, m.ID+".eml"), at, at); err != nil {
			t.Fatal(err)
		}
	}
	secret := []byte("Subject: SECRET\r\n\r\nSECRET")
	for _, name := range []string{"secret.eml", "secret"} {
		if err := os.WriteFile(filepath.Join(dir, name), secret, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// Files that lie in the folder without being mails of ours.
	for name, content := range map[string][]byte{".0200.eml": secret, "notes.txt": secret, "broken.eml": []byte("no mail")} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "secret.eml"), filepath.Join(folder, "link.eml")); err != nil {
		t.Fatal(err)
	}
	box, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	mux := http.NewServeMux()
	mux.Handle(Path, box)
	mux.Handle(Path+"/", box)
	site = httptest.NewServer(mux)
	t.Cleanup(site.Close)
	return folder, site
}

func get(t *testing.T, site *httptest.Server, path, language string) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", site.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Language", language)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body), res.Header
}

func TestListHasTheNewestFirst(t *testing.T) {
	t.Parallel()
	_, site := demo(t)
	status, body, header := get(t, site, Path, "en-GB")
	first, second := strings.Index(body, "Nummer 119"), strings.Index(body, "Nummer 118")
	if status != 200 || first < 0 || second < first || strings.Contains(body, "Nummer 69 ") || strings.Contains(body, "<b>") ||
		!strings.Contains(body, `<html lang="en">`) || strings.Contains(body, "SECRET") {
		t.Errorf("%d %s", status, body)
	}
	policy := header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
	if _, body, _ := get(t, site, Path+"?page=2", "nb"); !strings.Contains(body, "Nummer 69 ") || !strings.Contains(body, "Nyere") ||
		!strings.Contains(body, "Eldre") || !strings.Contains(body, `<html lang="nb">`) {
		t.Errorf("page 2: %s", body)
	}
	for _, page := range []string{"-1", "0", "99999999999999999999", "9999999", "x"} {
		if status, body, _ := get(t, site, Path+"?page="+page, "nb"); status != 200 || strings.Contains(body, "SECRET") {
			t.Errorf("page %s: %d", page, status)
		}
	}
}

func TestOneMail(t *testing.T) {
	t.Parallel()
	_, site := demo(t)
	status, body, _ := get(t, site, Path+"/0199-007.eml", "nb")
	for _, part := range []string{
		"Nummer 7 på vei &lt;b&gt;</h1>", "testa@example.com", "Første avsnitt.", "&lt;script&gt;alert(1)", "Message-Id",
		`<a href="https://utsendt.example.com/confirm?token=a&amp;b=c" rel="noreferrer">`,
		`<iframe sandbox src="/demo/mail/0199-007.eml/html"`,
	} {
		if status != 200 || !strings.Contains(body, part) {
			t.Errorf("%d, and %s is not in\n%s", status, part, body)
		}
	}
	if strings.Contains(body, "<script") {
		t.Errorf("a script in %s", body)
	}
	status, body, header := get(t, site, Path+"/0199-007.eml/html", "nb")
	policy := header.Get("Content-Security-Policy")
	if status != 200 || !strings.Contains(body, "Første avsnitt.</p>") || !strings.HasPrefix(policy, "sandbox; default-src 'none';") ||
		strings.Contains(policy, "script") || header.Get("X-Frame-Options") != "SAMEORIGIN" {
		t.Errorf("%d %v %s", status, header, body)
	}
	res, err := http.Post(site.URL+Path+"/0199-007.eml", "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", res.StatusCode)
	}
}

// Nothing but the mails of the folder can be read, whatever is asked for.
func TestNothingBesideTheFolderCanBeRead(t *testing.T) {
	t.Parallel()
	folder, site := demo(t)
	for _, name := range []string{
		"../secret.eml", "..%2fsecret.eml", "%2e%2e/secret.eml", "%2e%2e%2fsecret.eml", "..%5csecret.eml", "....//secret.eml", "../secret",
		"..%252fsecret.eml", "/etc/passwd", "%2fetc%2fpasswd", folder + "/../secret.eml", "0199-007.eml/../../secret.eml", "%00.eml",
		".0200.eml", "notes.txt", "link.eml", "broken.eml", "absent.eml", ".", "..", "0199-007.eml%00", "0199-007.eml/html/html",
		strings.Repeat("a", 5000) + ".eml", "secret.eml::$DATA", "%ff.eml",
	} {
		for _, suffix := range []string{"", "/html"} {
			status, body, _ := get(t, site, Path+"/"+name+suffix, "nb")
			if strings.Contains(body, "SECRET") || strings.Contains(body, "root:") {
				t.Errorf("%s: %d gives %s", name+suffix, status, body)
			}
			// A path that leaves the page altogether is somebody else's, and "." is the list.
			if status != http.StatusNotFound && !strings.Contains(body, "<title>E-posten i demoen") {
				t.Errorf("%s: %d", name+suffix, status)
			}
		}
	}
}

func TestEmptyMailbox(t *testing.T) {
	t.Parallel()
	box, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	answer := httptest.NewRecorder()
	box.ServeHTTP(answer, httptest.NewRequest("GET", Path, nil))
	if answer.Code != 200 || !strings.Contains(answer.Body.String(), "Ingen e-post ennå.") {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "absent")); err == nil {
		t.Error("a folder that is not there was opened")
	}
}

// Both languages say everything.
func TestWordsAreWhole(t *testing.T) {
	t.Parallel()
	for key := range words["en"] {
		if words["nb"][key] == "" {
			t.Errorf("nb lacks %q", key)
		}
	}
	for key := range words["nb"] {
		if words["en"][key] == "" {
			t.Errorf("en lacks %q", key)
		}
		if !bytes.Contains([]byte(source("list.html.tmpl")+source("letter.html.tmpl")), []byte(".Words."+key)) && key != "missing" {
			t.Errorf("%q is used by no page", key)
		}
	}
}

// Whatever lies in a file, reading it ends and panics not.
func FuzzLetter(f *testing.F) {
	f.Add([]byte("Subject: =?utf-8?q?x?=\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b--\r\n"))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n"))
	f.Add([]byte("Content-Transfer-Encoding: quoted-printable\r\n\r\n=zz"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if l, err := readLetter("x.eml", bytes.NewReader(raw), false); err == nil && l.Name != "x.eml" {
			t.Errorf("it is called %q", l.Name)
		}
	})
}
