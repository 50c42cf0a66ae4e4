package server_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"utsendt/internal/demo"
	"utsendt/internal/server"
	"utsendt/internal/server/servertest"
)

// TestBrowsers runs the browser tests of portal/web/e2e in Chromium against a server of its own: every page in both
// languages, at phone and desktop width, light and dark, and one request followed live by the three people in it.
// UTSENDT_SHOTS names a folder for screenshots.
func TestBrowsers(t *testing.T) {
	t.Parallel()
	web, err := filepath.Abs("../../portal/web")
	if err != nil {
		t.Fatal(err)
	}
	for _, needed := range []string{"dist/app/index.html", "node_modules/playwright-core"} {
		if _, err := os.Stat(filepath.Join(web, needed)); err != nil {
			t.Fatalf("portal/web/%s is missing: run `make web` first", needed)
		}
	}
	chromium := os.Getenv("CHROMIUM")
	if chromium == "" {
		if chromium, err = exec.LookPath("chromium"); err != nil {
			t.Fatal("chromium is missing: install the package chromium, or name another in CHROMIUM")
		}
	}
	s := servertest.Start(t, servertest.Options{Demo: true, Change: func(c *server.Config) { c.Carriers = demo.Carriers }})
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	args := append([]string{"--test", "--test-concurrency=1", "--test-reporter=spec"}, e2eFiles(t, web)...)
	cmd := exec.CommandContext(ctx, "node", args...)
	cmd.Dir = web
	cmd.Env = append(os.Environ(), "UTSENDT_URL="+s.URL, "CHROMIUM="+chromium,
		"UTSENDT_CUSTOMER=kunde01:"+demo.Password, "UTSENDT_DISPATCHER=sentral1:"+demo.Password,
		"UTSENDT_TECHNICIAN=tekniker01:"+demo.Password)
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

func e2eFiles(t *testing.T, web string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(web, "e2e", "*.test.mjs"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no browser tests found: %v", err)
	}
	return files
}
