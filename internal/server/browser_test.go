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

// TestBrowsers runs the browser tests of portal/web/e2e in Chromium, in two halves side by side, each against a server
// of its own: the looks at every page in both languages, at phone and desktop width, light and dark; and the stories,
// among them one request followed live by the three people in it.
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
	files, err := filepath.Glob(filepath.Join(web, "e2e", "*.test.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	looks, stories := []string{filepath.Join(web, "e2e", "pages.test.mjs")}, []string(nil)
	for _, file := range files {
		if file != looks[0] {
			stories = append(stories, file)
		}
	}
	if len(stories) == 0 || len(stories) == len(files) {
		t.Fatalf("of %d browser tests, %d are stories", len(files), len(stories))
	}
	for name, files := range map[string][]string{"looks": looks, "stories": stories} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			browse(t, web, chromium, files)
		})
	}
}

// browse runs files of browser tests, one after another, against a server with the demo's fleet.
func browse(t *testing.T, web, chromium string, files []string) {
	t.Helper()
	s := servertest.Start(t, servertest.Options{Demo: true, Change: func(c *server.Config) { c.Carriers = demo.Carriers }})
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	args := append([]string{"--test", "--test-concurrency=1", "--test-reporter=spec"}, files...)
	cmd := exec.CommandContext(ctx, "node", args...)
	cmd.Dir = web
	cmd.Env = append(os.Environ(), "UTSENDT_URL="+s.URL, "CHROMIUM="+chromium,
		"UTSENDT_CUSTOMER=kunde01:"+demo.Password, "UTSENDT_DISPATCHER=sentral1:"+demo.Password,
		"UTSENDT_TECHNICIAN=tekniker01:"+demo.Password, "UTSENDT_ADMIN=admin:"+demo.Password)
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
