package rpc

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"runtime/debug"
	"strconv"
	"time"

	"buf.build/go/protovalidate"
	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/durationpb"

	"utsendt/internal/fault"
	"utsendt/internal/fault/wording"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	faultv1 "utsendt/proto/gen/utsendt/fault/v1"
)

// codes is the one table from kinds to Connect codes.
var codes = map[fault.Kind]connect.Code{
	fault.Invalid:         connect.CodeInvalidArgument,
	fault.Unauthenticated: connect.CodeUnauthenticated,
	fault.Forbidden:       connect.CodePermissionDenied,
	fault.NotFound:        connect.CodeNotFound,
	fault.Exists:          connect.CodeAlreadyExists,
	fault.Stale:           connect.CodeAborted,
	fault.WrongState:      connect.CodeFailedPrecondition,
	fault.Limited:         connect.CodeResourceExhausted,
	fault.Unavailable:     connect.CodeUnavailable,
	fault.Internal:        connect.CodeInternal,
}

// faults turns any error into what a client sees, and logs what it does not.
type faults struct{ log *slog.Logger }

// refused gives the Connect error for an error of a call; nil for nil. An error that has been through here
// already comes out as it is.
func (f *faults) refused(ctx context.Context, procedure string, err error) error {
	if err == nil {
		return nil
	}
	var done *shown
	if errors.As(err, &done) {
		return done.connectError
	}
	var decided *fault.Error
	if errors.As(err, &decided) {
		return f.show(ctx, procedure, codes[decided.Kind], decided)
	}
	// The caller is gone or out of time: no failure of the server, whatever came of it.
	if gone := ctx.Err(); gone != nil && errors.Is(err, gone) {
		code := connect.CodeCanceled
		if errors.Is(gone, context.DeadlineExceeded) {
			code = connect.CodeDeadlineExceeded
		}
		return f.show(ctx, procedure, code, fault.From(gone))
	}
	var coded *connect.Error
	if errors.As(err, &coded) {
		return f.coded(ctx, procedure, coded)
	}
	if postgres.IsAway(err) {
		f.log.WarnContext(ctx, "the database is away", "procedure", procedure, "cause", err)
		return f.show(ctx, procedure, connect.CodeUnavailable, fault.Wrap(err, fault.Unavailable, "database_away",
			"Something we need is away just now. Please try again in a moment.", fault.RetryAfter(2*time.Second)))
	}
	decided = fault.From(err)
	return f.show(ctx, procedure, codes[decided.Kind], decided)
}

// coded is for errors that Connect and the validator made. Their texts are about the caller's own input or
// the protocol, except for codes that mean our failure.
func (f *faults) coded(ctx context.Context, procedure string, err *connect.Error) error {
	var invalid *protovalidate.ValidationError
	switch code := err.Code(); {
	case errors.As(err, &invalid):
		shown := f.show(ctx, procedure, code, violated(invalid))
		for _, detail := range err.Details() {
			shown.AddDetail(detail)
		}
		return shown
	case isValidatorFailure(err), code == connect.CodeInternal, code == connect.CodeUnknown,
		code == connect.CodeDataLoss, connect.IsWireError(err):
		return f.show(ctx, procedure, connect.CodeInternal, fault.NewInternal(err))
	default:
		decided := fault.Wrap(err, kindOf(code), reasonOf(code), err.Message())
		shown := f.show(ctx, procedure, code, decided)
		for _, detail := range err.Details() {
			shown.AddDetail(detail)
		}
		return shown
	}
}

// panicked is the answer to a panic.
func (f *faults) panicked(ctx context.Context, procedure string, value any) error {
	cause := fmt.Errorf("panic: %v\n%s", value, debug.Stack())
	return f.show(ctx, procedure, connect.CodeInternal, fault.NewInternal(cause))
}

// show makes the error that goes over the wire. Of an internal one the log gets the cause, and both get an
// incident id to find one by the other.
func (f *faults) show(ctx context.Context, procedure string, code connect.Code, e *fault.Error) *connect.Error {
	actor := identity.Caller(ctx)
	detail := &faultv1.Fault{
		Reason: e.Reason, Field: e.Field, Params: e.Params,
		Text: wording.Text(e, wording.Choose(ClientFrom(ctx).Languages, actor.Language)),
	}
	if e.RetryAfter > 0 {
		detail.RetryAfter = durationpb.New(e.RetryAfter)
	}
	if code == connect.CodeInternal {
		detail.IncidentId = rand.Text()[:12]
		f.log.ErrorContext(ctx, "internal error", "incident", detail.IncidentId, "procedure", procedure,
			"reason", e.Reason, "cause", cause(e))
	}
	wrapped := &shown{fault: e}
	err := connect.NewError(code, wrapped)
	wrapped.connectError = err
	if packed, packErr := connect.NewErrorDetail(detail); packErr == nil {
		err.AddDetail(packed)
	} else { // a text that is no UTF-8; the code and message must do
		f.log.WarnContext(ctx, "an error's detail could not be packed", "procedure", procedure, "reason", e.Reason)
	}
	if e.RetryAfter > 0 {
		seconds := math.Ceil(e.RetryAfter.Seconds())
		err.Meta().Set("Retry-After", strconv.FormatInt(int64(min(seconds, float64(time.Hour*24*365/time.Second))), 10))
	}
	return err
}

// shown is under the Connect error: its text alone goes to the client, the fault is for interceptors.
type shown struct {
	fault        *fault.Error
	connectError *connect.Error
}

func (s *shown) Error() string { return s.fault.Message }
func (s *shown) Unwrap() error { return s.fault }

func cause(e *fault.Error) string {
	if inner := e.Unwrap(); inner != nil {
		return inner.Error()
	}
	return e.Message
}

// violated tells the first broken rule of a message's shape.
func violated(err *protovalidate.ValidationError) *fault.Error {
	if len(err.Violations) == 0 {
		return fault.Wrap(err, fault.Invalid, "invalid_field", "The request is not valid.")
	}
	first := err.Violations[0].Proto
	field, rule := protovalidate.FieldPathString(first.GetField()), first.GetMessage()
	if rule == "" {
		rule = "it breaks the rule " + first.GetRuleId()
	}
	message := "The request is not valid: " + rule + "."
	if field != "" {
		message = "The field " + field + " is not valid: " + rule + "."
	}
	return fault.Wrap(err, fault.Invalid, "invalid_field", message, fault.Field(field),
		fault.Param("rule", first.GetRuleId()))
}

// isValidatorFailure reports that a rule itself is broken, which is our mistake and not the caller's.
func isValidatorFailure(err error) bool {
	var compilation *protovalidate.CompilationError
	var runtime *protovalidate.RuntimeError
	return errors.As(err, &compilation) || errors.As(err, &runtime)
}

// kindOf and reasonOf read a code that Connect chose.
func kindOf(code connect.Code) fault.Kind {
	for kind, c := range codes {
		if c == code {
			return kind
		}
	}
	return fault.Invalid
}

func reasonOf(code connect.Code) string {
	switch code {
	case connect.CodeInvalidArgument:
		return "malformed_request"
	case connect.CodeResourceExhausted:
		return "request_too_large"
	case connect.CodeCanceled:
		return "cancelled"
	default:
		return code.String()
	}
}
