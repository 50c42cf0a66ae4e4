package rpc

import (
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"testing"
	"time"

	"connectrpc.com/connect"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/internal/rpc"
	faultv1 "utsendt/proto/gen/utsendt/fault/v1"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
	"utsendt/proto/gen/utsendt/identity/v1/identityv1connect"
)

const (
	oldPassword = "violet tractor harbour 7"
	newPassword = "seven quiet lanterns 31"
)

// world is SessionService served to browsers.
type world struct {
	db     *postgres.DB
	people *identity.Service
	server *httptest.Server
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{db: pgtest.New(t)}
	w.people = identity.New(w.db, identity.Config{CheapHashes: true})
	options, err := rpc.Options(rpc.Config{People: w.people, Access: Access()})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(identityv1connect.NewSessionServiceHandler(NewHandler(w.people), options...))
	handler, err := rpc.Edge{}.Wrap(mux)
	if err != nil {
		t.Fatal(err)
	}
	w.server = httptest.NewTLSServer(handler)
	t.Cleanup(w.server.Close)
	return w
}

// browser is a client with a cookie jar of its own.
func (w *world) browser(t *testing.T, userAgent string) (identityv1connect.SessionServiceClient, *http.Client) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Transport: agent{w.server.Client().Transport, userAgent}}
	return identityv1connect.NewSessionServiceClient(client, w.server.URL), client
}

type agent struct {
	http.RoundTripper
	name string
}

func (a agent) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("User-Agent", a.name)
	return a.RoundTripper.RoundTrip(r)
}

func wantError(t *testing.T, err error, code connect.Code, reason string) *faultv1.Fault {
	t.Helper()
	var coded *connect.Error
	if !errors.As(err, &coded) || len(coded.Details()) == 0 {
		t.Fatalf("got %v, want %s %s", err, code, reason)
	}
	value, err := coded.Details()[0].Value()
	if err != nil {
		t.Fatal(err)
	}
	f, ok := value.(*faultv1.Fault)
	if !ok || coded.Code() != code || f.GetReason() != reason {
		t.Fatalf("got %v with %v, want %s %s", coded, value, code, reason)
	}
	return f
}

func TestSessionServiceInABrowser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	person, err := w.people.CreatePerson(ctx, identity.System(), identity.NewPerson{
		UserID: "Demo.Admin", Password: oldPassword, Role: identity.RoleAdmin, FirstName: "Demo", LastName: "Admin",
		Email: "demo@example.com",
	})
	if err != nil {
		t.Fatal(err)
	}
	sessions, _ := w.browser(t, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	other, _ := w.browser(t, "odd thing")

	_, err = sessions.GetMe(ctx, &identityv1.GetMeRequest{})
	wantError(t, err, connect.CodeUnauthenticated, "sign_in_required")
	_, err = sessions.SignIn(ctx, &identityv1.SignInRequest{UserId: "demo.admin", Password: "wrong"})
	wantError(t, err, connect.CodeUnauthenticated, "sign_in_failed")
	_, err = sessions.SignIn(ctx, &identityv1.SignInRequest{UserId: "demo.admin"})
	if f := wantError(t, err, connect.CodeInvalidArgument, "invalid_field"); f.GetField() != "password" {
		t.Errorf("field %q", f.GetField())
	}

	in, err := sessions.SignIn(ctx, &identityv1.SignInRequest{UserId: "DEMO.admin", Password: oldPassword})
	if err != nil {
		t.Fatal(err)
	}
	if p := in.GetPerson(); p.GetId() != person.ID.String() || p.GetUserId() != "demo.admin" || p.GetFirstName() != "Demo" ||
		p.GetRole() != identityv1.Role_ROLE_ADMIN || p.GetEmail() != "demo@example.com" || p.GetLanguage() != "nb" {
		t.Errorf("person: %v", p)
	}
	if d := time.Until(in.GetExpiresAt().AsTime()); d < 11*time.Hour || d > 12*time.Hour {
		t.Errorf("expires in %s", d)
	}
	if _, err := other.SignIn(ctx, &identityv1.SignInRequest{UserId: "demo.admin", Password: oldPassword}); err != nil {
		t.Fatal(err)
	}
	if me, err := sessions.GetMe(ctx, &identityv1.GetMeRequest{}); err != nil || me.GetPerson().GetUserId() != "demo.admin" {
		t.Errorf("get me: %v, %v", me, err)
	}
	if set, err := sessions.SetLanguage(ctx, &identityv1.SetLanguageRequest{Language: "en"}); err != nil || set.GetPerson().GetLanguage() != "en" {
		t.Errorf("set language: %v, %v", set, err)
	}

	list, err := sessions.ListSessions(ctx, &identityv1.ListSessionsRequest{})
	if err != nil || len(list.GetSessions()) != 2 {
		t.Fatalf("sessions: %v, %v", list, err)
	}
	second, first := list.GetSessions()[0], list.GetSessions()[1]
	if !first.GetCurrent() || second.GetCurrent() || first.GetLabel() != "Firefox, Linux" || second.GetLabel() != "Browser" ||
		first.GetKind() != "web" || first.GetAddress() != "127.0.0.1" {
		t.Errorf("sessions: %v", list)
	}
	if _, err := sessions.EndSession(ctx, &identityv1.EndSessionRequest{SessionId: second.GetId()}); err != nil {
		t.Error(err)
	}
	_, err = other.GetMe(ctx, &identityv1.GetMeRequest{})
	wantError(t, err, connect.CodeUnauthenticated, "session_over")
	_, err = sessions.EndSession(ctx, &identityv1.EndSessionRequest{SessionId: person.ID.String()})
	wantError(t, err, connect.CodeNotFound, "session_not_found")

	change := func(current, next string) error {
		_, err := sessions.ChangePassword(ctx, &identityv1.ChangePasswordRequest{CurrentPassword: current, NewPassword: next})
		return err
	}
	wantError(t, change("wrong", newPassword), connect.CodePermissionDenied, "password_wrong")
	wantError(t, change(oldPassword, "short"), connect.CodeInvalidArgument, "password_too_short")
	if err := change(oldPassword, newPassword); err != nil {
		t.Error(err)
	}

	for range 2 { // the second time there is no session any more
		if _, err := sessions.SignOut(ctx, &identityv1.SignOutRequest{}); err != nil {
			t.Error(err)
		}
	}
	_, err = sessions.GetMe(ctx, &identityv1.GetMeRequest{})
	wantError(t, err, connect.CodeUnauthenticated, "sign_in_required")
	if left, err := w.people.ListSessions(ctx, person.ID); err != nil || len(left) != 0 {
		t.Errorf("%d sessions left, %v", len(left), err)
	}
}

