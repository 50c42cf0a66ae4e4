package server

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"connectrpc.com/connect"
	"connectrpc.com/grpchealth"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	"utsendt/internal/postgres/pgtest"
)

// TestReadiness: not before the server serves, not while it stops, and not without its database. It is alive all along.
func TestReadiness(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	p := &Parts{DB: &Database{DB: db}}
	state := newLifecycle()
	ask := func(h http.HandlerFunc) int {
		rec := httptest.NewRecorder()
		h(rec, httptest.NewRequestWithContext(t.Context(), "GET", "/readyz", nil))
		return rec.Code
	}
	for _, step := range []struct {
		when  string
		ready bool
		want  int
	}{{"starting", false, 503}, {"serving", true, 200}, {"stopping", false, 503}} {
		state.ready.Store(step.ready)
		if got := ask(p.serveReady(state)); got != step.want {
			t.Errorf("%s: %d, want %d", step.when, got, step.want)
		}
		if got := ask(serveAlive); got != 200 {
			t.Errorf("%s: alive is %d", step.when, got)
		}
	}
	state.ready.Store(true)
	db.Pool.Close()
	if got := ask(p.serveReady(state)); got != 503 {
		t.Errorf("without a database: %d", got)
	}
}

// TestHealthWhileStopping: gRPC's health service tells load balancers that a server is about to end, for all of it and for
// each service, while calls under way still finish; whoever watches is told or cut off.
func TestHealthWhileStopping(t *testing.T) {
	t.Parallel()
	state := newLifecycle()
	mux := http.NewServeMux()
	mux.Handle(grpchealth.NewHandler(state.health, connect.WithInterceptors(state)))
	s := httptest.NewUnstartedServer(mux)
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	ask := func(service string) healthv1.HealthCheckResponse_ServingStatus {
		t.Helper()
		client := connect.NewClient[healthv1.HealthCheckRequest, healthv1.HealthCheckResponse](s.Client(),
			s.URL+"/grpc.health.v1.Health/Check", connect.WithGRPC())
		res, err := client.CallUnary(t.Context(), connect.NewRequest(&healthv1.HealthCheckRequest{Service: service}))
		if err != nil {
			t.Fatal(err)
		}
		return res.Msg.Status
	}
	watcher := connect.NewClient[healthv1.HealthCheckRequest, healthv1.HealthCheckResponse](s.Client(),
		s.URL+"/grpc.health.v1.Health/Watch", connect.WithGRPC())
	watched, err := watcher.CallServerStream(t.Context(), connect.NewRequest(&healthv1.HealthCheckRequest{}))
	if err != nil || !watched.Receive() || watched.Msg().Status != healthv1.HealthCheckResponse_SERVING {
		t.Fatalf("watching: %v %v", watched.Msg(), err)
	}
	all := append(services(), "")
	for _, service := range all {
		if got := ask(service); got != healthv1.HealthCheckResponse_SERVING {
			t.Errorf("%q is %v while the server serves", service, got)
		}
	}
	state.stop()
	for _, service := range all {
		if got := ask(service); got != healthv1.HealthCheckResponse_NOT_SERVING {
			t.Errorf("%q is %v while the server stops", service, got)
		}
	}
	for watched.Receive() {
		if got := watched.Msg().Status; got != healthv1.HealthCheckResponse_NOT_SERVING {
			t.Errorf("a watcher is told %v", got)
		}
	}
	if connect.CodeOf(watched.Err()) != connect.CodeUnavailable && watched.Err() != nil {
		t.Errorf("the watch ends with %v", watched.Err())
	}
}
