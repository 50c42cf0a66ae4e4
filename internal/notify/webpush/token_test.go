package webpush

import (
	"fmt"
	"net/url"
	"testing"
	"time"
)

// testTokens has a clock that the test sets.
func testTokens(t *testing.T) (*tokens, *time.Time, Keys) {
	t.Helper()
	now := time.Date(2026, 3, 29, 0, 30, 0, 500, time.UTC)
	made, err := newTokens("push@example.com", func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	keys, err := GenerateKeys()
	if err != nil {
		t.Fatal(err)
	}
	return made, &now, keys
}

func TestTokenIsKeptAndRenewed(t *testing.T) {
	t.Parallel()
	tokens, now, keys := testTokens(t)
	header := func(origin string, keys Keys) string {
		t.Helper()
		made, err := tokens.header(origin, keys)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	const here, there = "https://push.example.com", "https://push.example.net"
	// ES256 signs with chance: an equal header is the kept one, a new one always differs.
	first := header(here, keys)
	if header(here, keys) != first {
		t.Error("the second message has a new token")
	}
	if header(there, keys) == first {
		t.Error("two push services share a token")
	}
	other, err := GenerateKeys()
	if err != nil {
		t.Fatal(err)
	}
	if header(here, other) == first {
		t.Error("two key pairs share a token")
	}
	start := *now
	*now = start.Add(tokenLife - tokenRest - 2*time.Second)
	if header(here, keys) != first {
		t.Error("the token is renewed too early")
	}
	*now = start.Add(tokenLife - tokenRest)
	second := header(here, keys)
	if second == first {
		t.Error("the token is not renewed near its end")
	}
	*now = start.Add(-48 * time.Hour)
	if header(here, keys) == second {
		t.Error("after the clock was set back the token is valid for more than 24 hours, and still used")
	}
}

func TestTokensAreBounded(t *testing.T) {
	t.Parallel()
	tokens, _, keys := testTokens(t)
	for i := range maxTokens + 10 {
		if _, err := tokens.header(fmt.Sprintf("https://%d.example.com", i), keys); err != nil {
			t.Fatal(err)
		}
	}
	if len(tokens.kept) > maxTokens {
		t.Errorf("%d tokens are kept", len(tokens.kept))
	}
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]string{
		"https://push.example.com/send/1":      "https://push.example.com",
		"https://Push.Example.com:443/send":    "https://push.example.com",
		"https://push.example.com:/send":       "https://push.example.com",
		"https://push.example.com:8443/send":   "https://push.example.com:8443",
		"http://127.0.0.1:80/send":             "http://127.0.0.1",
		"http://127.0.0.1:8080/send":           "http://127.0.0.1:8080",
		"https://[2606:4700::1]/send":          "https://[2606:4700::1]",
		"https://[2606:4700::443]:443/send?a=": "https://[2606:4700::443]",
	} {
		u, err := url.Parse(endpoint)
		if err != nil {
			t.Fatal(err)
		}
		if got := origin(u); got != want {
			t.Errorf("%s: %s, want %s", endpoint, got, want)
		}
	}
}

func TestParseSubject(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"push@example.com":            "push@example.com",
		"mailto:push@example.com":     "push@example.com",
		"https://example.com/contact": "https://example.com/contact",
		"":                            "",
		"mailto:":                     "",
		"mailto:mailto:a@example.com": "",
		"Push <push@example.com>":     "",
		"http://example.com":          "",
		"https://":                    "",
		"push":                        "",
	} {
		if got, err := parseSubject(given); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", given, got, err)
		}
	}
}
