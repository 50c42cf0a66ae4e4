package fault

import (
	"context"
	"errors"
	"maps"
	"time"
)

// Error is a failure that may be shown to a person.
type Error struct {
	// Kind decides the status code.
	Kind Kind
	// Reason is a stable snake_case code, for example "request_not_found". Clients translate by it.
	Reason string
	// Field names the offending input as the API spells it; empty where no single field is at fault.
	Field string
	// Message is an English sentence for people, free of internals.
	Message string
	// Params fill the translated text, for example state or allowed steps. May be nil.
	Params map[string]string
	// RetryAfter is how long a client should wait before trying again; zero where it makes no sense.
	RetryAfter time.Duration

	cause error
}

// Option completes a fault.
type Option func(*Error)

// Field names the offending input, as the API spells it.
func Field(name string) Option { return func(e *Error) { e.Field = name } }

// Param adds one parameter for the translated message.
func Param(name, value string) Option {
	return func(e *Error) {
		if e.Params == nil {
			e.Params = make(map[string]string)
		}
		e.Params[name] = value
	}
}

// RetryAfter tells the client how long to wait.
func RetryAfter(d time.Duration) Option { return func(e *Error) { e.RetryAfter = d } }

// Cause keeps the error behind the fault for the log and for errors.Is; it is never shown.
func Cause(err error) Option { return func(e *Error) { e.cause = err } }

// New makes a fault.
func New(kind Kind, reason, message string, opts ...Option) *Error {
	e := &Error{Kind: kind, Reason: reason, Message: message}
	for _, opt := range opts {
		opt(e)
	}
	return e
}

// Wrap makes a fault of an error, which stays reachable by errors.Is and errors.As but is not shown.
func Wrap(cause error, kind Kind, reason, message string, opts ...Option) *Error {
	return New(kind, reason, message, append(opts, Cause(cause))...)
}

// Error gives kind, reason and message. The cause is left out: this text may reach a person.
func (e *Error) Error() string {
	text := e.Kind.String() + ": " + e.Reason
	if e.Field != "" {
		text += " (" + e.Field + ")"
	}
	return text + ": " + e.Message
}

// Unwrap gives the cause, which may be nil.
func (e *Error) Unwrap() error { return e.cause }

// Is reports whether target is a fault of the same kind and, where target names one, the same reason.
// So errors.Is(err, &fault.Error{Kind: fault.NotFound}) asks for the kind alone.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	if !ok {
		return false
	}
	return e.Kind == t.Kind && (t.Reason == "" || t.Reason == e.Reason)
}

// With gives a copy of the fault with more options applied; the original, which may be a package
// variable, stays as it is.
func (e *Error) With(opts ...Option) *Error {
	c := *e
	c.Params = maps.Clone(e.Params)
	for _, opt := range opts {
		opt(&c)
	}
	return &c
}

// From makes a fault of any error; nil gives nil. A fault in the chain is returned as it is. A cancelled
// context and a passed deadline become Unavailable ("cancelled", "deadline_exceeded"): the caller is gone
// or out of time and may try again. Everything else becomes Internal ("internal") with an opaque message
// and the error as its cause.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, context.Canceled):
		return Wrap(err, Unavailable, "cancelled", "The request was cancelled before it was finished.")
	case errors.Is(err, context.DeadlineExceeded):
		return Wrap(err, Unavailable, "deadline_exceeded", "This took too long. Please try again.")
	default:
		return NewInternal(err)
	}
}

// KindOf gives the kind of From(err). It must not be asked about a nil error: nil is no failure, and
// the answer would be Internal.
func KindOf(err error) Kind {
	if e := From(err); e != nil {
		return e.Kind
	}
	return Internal
}

// ReasonOf gives the reason of From(err), and "" for nil.
func ReasonOf(err error) string {
	if e := From(err); e != nil {
		return e.Reason
	}
	return ""
}
