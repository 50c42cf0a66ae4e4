package server

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"utsendt/internal/postgres/pgtest"
)

// TestReadiness: not before the server serves, not while it stops, and not without its database. It is alive all along.
func TestReadiness(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	p := &Parts{DB: &Database{DB: db}}
	state := &lifecycle{stopping: make(chan struct{})}
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
