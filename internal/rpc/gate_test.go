package rpc_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"context"

	"connectrpc.com/connect"

	"utsendt/internal/identity"
	identityrpc "utsendt/internal/identity/rpc"
	"utsendt/internal/rpc"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
	"utsendt/proto/gen/utsendt/identity/v1/identityv1connect"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	"utsendt/proto/gen/utsendt/mobile/v1/mobilev1connect"
)

func TestGateRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, _ := w.bearer(t, "known")
	w.phone.unary = func(context.Context) error { return nil }
	for name, options := range protocols {
		ctx := t.Context()
		_, err := w.client("", options...).GetMe(ctx, &mobilev1.GetMeRequest{})
		wantError(t, err, connect.CodeUnauthenticated, "sign_in_required")
		_, err = w.client("uts_garbage", options...).GetMe(ctx, &mobilev1.GetMeRequest{})
		wantError(t, err, connect.CodeUnauthenticated, "session_over")
		_, err = w.client(token, options...).GetMe(ctx, &mobilev1.GetMeRequest{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		_, err = w.client(token, options...).ListJobs(ctx, &mobilev1.ListJobsRequest{})
		wantError(t, err, connect.CodePermissionDenied, "role_refused")
		// Streams are refused alike.
		stream, err := w.client("", options...).WatchJobs(ctx, &mobilev1.WatchJobsRequest{})
		if err == nil {
			if stream.Receive() {
				t.Error("a stream was let in")
			}
			err = stream.Err()
		}
		wantError(t, err, connect.CodeUnauthenticated, "sign_in_required")
		// No rule: refused even for whoever is signed in, and it is in the log.
		_, err = w.client(token, options...).GetJob(ctx, &mobilev1.GetJobRequest{RequestId: "0198c0de-0000-7000-8000-000000000001"})
		f := wantError(t, err, connect.CodeInternal, "internal")
		if log := w.log.String(); !strings.Contains(log, f.GetIncidentId()) || !strings.Contains(log, "no access rule for") {
			t.Errorf("%s: the missing rule is not in the log", name)
		}
	}
}

// Whoever may not call cannot make the server read a body, not even one that is garbage.
func TestGateComesBeforeTheBody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	res := w.post(t, "", mobilev1connect.MobileServiceDeclineProcedure, "application/proto", []byte{0xff, 0xff})
	if res.StatusCode != http.StatusUnauthorized {
		t.Errorf("status %d, want 401: %s", res.StatusCode, res.body)
	}
}

func TestOpenProceduresTakeAnyToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, token := range []string{"", "garbage"} {
		client := identityv1connect.NewSessionServiceClient(w.http(token), w.server.URL)
		if _, err := client.SignOut(t.Context(), &identityv1.SignOutRequest{}); err != nil {
			t.Errorf("%q: %v", token, err)
		}
	}
}

func TestNewPasswordComesFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	token, person := w.bearer(t, "known")
	if _, err := w.db.NewRaw("UPDATE people SET must_change_password = true WHERE id = ?", person.ID).Exec(ctx); err != nil {
		t.Fatal(err)
	}
	w.phone.decline = func(context.Context, *mobilev1.DeclineRequest) error { return nil }
	sessions := identityv1connect.NewSessionServiceClient(w.http(token), w.server.URL)
	refused := func() map[string]error {
		seen := map[string]error{}
		_, seen["list sessions"] = sessions.ListSessions(ctx, &identityv1.ListSessionsRequest{})
		_, seen["set language"] = sessions.SetLanguage(ctx, &identityv1.SetLanguageRequest{Language: "en"})
		_, seen["decline"] = w.client(token).Decline(ctx, decline("reason"))
		return seen
	}
	for call, err := range refused() {
		t.Log(call)
		wantError(t, err, connect.CodePermissionDenied, "password_change_required")
	}
	if me, err := sessions.GetMe(ctx, &identityv1.GetMeRequest{}); err != nil || !me.GetPerson().GetMustChangePassword() {
		t.Errorf("get me: %v, %v", me, err)
	}
	if _, err := sessions.ChangePassword(ctx, &identityv1.ChangePasswordRequest{
		CurrentPassword: password, NewPassword: "seven quiet lanterns 31",
	}); err != nil {
		t.Fatal(err)
	}
	for call, err := range refused() {
		if err != nil {
			t.Errorf("%s after the change: %v", call, err)
		}
	}
}

