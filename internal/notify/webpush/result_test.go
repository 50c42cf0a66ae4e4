package webpush

import (
	"net/http"
	"testing"
	"time"
)

func TestParseRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 10, 25, 0, 59, 30, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"":                           0,
		"0":                          0,
		"1":                          time.Second,
		" 120 ":                      2 * time.Minute,
		"3600":                       time.Hour,
		"3601":                       time.Hour,
		"86400":                      time.Hour,
		"-5":                         0,
		"+5":                         0,
		"1.5":                        0,
		"soon":                       0,
		"5 sec":                      0,
		"18446744073709551615":       time.Hour,
		"99999999999999999999999999": time.Hour,
		now.Add(45 * time.Second).Format(http.TimeFormat): 45 * time.Second,
		now.Add(-time.Minute).Format(http.TimeFormat):     0,
		now.Add(72 * time.Hour).Format(http.TimeFormat):   time.Hour,
		"Sunday, 25-Oct-26 01:00:00 GMT":                  30 * time.Second, // the older spellings of RFC 9110
		"Sun Oct 25 01:00:00 2026":                        30 * time.Second,
	} {
		if got := parseRetryAfter(header, now); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

func FuzzParseRetryAfter(f *testing.F) {
	f.Add("120")
	f.Add("Sun, 25 Oct 2026 01:00:00 GMT")
	f.Fuzz(func(t *testing.T, header string) {
		if got := parseRetryAfter(header, time.Unix(1_800_000_000, 0)); got < 0 || got > MaxRetryAfter {
			t.Fatalf("%q: %v", header, got)
		}
	})
}

func TestEveryClassHasAName(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{"unknown": true}
	for class := Delivered; class <= Blocked; class++ {
		if seen[class.String()] {
			t.Errorf("class %d is called %q", class, class)
		}
		seen[class.String()] = true
	}
	for status := 100; status < 1000; status++ {
		if seen[classify(status).String()] != true {
			t.Errorf("status %d has no class", status)
		}
	}
}
