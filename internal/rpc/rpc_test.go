package rpc_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"connectrpc.com/connect"

	"utsendt/internal/identity"
	identityrpc "utsendt/internal/identity/rpc"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/internal/rpc"
	faultv1 "utsendt/proto/gen/utsendt/fault/v1"
	"utsendt/proto/gen/utsendt/identity/v1/identityv1connect"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	"utsendt/proto/gen/utsendt/mobile/v1/mobilev1connect"
)

const password = "violet tractor harbour 7"

// phone is a handler whose answers a test chooses.
type phone struct {
	mobilev1connect.UnimplementedMobileServiceHandler
	unary   func(context.Context) error
	decline func(context.Context, *mobilev1.DeclineRequest) error
	watch   func(context.Context, *connect.ServerStream[mobilev1.WatchJobsResponse]) error
	stream  func(context.Context, *connect.ClientStream[mobilev1.StreamPositionsRequest]) error
}

func (p *phone) GetMe(ctx context.Context, _ *mobilev1.GetMeRequest) (*mobilev1.GetMeResponse, error) {
	return &mobilev1.GetMeResponse{}, p.unary(ctx)
}

func (p *phone) Decline(ctx context.Context, req *mobilev1.DeclineRequest) (*mobilev1.DeclineResponse, error) {
	return &mobilev1.DeclineResponse{}, p.decline(ctx, req)
}

func (p *phone) WatchJobs(ctx context.Context, _ *mobilev1.WatchJobsRequest, s *connect.ServerStream[mobilev1.WatchJobsResponse]) error {
	return p.watch(ctx, s)
}

func (p *phone) StreamPositions(ctx context.Context, s *connect.ClientStream[mobilev1.StreamPositionsRequest]) (*mobilev1.StreamPositionsResponse, error) {
	return &mobilev1.StreamPositionsResponse{}, p.stream(ctx, s)
}

// world is a server with people on a database of its own.
type world struct {
	db     *postgres.DB
	people *identity.Service
	phone  *phone
	server *httptest.Server
	log    *logBuffer
}

// mobileAccess leaves GetJob out on purpose.
var mobileAccess = rpc.Access{
	mobilev1connect.MobileServiceSignOutProcedure:         rpc.Everyone,
	mobilev1connect.MobileServiceGetMeProcedure:           rpc.SignedIn.BeforeNewPassword(),
	mobilev1connect.MobileServiceDeclineProcedure:         rpc.SignedIn,
	mobilev1connect.MobileServiceWatchJobsProcedure:       rpc.SignedIn,
	mobilev1connect.MobileServiceStreamPositionsProcedure: rpc.SignedIn,
	mobilev1connect.MobileServiceListJobsProcedure:        rpc.Only(identity.RoleTechnician),
}

func newWorld(t *testing.T, configure ...func(*rpc.Config)) *world {
	t.Helper()
	w := &world{db: pgtest.New(t), phone: &phone{}, log: &logBuffer{}}
	w.people = identity.New(w.db, identity.Config{CheapHashes: true})
	logger := slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	cfg := rpc.Config{
		People: w.people, Access: mobileAccess.With(identityrpc.Access()), Log: logger, RecheckEvery: 20 * time.Millisecond,
	}
	for _, f := range configure {
		f(&cfg)
	}
	options, err := rpc.Options(cfg)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(mobilev1connect.NewMobileServiceHandler(w.phone, options...))
	mux.Handle(identityv1connect.NewSessionServiceHandler(identityrpc.NewHandler(w.people), options...))
	handler, err := rpc.Edge{Log: logger}.Wrap(mux)
	if err != nil {
		t.Fatal(err)
	}
	w.server = httptest.NewUnstartedServer(handler)
	w.server.EnableHTTP2 = true
	w.server.StartTLS()
	t.Cleanup(w.server.Close)
	return w
}

// bearer makes a dispatcher with a session and gives the token.
func (w *world) bearer(t *testing.T, userID string) (string, identity.Person) {
	t.Helper()
	person, err := w.people.CreatePerson(t.Context(), identity.System(), identity.NewPerson{
		UserID: userID, Password: password, Role: identity.RoleDispatcher,
	})
	if err != nil {
		t.Fatal(err)
	}
	token, _, _, err := w.people.SignIn(t.Context(), userID, password, identity.SessionDevice, "test", "")
	if err != nil {
		t.Fatal(err)
	}
	return token, person
}

// client speaks for the holder of the token; "" for nobody.
func (w *world) client(token string, options ...connect.ClientOption) mobilev1connect.MobileServiceClient {
	return mobilev1connect.NewMobileServiceClient(w.http(token), w.server.URL, options...)
}

func (w *world) http(token string) *http.Client {
	return &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		return w.server.Client().Transport.RoundTrip(r)
	})}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

var protocols = map[string][]connect.ClientOption{
	"connect":      nil,
	"connect json": {connect.WithProtoJSON()},
	"grpc":         {connect.WithGRPC()},
	"grpc-web":     {connect.WithGRPCWeb()},
}

// detail gives the code and the Fault of an error; the test fails when there is none.
func detail(t *testing.T, err error) (connect.Code, *faultv1.Fault) {
	t.Helper()
	var coded *connect.Error
	if !errors.As(err, &coded) {
		t.Fatalf("%v is no Connect error", err)
	}
	for _, d := range coded.Details() {
		value, err := d.Value()
		if err != nil {
			t.Fatal(err)
		}
		if f, ok := value.(*faultv1.Fault); ok {
			return coded.Code(), f
		}
	}
	t.Fatalf("%v has no Fault", err)
	return 0, nil
}

func wantError(t *testing.T, err error, code connect.Code, reason string) *faultv1.Fault {
	t.Helper()
	gotCode, f := detail(t, err)
	if gotCode != code || f.GetReason() != reason {
		t.Fatalf("got %s %s (%v), want %s %s", gotCode, f.GetReason(), err, code, reason)
	}
	return f
}

// logBuffer is a log that can be read while it is written.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
