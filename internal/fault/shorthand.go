package fault

import "time"

// One constructor per kind, because the kinds themselves carry the plain names.

// NewInvalid is for input that can never be right; field names it as the API spells it, or is empty.
func NewInvalid(field, reason, message string, opts ...Option) *Error {
	return New(Invalid, reason, message, append(opts, Field(field))...)
}

// NewUnauthenticated is for a caller without a valid session.
func NewUnauthenticated(reason, message string, opts ...Option) *Error {
	return New(Unauthenticated, reason, message, opts...)
}

// NewForbidden is for an actor who may see the thing but not do this to it.
func NewForbidden(reason, message string, opts ...Option) *Error {
	return New(Forbidden, reason, message, opts...)
}

// NewNotFound is for what is not there or belongs to somebody else.
func NewNotFound(reason, message string, opts ...Option) *Error {
	return New(NotFound, reason, message, opts...)
}

// NewExists is for what is there already.
func NewExists(reason, message string, opts ...Option) *Error {
	return New(Exists, reason, message, opts...)
}

// NewStale is for a change based on an older version.
func NewStale(reason, message string, opts ...Option) *Error {
	return New(Stale, reason, message, opts...)
}

// NewWrongState is for a step that the present state does not allow.
func NewWrongState(reason, message string, opts ...Option) *Error {
	return New(WrongState, reason, message, opts...)
}

// NewLimited is for too much or too often; retryAfter tells the client how long to wait.
func NewLimited(reason, message string, retryAfter time.Duration, opts ...Option) *Error {
	return New(Limited, reason, message, append(opts, RetryAfter(retryAfter))...)
}

// NewUnavailable is for what is not possible just now.
func NewUnavailable(reason, message string, opts ...Option) *Error {
	return New(Unavailable, reason, message, opts...)
}

// NewInternal hides cause behind the opaque message of From.
func NewInternal(cause error, opts ...Option) *Error {
	return Wrap(cause, Internal, "internal", "Something went wrong on our side. Please try again.", opts...)
}
