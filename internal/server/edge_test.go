package server_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"utsendt/internal/postgres/pgtest"
	"utsendt/internal/server/servertest"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
)

// get fetches a path as it is written, without the client's own tidying up and without following redirects.
func get(t *testing.T, client *http.Client, s *servertest.Server, method, path string, header ...string) (*http.Response, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(path, "//") {
		req.URL.Path = path
	} else {
		req.URL.Opaque = path
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return res, string(body)
}

func TestPages(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{})
	for name, client := range map[string]*http.Client{"HTTP/1.1": servertest.HTTP1(t), "HTTP/2.0": servertest.HTTP2(t)} {
		// What tells the apps' pages apart; a page of the portal also has in it what that page begins with.
		entrance := func(page string) string {
			_, script, _ := strings.Cut(page, `<script type="module"`)
			script, _, _ = strings.Cut(script, ">")
			return script
		}
		res, index := get(t, client, s, "GET", "/")
		if res.StatusCode == http.StatusNotFound {
			t.Fatal("the binary has no web apps in it: run make web")
		}
		if res.Proto != name {
			t.Errorf("%s was answered in %s", name, res.Proto)
		}
		_, board := get(t, client, s, "GET", "/board/")
		_, tech := get(t, client, s, "GET", "/tech/")
		if entrance(index) == "" || entrance(index) == entrance(board) || entrance(board) == entrance(tech) || entrance(index) == entrance(tech) {
			t.Error("the three apps have one page")
		}
		for path, want := range map[string]string{
			"/requests/SR-1000427": index, "/requests/SR-1000427?from=push": index, "/anything": index, "/boardroom": index,
			"/board": board, "/board/requests/SR-1": board, "/tech": tech, "/tech/jobs/x": tech,
		} {
			if res, body := get(t, client, s, "GET", path); res.StatusCode != 200 || entrance(body) != entrance(want) || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
				t.Errorf("%s %s: %d %s, another page than expected: %.60q", name, path, res.StatusCode, res.Header.Get("Content-Type"), body)
			}
		}
		// A page is never used again without asking, one of the portal never kept: it has answers in it. What it loads is kept for ever, and is there.
		asset := index[strings.Index(index, "/assets/"):]
		asset = asset[:strings.IndexByte(asset, '"')]
		if res, body := get(t, client, s, "GET", asset); res.StatusCode != 200 || body == "" || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s %s: %d %v", name, asset, res.StatusCode, res.Header)
		}
		for path, want := range map[string]string{"/": "no-store", "/devices": "no-store", "/anything": "no-cache", "/board": "no-cache", "/tech": "no-cache"} {
			if res, _ := get(t, client, s, "GET", path); res.Header.Get("Cache-Control") != want {
				t.Errorf("%s is cached: %v", path, res.Header)
			}
		}
		for _, path := range []string{"/assets/nothing.js", "/assets/", "/nothing.js", "/favicon.png", "/utsendt.portal.v1.PortalService/Nothing", "/utsendt.nothing.v1.X/Y"} {
			if res, body := get(t, client, s, "GET", path); res.StatusCode != 404 || strings.Contains(body, "<html") {
				t.Errorf("%s %s: %d %.60q", name, path, res.StatusCode, body)
			}
		}
		for _, path := range []string{
			"/../go.mod", "/../../../../etc/passwd", "/assets/../../embed.go", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd",
			"/assets/..%5c..%5cembed.go", "//etc/passwd", "/./././etc/passwd", "/assets/%00", "/%ff%fe", "/.git/config", "/embed.go",
		} {
			res, body := get(t, client, s, "GET", path)
			if res.StatusCode >= 500 || strings.Contains(body, "module utsendt") || strings.Contains(body, "root:") || strings.Contains(body, "package web") {
				t.Errorf("%s %s: %d %.60q", name, path, res.StatusCode, body)
			}
			if to := res.Header.Get("Location"); strings.HasPrefix(to, "//") || strings.Contains(to, "://") {
				t.Errorf("%s %s leads away to %s", name, path, to)
			}
		}
		if res, body := get(t, client, s, "HEAD", "/requests/x"); res.StatusCode != 200 || body != "" {
			t.Errorf("%s HEAD: %d %q", name, res.StatusCode, body)
		}
		for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
			if res, _ := get(t, client, s, method, "/requests/x"); res.StatusCode != 405 || res.Header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s to a page: %d %v", name, method, res.StatusCode, res.Header)
			}
		}
		for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ready"} {
			if res, body := get(t, client, s, "GET", path); res.StatusCode != 200 || strings.TrimSpace(body) != want {
				t.Errorf("%s: %d %s", path, res.StatusCode, body)
			}
			if res, _ := get(t, client, s, "HEAD", path); res.StatusCode != 200 {
				t.Errorf("HEAD %s: %d", path, res.StatusCode)
			}
		}
		for _, path := range []string{"/", "/nothing.js", "/healthz", "/board", asset} {
			res, _ := get(t, client, s, "GET", path)
			for header, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Content-Security-Policy": "frame-ancestors 'none'",
				"Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Permissions-Policy": "camera=()",
			} {
				if !strings.Contains(res.Header.Get(header), want) {
					t.Errorf("%s: %s is %q", path, header, res.Header.Get(header))
				}
			}
			if res.Header.Get("Access-Control-Allow-Origin") != "" || res.Header.Get("Server") != "" {
				t.Errorf("%s: %v", path, res.Header)
			}
		}
	}
}

