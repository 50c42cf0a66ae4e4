package fault_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"utsendt/internal/fault"
)

func TestFromKeepsFaultThroughWrapping(t *testing.T) {
	t.Parallel()
	f := fault.NewNotFound("request_not_found", "There is no such service request.")
	err := fmt.Errorf("assign: %w", fmt.Errorf("load: %w", f))
	if got := fault.From(err); got != f {
		t.Fatalf("From gave %v, want the very fault", got)
	}
	if fault.KindOf(err) != fault.NotFound || fault.ReasonOf(err) != "request_not_found" {
		t.Fatalf("kind %v reason %q", fault.KindOf(err), fault.ReasonOf(err))
	}
}

func TestFromUnknownGivesNothingAway(t *testing.T) {
	t.Parallel()
	secret := errors.New("dial unix /run/secret: password=hunter2")
	f := fault.From(fmt.Errorf("save: %w", secret))
	if f.Kind != fault.Internal || f.Reason != "internal" {
		t.Fatalf("got %v", f)
	}
	for _, text := range []string{f.Error(), f.Message, fmt.Sprintf("%v", f)} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, "save") {
			t.Fatalf("cause leaked into %q", text)
		}
	}
	if !errors.Is(f, secret) {
		t.Fatal("the cause is lost for the log")
	}
}

func TestFromContextErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		err    error
		reason string
	}{{context.Canceled, "cancelled"}, {context.DeadlineExceeded, "deadline_exceeded"}} {
		f := fault.From(fmt.Errorf("query: %w", tc.err))
		if f.Kind != fault.Unavailable || f.Reason != tc.reason {
			t.Errorf("%v gave %v", tc.err, f)
		}
	}
	if fault.From(nil) != nil || fault.ReasonOf(nil) != "" {
		t.Error("nil is no failure")
	}
}

func TestIsMatchesKindAndReason(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("x: %w", fault.NewStale("request_changed", "The request changed meanwhile."))
	for _, tc := range []struct {
		target *fault.Error
		want   bool
	}{
		{&fault.Error{Kind: fault.Stale}, true},
		{&fault.Error{Kind: fault.Stale, Reason: "request_changed"}, true},
		{&fault.Error{Kind: fault.Stale, Reason: "visit_changed"}, false},
		{&fault.Error{Kind: fault.Exists}, false},
	} {
		if got := errors.Is(err, tc.target); got != tc.want {
			t.Errorf("Is(%v) = %v", tc.target, got)
		}
	}
	if errors.Is(err, context.Canceled) {
		t.Error("a fault without a cause is no cancelled context")
	}
}

func TestOptionsAndWithDoesNotTouchTheOriginal(t *testing.T) {
	t.Parallel()
	base := fault.New(fault.WrongState, "visit_over", "The visit is over.", fault.Param("state", "completed"))
	more := base.With(fault.Param("state", "cancelled"), fault.Field("visit_id"), fault.RetryAfter(time.Second))
	if base.Params["state"] != "completed" || base.Field != "" || base.RetryAfter != 0 {
		t.Fatalf("the original changed: %+v", base)
	}
	if more.Params["state"] != "cancelled" || more.Field != "visit_id" || more.RetryAfter != time.Second {
		t.Fatalf("options lost: %+v", more)
	}
	if got := fault.NewInvalid("phone", "phone_malformed", "Digits only."); got.Field != "phone" || got.Kind != fault.Invalid {
		t.Fatalf("NewInvalid: %+v", got)
	}
	if got := fault.NewLimited("too_many_sign_ins", "Wait.", 3*time.Second); got.RetryAfter != 3*time.Second {
		t.Fatalf("NewLimited: %+v", got)
	}
}

func TestEveryKindHasItsOwnName(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, k := range fault.Kinds() {
		if name := k.String(); name == "" || name == "unknown" || seen[name] {
			t.Errorf("kind %d is called %q", k, name)
		} else {
			seen[name] = true
		}
	}
	if fault.Kind(99).String() != "unknown" || fault.Kind(-1).String() != "unknown" {
		t.Error("a kind outside the table must say so")
	}
}
