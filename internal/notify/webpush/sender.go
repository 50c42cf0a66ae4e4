package webpush

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	library "github.com/SherClockHolmes/webpush-go"
)

const (
	defaultTimeout = 15 * time.Second
	// maxAnswer is how much of an answer is read, in octets. Push services answer with a line.
	maxAnswer        = 4 << 10
	maxAnswerHeaders = 32 << 10
)

// Config says how a [Sender] works. Only Subject is needed.
type Config struct {
	// Subject is whom a push service may contact about our messages: an e-mail address or an https
	// URL of the operator. Apple refuses messages without a real one.
	Subject string
	// AllowedHosts are push services, written host:port, that may be called by plain http and at any
	// address: one of a demo or a test. Empty in production.
	AllowedHosts []string
	// Timeout bounds one send from dialling to the end of the answer; 15 s when zero.
	Timeout time.Duration
	// Resolver looks up push services, for the check and for the connection; the system's when nil.
	Resolver *net.Resolver
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

// Sender sends messages. It keeps connections and tokens, so make one and share it. Safe for
// concurrent use.
type Sender struct {
	guard  *guard
	tokens *tokens
	client *http.Client
	now    func() time.Time
}

// NewSender makes a sender, or says what is wrong with cfg by a fault of kind Invalid.
func NewSender(cfg Config) (*Sender, error) {
	if cfg.Timeout <= 0 {
		cfg.Timeout = defaultTimeout
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	guard, err := newGuard(cfg.AllowedHosts, cfg.Resolver)
	if err != nil {
		return nil, err
	}
	tokens, err := newTokens(cfg.Subject, cfg.Now)
	if err != nil {
		return nil, err
	}
	client := &http.Client{
		Timeout: cfg.Timeout,
		Transport: &http.Transport{
			Proxy:                  nil, // a proxy would dial in our place, unchecked
			DialContext:            guard.dial,
			ForceAttemptHTTP2:      true,
			TLSHandshakeTimeout:    cfg.Timeout,
			MaxIdleConns:           64,
			MaxIdleConnsPerHost:    16,
			MaxConnsPerHost:        64,
			IdleConnTimeout:        90 * time.Second,
			MaxResponseHeaderBytes: maxAnswerHeaders,
			DisableCompression:     true, // no reason to unpack what a stranger has packed
		},
		// The answer that redirects is the answer: where it points has been checked by nobody.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &Sender{guard: guard, tokens: tokens, client: client, now: cfg.Now}, nil
}

// Close drops the idle connections.
func (s *Sender) Close() { s.client.CloseIdleConnections() }

// CheckEndpoint tells whether messages may be sent to an endpoint, by its form and by every address
// its host has now. It is for the moment a browser subscribes; the connection is checked again each
// time. It answers nil, a fault of kind Invalid ([ErrBlocked] is one), a fault of kind Unavailable
// when the host cannot be found, or the context's error.
func (s *Sender) CheckEndpoint(ctx context.Context, endpoint string) error {
	return s.guard.check(ctx, endpoint)
}

// Send seals and sends one message, and tells its fate. The error is nil whenever the message was
// tried: what went wrong then is in the Result. An error means that it was not, and the Result is
// empty: a fault of kind Invalid for input that can never be sent, the context's error when ctx ended
// before an answer came (the message may or may not have arrived). It sends once; repeating is the
// caller's part.
func (s *Sender) Send(ctx context.Context, sub Subscription, keys Keys, msg Message) (Result, error) {
	if keys.IsZero() {
		return Result{}, invalid("keys", "The VAPID keys are not set.")
	}
	if err := msg.Validate(); err != nil {
		return Result{}, err
	}
	endpoint, _, err := s.guard.parse(sub.Endpoint)
	if errors.Is(err, ErrBlocked) {
		return Result{Class: Blocked, Detail: ErrBlocked.Message}, nil
	}
	if err != nil {
		return Result{}, err
	}
	if sub, err = sub.normalise(); err != nil {
		return Result{}, err
	}
	authorization, err := s.tokens.header(origin(endpoint), keys)
	if err != nil {
		return Result{}, err
	}
	answer, err := library.SendNotificationWithContext(ctx,
		bytes.Clone(msg.Payload), // the library writes its padding behind the slice it is given
		&library.Subscription{
			Endpoint: sub.Endpoint,
			Keys:     library.Keys{P256dh: sub.P256dh, Auth: sub.Auth},
		},
		&library.Options{
			HTTPClient:      authorized{client: s.client, header: authorization},
			RecordSize:      recordSize,
			Subscriber:      s.tokens.subject,
			TTL:             msg.ttlSeconds(),
			Topic:           msg.Topic,
			Urgency:         library.Urgency(msg.Urgency),
			VAPIDPublicKey:  keys.public,
			VAPIDPrivateKey: keys.private,
		})
	if err != nil {
		return failed(ctx, err)
	}
	return s.read(answer), nil
}

// authorized is the library's HTTP client: it sends with the kept token in place of the one the
// library makes for each message. Push services then see one token for hours, which they can verify
// once. The library's own token cannot be switched off and still costs its time; BenchmarkSend shows
// how much.
type authorized struct {
	client *http.Client
	header string
}

func (a authorized) Do(req *http.Request) (*http.Response, error) {
	req.Header.Set("Authorization", a.header)
	answer, err := a.client.Do(req)
	if err != nil {
		return nil, &transportError{err}
	}
	return answer, nil
}

// transportError tells the network's errors from the library's own.
type transportError struct{ err error }

func (e *transportError) Error() string { return e.err.Error() }
func (e *transportError) Unwrap() error { return e.err }

// failed maps a send without an answer.
func failed(ctx context.Context, err error) (Result, error) {
	if ctx.Err() != nil {
		return Result{}, ctx.Err()
	}
	if errors.Is(err, ErrBlocked) {
		return Result{Class: Blocked, Detail: ErrBlocked.Message}, nil
	}
	if transport := (*transportError)(nil); errors.As(err, &transport) {
		return Result{Class: RetryLater, Detail: networkDetail(err)}, nil
	}
	return Result{}, fmt.Errorf("sealing the message: %w", err)
}

// networkDetail is an error without the endpoint, which is a secret of the subscription.
func networkDetail(err error) string {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "the push service did not answer in time"
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return excerpt("network: " + op.Op + ": " + op.Err.Error())
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return excerpt("network: " + err.Error())
}

// read maps an answer. At most maxAnswer octets are read; a connection with more to say is closed.
func (s *Sender) read(answer *http.Response) Result {
	defer answer.Body.Close()
	result := Result{Class: classify(answer.StatusCode), Status: answer.StatusCode}
	// The status decides; a body that breaks off takes nothing from it.
	text, _ := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if result.Class != Delivered {
		result.Detail = excerpt(string(text))
	}
	if result.Class == RetryLater {
		result.RetryAfter = parseRetryAfter(answer.Header.Get("Retry-After"), s.now())
	}
	return result
}
