package rpc_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	"utsendt/proto/gen/utsendt/mobile/v1/mobilev1connect"
)

func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, _ := w.bearer(t, "known")
	called := 0
	w.phone.unary = func(context.Context) error { called++; return nil }
	cookie := rpc.SessionCookie + "=" + token
	const foreign = "https://evil.example"
	for name, c := range map[string]struct {
		bearer string
		header []string
		status int
	}{
		"cookie, same origin":          {"", []string{"Cookie", cookie, "Origin", w.server.URL, "Sec-Fetch-Site", "same-origin"}, 200},
		"cookie, no browser":           {"", []string{"Cookie", cookie}, 200},
		"cookie, cross site":           {"", []string{"Cookie", cookie, "Origin", foreign, "Sec-Fetch-Site", "cross-site"}, 403},
		"cookie, sibling site":         {"", []string{"Cookie", cookie, "Origin", foreign, "Sec-Fetch-Site", "same-site"}, 403},
		"cookie, old browser":          {"", []string{"Cookie", cookie, "Origin", foreign}, 403},
		"cookie, null origin":          {"", []string{"Cookie", cookie, "Origin", "null"}, 403},
		"cookie and Basic, cross":      {"", []string{"Cookie", cookie, "Authorization", "Basic eA==", "Origin", foreign}, 403},
		"no cookie, cross":             {"", []string{"Origin", foreign}, 403},
		"bearer, cross":                {token, []string{"Origin", foreign, "Sec-Fetch-Site", "cross-site"}, 200},
		"bad bearer and cookie, cross": {"bad", []string{"Cookie", cookie, "Origin", foreign}, 401},
	} {
		before := called
		res := w.post(t, c.bearer, mobilev1connect.MobileServiceGetMeProcedure, "application/json", []byte("{}"), c.header...)
		if res.StatusCode != c.status || (called > before) != (c.status == 200) {
			t.Errorf("%s: status %d, want %d: %s", name, res.StatusCode, c.status, res.body)
		}
		if c.status == 403 && !strings.Contains(res.body, `"code":"permission_denied"`) {
			t.Errorf("%s: %s", name, res.body)
		}
	}
	// A page may be linked to from anywhere.
	handler, err := rpc.Edge{}.Wrap(http.NotFoundHandler())
	if err != nil {
		t.Fatal(err)
	}
	for method, status := range map[string]int{http.MethodGet: 404, http.MethodPost: 403} {
		r := httptest.NewRequest(method, "/page", nil)
		r.Header.Set("Origin", foreign)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, r)
		if rec.Code != status {
			t.Errorf("%s: %d, want %d", method, rec.Code, status)
		}
	}
}

// TestNoCacheKeepsAnAnswer: calls without side effects may be made with GET, which caches would keep.
func TestNoCacheKeepsAnAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.phone.unary = func(context.Context) error { return nil }
	token, _ := w.bearer(t, "known")
	for _, token := range []string{token, ""} {
		res := w.post(t, token, mobilev1connect.MobileServiceGetMeProcedure, "application/json", []byte("{}"))
		if got := res.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("status %d: Cache-Control is %q", res.StatusCode, got)
		}
	}
}

func TestTrustedOrigin(t *testing.T) {
	t.Parallel()
	handler, err := rpc.Edge{TrustedOrigins: []string{"https://app.example"}}.Wrap(http.NotFoundHandler())
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set("Origin", "https://app.example")
	rec := httptest.NewRecorder()
	if handler.ServeHTTP(rec, r); rec.Code != http.StatusNotFound {
		t.Errorf("status %d", rec.Code)
	}
	if _, err := (rpc.Edge{TrustedOrigins: []string{"app.example"}}).Wrap(handler); err == nil {
		t.Error("an origin without a scheme is accepted")
	}
}

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	proxies, err := rpc.ParseProxies("192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	var seen rpc.Client
	handler, err := rpc.Edge{Proxies: proxies}.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen = rpc.ClientFrom(r.Context())
	}))
	if err != nil {
		t.Fatal(err)
	}
	for _, secure := range []bool{false, true} {
		r := httptest.NewRequest(http.MethodGet, "/", nil) // comes from 192.0.2.1
		r.Header.Set("X-Forwarded-For", "198.51.100.7")
		if secure {
			r.Header.Set("X-Forwarded-Proto", "https")
		}
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, r)
		h := rec.Header()
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'self'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("CSP: %s", csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || (h.Get("Strict-Transport-Security") != "") != secure {
			t.Errorf("secure %v: %v", secure, h)
		}
		if want := (rpc.Client{Address: "198.51.100.7", Secure: secure}); seen != want {
			t.Errorf("client %+v, want %+v", seen, want)
		}
	}
}

func TestSessionCookie(t *testing.T) {
	t.Parallel()
	h := http.Header{}
	rpc.SetSessionCookie(h, rpc.Client{Secure: true}, "uts_x")
	rpc.SetSessionCookie(h, rpc.Client{}, "uts_x")
	rpc.ClearSessionCookie(h, rpc.Client{})
	cookies := (&http.Response{Header: h}).Cookies()
	if len(cookies) != 3 {
		t.Fatalf("cookies: %v", h)
	}
	for i, c := range cookies {
		if c.Name != "utsendt_session" || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Secure != (i == 0) {
			t.Errorf("cookie %d: %+v", i, c)
		}
	}
	if cookies[0].MaxAge != int(identity.WebSessionMax.Seconds()) || cookies[2].MaxAge >= 0 || cookies[2].Value != "" {
		t.Errorf("cookies: %v", cookies)
	}
}