func TestAccessKnowsWhatIsMissing(t *testing.T) {
	t.Parallel()
	file := mobilev1.File_utsendt_mobile_v1_mobile_service_proto
	missing := mobileAccess.Missing(file)
	if !slices.Contains(missing, mobilev1connect.MobileServiceGetJobProcedure) ||
		slices.Contains(missing, mobilev1connect.MobileServiceGetMeProcedure) {
		t.Errorf("missing: %v", missing)
	}
	own := identityv1.File_utsendt_identity_v1_session_service_proto
	if missing := identityrpc.Access().Missing(own); len(missing) != 0 {
		t.Errorf("SessionService lacks rules for %v", missing)
	}
	if unknown := identityrpc.Access().Unknown(own); slices.Contains(unknown, identityv1connect.SessionServiceGetMeProcedure) ||
		!slices.Contains(unknown, identityv1connect.AccountServiceUpdateMeProcedure) {
		t.Errorf("rules for what is not in the file: %v", unknown)
	}
	if unknown := identityrpc.Access().Unknown(file); len(unknown) != len(identityrpc.Access()) {
		t.Errorf("unknown to the other service: %v", unknown)
	}
	defer func() {
		if recover() == nil {
			t.Error("two rules for one procedure are accepted")
		}
	}()
	identityrpc.Access().With(identityrpc.Access())
}

func TestStreamsEndWithTheirSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for what, end := range map[string]func(*testing.T, identity.Person){
		"disabled": func(t *testing.T, p identity.Person) {
			if err := w.people.Disable(context.Background(), identity.System(), p.ID); err != nil {
				t.Error(err)
			}
		},
		"ended": func(t *testing.T, p identity.Person) {
			sessions, err := w.people.ListSessions(context.Background(), p.ID)
			if err != nil || len(sessions) != 1 || w.people.EndSession(context.Background(), p.ID, sessions[0].ID) != nil {
				t.Errorf("%d sessions, %v", len(sessions), err)
			}
		},
	} {
		i := 0
		for name, options := range protocols {
			i++
			token, person := w.bearer(t, strings.ReplaceAll(what+"-"+name, " ", "-"))
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			w.phone.watch = func(ctx context.Context, s *connect.ServerStream[mobilev1.WatchJobsResponse]) error {
				if err := s.Send(&mobilev1.WatchJobsResponse{}); err != nil {
					return err
				}
				<-ctx.Done()
				return ctx.Err()
			}
			stream, err := w.client(token, options...).WatchJobs(ctx, &mobilev1.WatchJobsRequest{})
			if err != nil || !stream.Receive() {
				t.Fatalf("%s: %v, %v", name, err, stream.Err())
			}
			end(t, person)
			if stream.Receive() {
				t.Error("the stream goes on")
			}
			wantError(t, stream.Err(), connect.CodeUnauthenticated, "session_over")
		}
	}
}

func TestNothingPassesOnceTheSessionIsOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, person := w.bearer(t, "known")
	received := make(chan struct{}, 100)
	over := make(chan struct{})
	w.phone.stream = func(ctx context.Context, s *connect.ClientStream[mobilev1.StreamPositionsRequest]) error {
		for s.Receive() {
			received <- struct{}{}
			<-ctx.Done() // a handler that is slow to notice
			close(over)
		}
		return s.Err()
	}
	stream, err := w.client(token, connect.WithGRPC()).StreamPositions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(positions()); err != nil {
		t.Fatal(err)
	}
	<-received
	if err := w.people.Disable(t.Context(), identity.System(), person.ID); err != nil {
		t.Fatal(err)
	}
	<-over
	_ = stream.Send(positions()) // fails when the server was quicker
	_, err = stream.CloseAndReceive()
	wantError(t, err, connect.CodeUnauthenticated, "session_over")
	if len(received) != 0 {
		t.Error("a message passed after the session's end")
	}
}

func TestLimiter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *rpc.Config) { c.Limiter = rpc.NewLimiter(0.001, 3) })
	token, _ := w.bearer(t, "known")
	other, _ := w.bearer(t, "other")
	w.phone.unary = func(context.Context) error { return nil }
	w.phone.decline = func(context.Context, *mobilev1.DeclineRequest) error { return nil }
	w.phone.stream = func(_ context.Context, s *connect.ClientStream[mobilev1.StreamPositionsRequest]) error {
		for s.Receive() {
		}
		return s.Err()
	}
	ctx := t.Context()
	for range 3 {
		if _, err := w.client(token).Decline(ctx, decline("reason")); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.client(token).Decline(ctx, decline("reason"))
	if f := wantError(t, err, connect.CodeResourceExhausted, "too_many_changes"); f.GetRetryAfter().AsDuration() <= 0 {
		t.Error("no wait is given")
	}
	for range 5 { // reading is free
		if _, err := w.client(token).GetMe(ctx, &mobilev1.GetMeRequest{}); err != nil {
			t.Fatal(err)
		}
	}
	// Another session has its own; in a stream each message counts.
	stream, err := w.client(other, connect.WithGRPC()).StreamPositions(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for range 4 {
		_ = stream.Send(positions()) // the last may find the stream ended
	}
	_, err = stream.CloseAndReceive()
	wantError(t, err, connect.CodeResourceExhausted, "too_many_changes")
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body string
}

func (w *world) post(t *testing.T, token, procedure, contentType string, body []byte, header ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.server.URL+procedure, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := w.http(token).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res, string(text)}
}
