package rpc_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"

	"utsendt/internal/fault"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	"utsendt/proto/gen/utsendt/mobile/v1/mobilev1connect"
)

const secret = "pq: secret-of-the-inside"

// calls makes the handler fail with err in each kind of call, and gives what the client sees.
func (w *world) calls(t *testing.T, client mobilev1connect.MobileServiceClient, fail func() error) map[string]error {
	t.Helper()
	ctx := t.Context()
	w.phone.unary = func(context.Context) error { return fail() }
	w.phone.watch = func(_ context.Context, s *connect.ServerStream[mobilev1.WatchJobsResponse]) error {
		if err := s.Send(&mobilev1.WatchJobsResponse{Heartbeat: true}); err != nil {
			return err
		}
		return fail()
	}
	w.phone.stream = func(_ context.Context, s *connect.ClientStream[mobilev1.StreamPositionsRequest]) error {
		for s.Receive() {
		}
		if s.Err() != nil {
			return s.Err()
		}
		return fail()
	}
	seen := map[string]error{}
	_, seen["unary"] = client.GetMe(ctx, &mobilev1.GetMeRequest{})
	watch, err := client.WatchJobs(ctx, &mobilev1.WatchJobsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for watch.Receive() {
		n++
	}
	seen["server stream"] = watch.Err()
	if n != 1 {
		t.Errorf("%d messages before the error, want 1: %v", n, watch.Err())
	}
	stream, err := client.StreamPositions(ctx)
	if err != nil {
		t.Fatal(err)
	}
	_, seen["client stream"] = stream.CloseAndReceive()
	return seen
}

func TestErrorsReachTheClientByOneTable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, _ := w.bearer(t, "known")
	want := map[fault.Kind]connect.Code{
		fault.Invalid: connect.CodeInvalidArgument, fault.Unauthenticated: connect.CodeUnauthenticated,
		fault.Forbidden: connect.CodePermissionDenied, fault.NotFound: connect.CodeNotFound,
		fault.Exists: connect.CodeAlreadyExists, fault.Stale: connect.CodeAborted,
		fault.WrongState: connect.CodeFailedPrecondition, fault.Limited: connect.CodeResourceExhausted,
		fault.Unavailable: connect.CodeUnavailable, fault.Internal: connect.CodeInternal,
	}
	for name, options := range protocols {
		client := w.client(token, options...)
		for _, kind := range fault.Kinds() {
			failure := fault.New(kind, "some_reason", "A sentence for people, with æ.", fault.Field("place.line1"),
				fault.Param("state", "completed"), fault.RetryAfter(1500*time.Millisecond), fault.Cause(errors.New(secret)))
			for call, err := range w.calls(t, client, func() error { return fmt.Errorf("wrapped: %w", failure) }) {
				code, f := detail(t, err)
				var coded *connect.Error
				_ = errors.As(err, &coded)
				if code != want[kind] || f.GetReason() != "some_reason" || f.GetField() != "place.line1" ||
					f.GetParams()["state"] != "completed" || f.GetRetryAfter().AsDuration() != 1500*time.Millisecond ||
					coded.Message() != "A sentence for people, with æ." || coded.Meta().Get("Retry-After") != "2" ||
					(f.GetIncidentId() != "") != (kind == fault.Internal) {
					t.Errorf("%s, %s, %s: got %v with %v, meta %v", name, call, kind, err, f, coded.Meta())
				}
			}
		}
	}
}

func TestInternalsAreLoggedAndNeverSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, person := w.bearer(t, "known.person")
	for name, options := range protocols {
		client := w.client(token, options...)
		for what, fail := range map[string]func() error{
			"plain error":   func() error { return errors.New(secret) },
			"panic":         func() error { panic(secret) },
			"connect error": func() error { return connect.NewError(connect.CodeInternal, errors.New(secret)) },
			"unknown":       func() error { return connect.NewError(connect.CodeUnknown, errors.New(secret)) },
		} {
			for call, err := range w.calls(t, client, fail) {
				f := wantError(t, err, connect.CodeInternal, "internal")
				if strings.Contains(err.Error()+f.String(), "secret") {
					t.Errorf("%s, %s, %s leaks: %v", name, what, call, err)
				}
				log := w.log.String()
				if f.GetIncidentId() == "" || !strings.Contains(log, f.GetIncidentId()) {
					t.Errorf("%s, %s, %s: incident %q is not in the log", name, what, call, f.GetIncidentId())
				}
			}
		}
	}
	log := w.log.String()
	if !strings.Contains(log, secret) || !strings.Contains(log, "errors_test.go") {
		t.Error("the log lacks the cause or the panic's stack")
	}
	for _, personal := range []string{token, "known.person", person.ID.String(), "127.0.0.1"} {
		if strings.Contains(log, personal) {
			t.Errorf("the log holds %q", personal)
		}
	}
}

func TestConnectsOwnErrorsKeepTheirCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, _ := w.bearer(t, "known")
	for call, err := range w.calls(t, w.client(token), func() error {
		return connect.NewError(connect.CodeUnimplemented, errors.New("not here"))
	}) {
		wantError(t, err, connect.CodeUnimplemented, "unimplemented")
		if !strings.Contains(err.Error(), "not here") {
			t.Errorf("%s: %v", call, err)
		}
	}
}

// A caller that goes is not the server's failure: nothing above debug may be in the log.
func TestCallerWhoLeavesIsNoServerError(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, _ := w.bearer(t, "known")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	w.phone.watch = func(ctx context.Context, _ *connect.ServerStream[mobilev1.WatchJobsResponse]) error {
		defer close(ended)
		cancel()
		<-ctx.Done()
		return fmt.Errorf("reading: %w", ctx.Err())
	}
	stream, err := w.client(token).WatchJobs(ctx, &mobilev1.WatchJobsRequest{})
	if err == nil {
		stream.Receive()
		_ = stream.Close()
	}
	<-ended
	waitFor(t, func() bool { return strings.Contains(w.log.String(), `"code":"canceled"`) })
	if log := w.log.String(); strings.Contains(log, `"level":"WARN"`) || strings.Contains(log, `"level":"ERROR"`) {
		t.Errorf("log: %s", log)
	}
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited in vain")
		}
	}
}
