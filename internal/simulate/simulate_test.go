package simulate

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"utsendt/internal/demo"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/internal/server"
)

const speed = 300

// host runs servers on one database and one port, on a clock that runs faster than life.
type host struct {
	t       *testing.T
	listen  string
	db      *postgres.DB
	clock   func() time.Time
	log     *slog.Logger
	stop    context.CancelFunc
	stopped chan error
}

func newHost(t *testing.T, speed float64) *host {
	t.Helper()
	begun := time.Now()
	h := &host{t: t, log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))}
	h.clock = func() time.Time {
		return begun.Add(time.Duration(float64(time.Since(begun)) * speed))
	}
	h.db = pgtest.Open(t, postgres.Config{Clock: h.clock})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.listen = l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return h
}

// start runs a server until end is called.
func (h *host) start() {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- server.Run(ctx, server.Config{
			Listen: h.listen, DatabaseURL: h.db.URL(), Logger: h.log, Clock: h.clock, CallsPerSecond: 10_000, MaxConns: 15,
			Identity: identity.Config{CheapHashes: true},
			Prepare: func(p server.Parts) error {
				_, err := demo.Load(ctx, p.DB.DB, passwordHash)
				return err
			},
		}, func(server.Ready) { close(ready) })
	}()
	h.stop, h.stopped = cancel, ended
	select {
	case <-ready:
	case err := <-ended:
		cancel()
		h.t.Fatalf("the server did not start: %v", err)
	case <-time.After(2 * time.Minute):
		cancel()
		h.t.Fatal("the server did not start within two minutes")
	}
}

func (h *host) end() {
	h.t.Helper()
	h.stop()
	if err := <-h.stopped; err != nil {
		h.t.Errorf("the server ended with %v", err)
	}
}

// people are some of the demo's.
func (h *host) people(customers, technicians int) Config {
	cfg := Config{
		URL: "http://" + h.listen, Speed: speed, Clock: h.clock, Dispatch: true, Seed: 5, Logger: h.log, CallsPerSecond: 400,
		RequestEvery: 150 * time.Millisecond,
	}
	for _, p := range demo.SignIns() {
		in := SignIn{p.UserID, demo.Password}
		switch {
		case p.Role == identity.RoleCustomer && len(cfg.Customers) < customers:
			cfg.Customers = append(cfg.Customers, in)
		case p.Role == identity.RoleTechnician && len(cfg.Technicians) < technicians:
			cfg.Technicians = append(cfg.Technicians, in)
		case p.Role == identity.RoleDispatcher:
			cfg.Dispatcher = in
		}
	}
	return cfg
}