// Signing out makes the token worthless, not only the cookie go away.
func TestSignOutEndsTheSessionOnTheServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	if _, err := w.people.CreatePerson(ctx, identity.System(), identity.NewPerson{
		UserID: "demo", Password: oldPassword, Role: identity.RoleAdmin,
	}); err != nil {
		t.Fatal(err)
	}
	sessions, client := w.browser(t, "")
	if _, err := sessions.SignIn(ctx, &identityv1.SignInRequest{UserId: "demo", Password: oldPassword}); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodGet, w.server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	cookies := client.Jar.Cookies(req.URL)
	if len(cookies) != 1 || cookies[0].Name != rpc.SessionCookie {
		t.Fatalf("cookies: %v", cookies)
	}
	if _, _, err := w.people.Authenticate(ctx, cookies[0].Value, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := sessions.SignOut(ctx, &identityv1.SignOutRequest{}); err != nil {
		t.Fatal(err)
	}
	if left := client.Jar.Cookies(req.URL); len(left) != 0 {
		t.Errorf("cookies left: %v", left)
	}
	if _, _, err := w.people.Authenticate(ctx, cookies[0].Value, ""); err == nil {
		t.Error("the token still works")
	}
}

func TestSignInIsLimitedOverTheWire(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sessions, _ := w.browser(t, "")
	for range 5 {
		_, err := sessions.SignIn(t.Context(), &identityv1.SignInRequest{UserId: "nobody", Password: "wrong"})
		wantError(t, err, connect.CodeUnauthenticated, "sign_in_failed")
	}
	_, err := sessions.SignIn(t.Context(), &identityv1.SignInRequest{UserId: "Nobody", Password: "wrong"})
	if f := wantError(t, err, connect.CodeResourceExhausted, "sign_in_limited"); f.GetRetryAfter().AsDuration() <= 0 {
		t.Error("no wait is given")
	}
	var coded *connect.Error
	if errors.As(err, &coded) && coded.Meta().Get("Retry-After") == "" {
		t.Error("no Retry-After header")
	}
}

func TestBrowserNames(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"":       "Browser",
		"curl/8": "Browser",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0":        "Edge, Windows",
		"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":            "Chrome, Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile Safari/604.1": "Safari, iPhone",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0":                                             "Firefox, macOS",
	} {
		if got := browser(agent); got != want {
			t.Errorf("%q: %q, want %q", agent, got, want)
		}
	}
}
