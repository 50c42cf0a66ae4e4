package server_test

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"utsendt/internal/server/servertest"
	"utsendt/portal/web"
)

// TestAppsAreSentPacked: what a page loads comes in the smallest form that the client takes, and is the same in each.
func TestAppsAreSentPacked(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{})
	// A transport of its own that neither asks for packed answers nor unpacks them.
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	t.Cleanup(client.CloseIdleConnections)
	fetch := func(path, accept string) (*http.Response, []byte) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if accept != "" {
			req.Header.Set("Accept-Encoding", accept)
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != 200 {
			t.Fatalf("%s: %d %v", path, res.StatusCode, err)
		}
		return res, body
	}
	_, index := fetch("/", "")
	script := regexp.MustCompile(`/assets/[^"]+\.js`).FindString(string(index))
	plain, whole := fetch(script, "")
	for accept, coding := range map[string]string{
		"":                        "",
		"identity":                "",
		"gzip":                    "gzip",
		"gzip, deflate, br, zstd": "br",
		"br;q=0, gzip;q=0.5":      "gzip",
		"br; q=0":                 "",
		"GZIP":                    "gzip",
		"notbr, x-gzip":           "",
	} {
		res, body := fetch(script, accept)
		if got := res.Header.Get("Content-Encoding"); got != coding {
			t.Errorf("%q is answered in %q", accept, got)
			continue
		}
		if res.Header.Get("Vary") != "Accept-Encoding" || res.Header.Get("Content-Type") != plain.Header.Get("Content-Type") {
			t.Errorf("%q: %v", accept, res.Header)
		}
		unpacked := body
		switch coding {
		case "br": // The browser tests unpack it: Chromium asks for it.
			files, _ := web.FS()
			laid, err := fs.ReadFile(files, strings.TrimPrefix(script, "/")+".br")
			if err != nil || string(laid) != string(body) {
				t.Errorf("%q: not what the build laid there: %v", accept, err)
			}
			unpacked = whole
		case "gzip":
			r, err := gzip.NewReader(strings.NewReader(string(body)))
			if err != nil {
				t.Fatal(err)
			}
			unpacked, _ = io.ReadAll(r)
		}
		if string(unpacked) != string(whole) {
			t.Errorf("%q: what comes is not the same", accept)
		}
		if coding != "" && len(body) >= len(whole) {
			t.Errorf("%q is no smaller: %d of %d octets", accept, len(body), len(whole))
		}
	}
}