func (h *host) count(query string) int {
	h.t.Helper()
	var n int
	if err := h.db.Pool.QueryRow(context.Background(), query).Scan(&n); err != nil {
		h.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// invariants must hold at any time, and after all has ended.
func (h *host) invariants(reported int) {
	h.t.Helper()
	for what, query := range map[string]string{
		"requests are open": `SELECT count(*) FROM service_requests WHERE state NOT IN ('completed', 'cancelled')`,
		"requests have no or two done visits": `SELECT count(*) FROM service_requests r WHERE (r.state = 'completed')::int <>
			(SELECT count(*) FROM visits v WHERE v.request_id = r.id AND v.state = 'done')`,
		"visits are alive": `SELECT count(*) FROM visits WHERE live`,
		"visits overlap": `SELECT count(*) FROM visits a JOIN visits b ON a.technician_id = b.technician_id AND a.id < b.id
			AND tstzrange(a.en_route_at, a.ended_at) && tstzrange(b.en_route_at, b.ended_at)
			WHERE a.en_route_at IS NOT NULL AND b.en_route_at IS NOT NULL`,
		"histories have gaps": `SELECT count(*) FROM service_requests r WHERE r.version <>
			(SELECT count(*) FROM activities a WHERE a.request_id = r.id)`,
		"pictures were refused": `SELECT count(*) FROM visit_files WHERE state = 'refused'`,
		"pictures are of nothing that was ended": `SELECT count(*) FROM visit_files f JOIN visits v ON v.id = f.visit_id
			WHERE v.state NOT IN ('done', 'unsolved')`,
		"readings did not get into the ledger": `SELECT count(*) FROM visits v WHERE v.readings <> '[]'
			AND NOT EXISTS (SELECT FROM meter_readings r WHERE r.visit_id = v.id)`,
		"operations took effect twice": `SELECT count(*) FROM (SELECT operation_id FROM activities WHERE operation_id <> '00000000-0000-0000-0000-000000000000'
			GROUP BY 1 HAVING count(*) > 1) x`,
	} {
		if n := h.count(query); n != 0 {
			h.t.Errorf("%d %s", n, what)
		}
	}
	if n := h.count(`SELECT count(*) FROM service_requests`); n != reported {
		h.t.Errorf("%d requests for %d reports", n, reported)
	}
}

func TestEveryRequestReachesAnEnd(t *testing.T) {
	t.Parallel()
	h := newHost(t, speed)
	h.start()
	defer h.end()
	cfg := h.people(12, 60)
	cfg.Requests = 30
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	if err := Run(ctx, cfg); err != nil || ctx.Err() != nil {
		t.Fatalf("%v; %v; states: %s", err, ctx.Err(), h.states())
	}
	h.invariants(30)
	if n := h.count(`SELECT count(*) FROM position_history`); n == 0 {
		t.Error("nobody reported a position")
	}
	for what, query := range map[string]string{
		"a picture": `SELECT count(*) FROM visit_files WHERE state = 'stored'`,
		"a reading": `SELECT count(*) FROM meter_readings WHERE visit_id IS NOT NULL`,
		"a name":    `SELECT count(*) FROM visits WHERE signed_by <> ''`,
		"a part":    `SELECT count(*) FROM visits WHERE parts_used <> '[]'`,
	} {
		if h.count(query) == 0 {
			t.Errorf("nobody sent %s", what)
		}
	}
	t.Log(h.states())
}

func TestServerIsRestartedMidway(t *testing.T) {
	t.Parallel()
	h := newHost(t, speed)
	h.start()
	cfg := h.people(12, 60)
	cfg.Requests = 18
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- Run(ctx, cfg) }()
	for _, busy := range []int{3, 8} {
		h.until(ctx, done, fmt.Sprintf(`SELECT count(*) FROM visits WHERE ended_at IS NOT NULL OR en_route_at IS NOT NULL HAVING count(*) >= %d`, busy))
		h.end()
		h.start()
	}
	defer h.end()
	if err := <-done; err != nil || ctx.Err() != nil {
		t.Fatalf("%v; %v; states: %s", err, ctx.Err(), h.states())
	}
	h.invariants(18)
	t.Log(h.states())
}

// until waits for a query to give a row.
func (h *host) until(ctx context.Context, done chan error, query string) {
	h.t.Helper()
	for {
		var n int
		if h.db.Pool.QueryRow(ctx, query).Scan(&n) == nil {
			return
		}
		select {
		case err := <-done:
			h.t.Fatalf("the simulation ended early: %v", err)
		case <-ctx.Done():
			h.t.Fatalf("it did not come to %s; states: %s", query, h.states())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (h *host) states() string {
	var text string
	if err := h.db.Pool.QueryRow(context.Background(), `SELECT coalesce(string_agg(state || '=' || n, ' ' ORDER BY state), '') FROM
		(SELECT state, count(*) AS n FROM service_requests GROUP BY state) x`).Scan(&text); err != nil {
		return err.Error()
	}
	return text
}

// TestAlive: with the clock of real life and the demo's people, every state is there soon. It logs how soon.
func TestAlive(t *testing.T) {
	t.Parallel()
	h := newHost(t, 1)
	h.start()
	defer h.end()
	cfg := h.people(40, 60)
	cfg.Speed, cfg.RequestEvery = 20, 5*time.Second
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	begun := time.Now()
	done := make(chan error, 1)
	go func() { done <- Run(ctx, cfg) }()
	for _, to := range []string{"dispatched", "en_route", "on_site", "completed"} {
		h.until(ctx, done, `SELECT count(*) FROM activities WHERE to_state = '`+to+`' HAVING count(*) > 0`)
		t.Logf("%s after %s", to, time.Since(begun).Round(100*time.Millisecond))
	}
	h.until(ctx, done, `SELECT count(DISTINCT state) FROM service_requests HAVING count(DISTINCT state) >= 4`)
	t.Logf("four states at once after %s: %s", time.Since(begun).Round(100*time.Millisecond), h.states())
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the simulation did not end with its context")
	}
	if n := goroutines("internal/simulate."); n != 0 && strings.Count(stacks(), "TestEveryRequest")+strings.Count(stacks(), "TestServerIs") == 0 {
		t.Errorf("%d goroutines were left behind", n)
	}
}

func stacks() string {
	buf := make([]byte, 1<<22)
	return string(buf[:runtime.Stack(buf, true)])
}

func goroutines(within string) int { return strings.Count(stacks(), within+"(*technician).live") }

func TestWrongPasswordsAreToldAndEndIt(t *testing.T) {
	t.Parallel()
	h := newHost(t, 1)
	h.start()
	defer h.end()
	cfg := h.people(1, 2)
	for i := range cfg.Technicians {
		cfg.Technicians[i].Password = "wrong"
	}
	cfg.Customers[0].Password, cfg.Dispatcher.Password = "wrong", "wrong"
	cfg.RequestEvery = time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := Run(ctx, cfg); err == nil || !strings.Contains(err.Error(), "nobody is left") {
		t.Errorf("got %v", err)
	}
}