func TestCrossOriginWithCookie(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{Demo: true})
	p := s.Browser(t, "kunde01")
	const path = "/utsendt.identity.v1.SessionService/SetLanguage"
	set := func(header ...string) int {
		req, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+path, strings.NewReader(`{"language":"en"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		for i := 0; i+1 < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		res, err := p.HTTP.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode == 403 && !strings.Contains(string(body), "cross_origin") && !strings.Contains(string(body), "permission_denied") {
			t.Errorf("%v: %s", header, body)
		}
		return res.StatusCode
	}
	for _, foreign := range [][]string{
		{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"},
		{"Origin", s.URL, "Sec-Fetch-Site", "cross-site"}, {"Origin", s.URL + ".evil.example"},
	} {
		if status := set(foreign...); status != 403 {
			t.Errorf("%v: %d", foreign, status)
		}
	}
	me, err := p.Session.GetMe(t.Context(), &identityv1.GetMeRequest{})
	if err != nil || me.Person.Language != "nb" {
		t.Errorf("another site's page changed something: %v %v", me, err)
	}
	if status := set("Origin", s.URL, "Sec-Fetch-Site", "same-origin"); status != 200 {
		t.Errorf("our own page: %d", status)
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, body := get(t, servertest.HTTP1(t), w.Server, "GET", "/metrics")
	for _, line := range []string{
		`utsendt_open_requests{state="dispatched"} 1`, "utsendt_technicians_on_duty 2", `utsendt_db_connections{use="busy"}`, "go_goroutines",
		`utsendt_http_seconds_count{procedure="/utsendt.dispatch.v1.DispatchService/Assign",status="200"} 1`, "utsendt_http_open ",
	} {
		if !strings.Contains(body, line) {
			t.Errorf("%s is missing in %s", line, body)
		}
	}
	// Whatever people make up does not become a name of its own.
	for i := range 20 {
		get(t, servertest.HTTP1(t), w.Server, "GET", fmt.Sprintf("/utsendt.madeup.v%d.X/Y", i))
		get(t, servertest.HTTP1(t), w.Server, "GET", fmt.Sprintf("/page%d", i))
	}
	_, body = get(t, servertest.HTTP1(t), w.Server, "GET", "/metrics")
	if strings.Contains(body, "madeup") || strings.Contains(body, "page1") || !strings.Contains(body, `procedure="unknown"`) {
		t.Error("made-up paths are in the metrics")
	}
}

// TestTenServersAtOnce starts ten servers on one database without a schema: all become ready, and serve.
func TestTenServersAtOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.EmptyURL(t)
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			s := servertest.Start(t, servertest.Options{DatabaseURL: url})
			if res, body := get(t, servertest.HTTP1(t), s, "GET", "/readyz"); res.StatusCode != 200 {
				t.Errorf("%d %s", res.StatusCode, body)
			}
		})
	}
	group.Wait()
}
