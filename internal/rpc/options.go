package rpc

import (
	"fmt"
	"log/slog"
	"time"

	"connectrpc.com/connect"
	"connectrpc.com/otelconnect"
	"connectrpc.com/validate"
)

// defaultReadMaxBytes is the largest message that is read, after decompression.
const defaultReadMaxBytes = 1 << 20

// Config says what all handlers share. People and Access are required.
type Config struct {
	// People knows the sessions.
	People Authenticator
	// Access has a rule for every procedure served.
	Access Access
	// Log gets one line per call and the causes of internal errors; default slog.Default().
	Log *slog.Logger
	// Limiter bounds changes per session; default 50 a second with 200 at once. Share one among all
	// handlers of a server.
	Limiter *Limiter
	// ReadMaxBytes is the largest message accepted; default 1 MiB.
	ReadMaxBytes int
	// RecheckEvery is how often the session of an open stream is looked at, give or take a quarter; default
	// 15 s. A stream lives at most a quarter longer than that after its session's end.
	RecheckEvery time.Duration
	// Telemetry adds OpenTelemetry spans and metrics, with TelemetryOptions.
	Telemetry        bool
	TelemetryOptions []otelconnect.Option
}

// Options gives the options that every Connect handler of the server is made with. A call goes through
// them in this order:
//
//  1. the gate: access rule, session, actor; before any of the body is read,
//  2. telemetry, if on, and one line in the log,
//  3. errors and panics become what clients see,
//  4. streams end with their session,
//  5. the limit of changes,
//  6. text that is none is refused,
//  7. the message's shape is checked by its rules (protovalidate),
//
// and then the handler.
func Options(cfg Config) ([]connect.HandlerOption, error) {
	if cfg.People == nil || cfg.Access == nil {
		return nil, fmt.Errorf("rpc: options need People and Access")
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Limiter == nil {
		cfg.Limiter = NewLimiter(defaultRate, defaultBurst)
	}
	if cfg.ReadMaxBytes <= 0 {
		cfg.ReadMaxBytes = defaultReadMaxBytes
	}
	if cfg.RecheckEvery <= 0 {
		cfg.RecheckEvery = defaultRecheck
	}
	faults := &faults{log: cfg.Log}
	gate := &gate{people: cfg.People, access: cfg.Access, faults: faults}

	var interceptors []connect.Interceptor
	if cfg.Telemetry {
		telemetry, err := otelconnect.NewInterceptor(cfg.TelemetryOptions...)
		if err != nil {
			return nil, fmt.Errorf("rpc: setting up telemetry: %w", err)
		}
		interceptors = append(interceptors, telemetry)
	}
	interceptors = append(interceptors,
		logInterceptor{log: cfg.Log},
		&errorInterceptor{faults: faults},
		sessionInterceptor{people: cfg.People, every: cfg.RecheckEvery},
		limitInterceptor{limiter: cfg.Limiter},
		textInterceptor{},
		validate.NewInterceptor(),
	)
	return append(codecs(),
		connect.WithRequestGate(gate.enter),
		connect.WithReadMaxBytes(cfg.ReadMaxBytes),
		connect.WithInterceptors(interceptors...),
	), nil
}
