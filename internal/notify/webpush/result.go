package webpush

import (
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Class is what a caller has to do after a send.
type Class int

// The classes. Each send ends in exactly one.
const (
	// Delivered: the push service has accepted the message (any 2xx). Whether the browser got it, no
	// push service says.
	Delivered Class = iota + 1
	// Gone: the browser has unsubscribed (404, 410). The subscription must be removed.
	Gone
	// RetryLater: too many requests, a fault at the push service, or the network (408, 425, 429, 5xx,
	// no answer in time). The same message can be sent again, not before Result.RetryAfter.
	RetryLater
	// Refused: the push service will not take this message however often it is sent (400, 401, 403,
	// 413, a redirect, any other answer).
	Refused
	// Blocked: the endpoint leads to an address that is not public, and nothing was sent there. The
	// subscription must be removed.
	Blocked
)

var classNames = map[Class]string{
	Delivered: "delivered", Gone: "gone", RetryLater: "retry_later", Refused: "refused", Blocked: "blocked",
}

// String is the class as a stable word: delivered, gone, retry_later, refused or blocked.
func (c Class) String() string {
	if name, ok := classNames[c]; ok {
		return name
	}
	return "unknown"
}

// MaxRetryAfter caps what a push service may ask for with Retry-After, so that one wrong header
// cannot silence a subscription for days.
const MaxRetryAfter = time.Hour

// Result is the fate of one send.
type Result struct {
	// Class says what to do.
	Class Class
	// Status is the HTTP status, 0 when there was no answer.
	Status int
	// RetryAfter is how long the push service asks to be left alone, 0 when it does not say, at most
	// MaxRetryAfter. Set with RetryLater only.
	RetryAfter time.Duration
	// Detail is for the ledger and the log, not for customers: the beginning of the push service's
	// answer or the network's error, at most 200 characters on one line. Empty when delivered.
	Detail string
}

// classify maps an HTTP status to its class.
func classify(status int) Class {
	switch {
	case status >= 200 && status < 300:
		return Delivered
	case status == http.StatusNotFound, status == http.StatusGone:
		return Gone
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly,
		status == http.StatusTooManyRequests, status >= 500:
		return RetryLater
	default:
		return Refused
	}
}

// parseRetryAfter reads a Retry-After header (RFC 9110, 10.2.3): seconds or a date. What cannot be
// read, or has passed, is 0.
func parseRetryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	var wait time.Duration
	if seconds, err := strconv.ParseUint(header, 10, 64); err == nil {
		wait = time.Duration(min(seconds, uint64(MaxRetryAfter/time.Second))) * time.Second
	} else if header != "" && strings.Trim(header, "0123456789") == "" {
		return MaxRetryAfter // digits only, and more than fit a number
	} else if at, err := http.ParseTime(header); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), MaxRetryAfter)
}

const maxDetail = 200

// excerpt makes one bounded, printable line of what a stranger has answered.
func excerpt(text string) string {
	var line strings.Builder
	space := false
	for _, r := range strings.ToValidUTF8(text, "") {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) {
			space = line.Len() > 0
			continue
		}
		if line.Len() >= maxDetail {
			break
		}
		if space {
			line.WriteByte(' ')
			space = false
		}
		line.WriteRune(r)
	}
	return line.String()
}
