package server_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"utsendt/internal/demo"
	"utsendt/internal/postgres/pgtest"
)

// TestBrowsersOutliveRestarts runs portal/web/e2e/restart in Chromium: pages that are open while the server is stopped,
// and while it is killed, say so and recover when it is started again at the same address with the same database. The
// pages say when that is to happen, over UTSENDT_CONTROL.
func TestBrowsersOutliveRestarts(t *testing.T) {
	t.Parallel()
	web, err := filepath.Abs("../../portal/web")
	if err != nil {
		t.Fatal(err)
	}
	chromium := os.Getenv("CHROMIUM")
	if chromium == "" {
		if chromium, err = exec.LookPath("chromium"); err != nil {
			t.Fatal("chromium is missing: install the package chromium, or name another in CHROMIUM")
		}
	}
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mortal{url: pgtest.URL(t), address: probe.Addr().String()}
	if err := probe.Close(); err != nil {
		t.Fatal(err)
	}
	m.start(t)
	defer func() { m.kill() }()

	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	// The orders are carried out here: a test fails only in its own goroutine.
	orders, carriedOut := make(chan string), make(chan struct{})
	control := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case orders <- r.URL.Path:
			<-carriedOut
		case <-ctx.Done():
		}
	}))
	defer control.Close()
	cmd := exec.CommandContext(ctx, "node", "--test", "--test-concurrency=1", "--test-reporter=spec",
		filepath.Join(web, "e2e", "restart", "restart.test.mjs"))
	cmd.Dir = web
	cmd.Env = append(os.Environ(), "UTSENDT_URL=http://"+m.address, "UTSENDT_CONTROL="+control.URL, "CHROMIUM="+chromium,
		"UTSENDT_CUSTOMER=kunde01:"+demo.Password, "UTSENDT_DISPATCHER=sentral1:"+demo.Password,
		"UTSENDT_TECHNICIAN=tekniker01:"+demo.Password)
	cmd.WaitDelay = 10 * time.Second
	ended := make(chan error, 1)
	var out []byte
	go func() {
		var err error
		out, err = cmd.CombinedOutput()
		ended <- err
	}()
	for restarts := 0; ; {
		select {
		case order := <-orders:
			switch order {
			case "/stop":
				m.stop(t)
			case "/kill":
				m.kill()
			case "/start":
				m.start(t)
				restarts++
			default:
				t.Errorf("nobody knows how to %q", order)
			}
			carriedOut <- struct{}{}
		case err := <-ended:
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if restarts != 2 {
				t.Errorf("the server was started again %d times, not twice", restarts)
			}
			t.Logf("%s", out)
			return
		}
	}
}
