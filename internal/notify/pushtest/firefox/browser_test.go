package firefox

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMissingFirefoxSaysWhatToInstall cannot run in parallel: it changes the environment.
func TestMissingFirefoxSaysWhatToInstall(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("UTSENDT_FIREFOX", "")
	if _, err := Start(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "apt-get install firefox-esr") {
		t.Fatalf("got %v", err)
	}
}

// TestProgramThatEndsIsReported shows the program's own words and leaves no profile.
func TestProgramThatEndsIsReported(t *testing.T) {
	folder := t.TempDir()
	program := filepath.Join(folder, "firefox")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho no such display >&2\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("UTSENDT_FIREFOX", program)
	t.Setenv("TMPDIR", t.TempDir())
	if _, err := Start(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "no such display") {
		t.Fatalf("got %v", err)
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) != 0 {
		t.Fatalf("left behind: %v, %v", left, err)
	}
}

// TestBrowserEndsWithItsContext starts the real browser, and ends it by the context alone.
func TestBrowserEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	browser, err := Start(ctx, nil)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	var sum struct{ Sum int }
	if err := browser.Evaluate(ctx, `({sum: 40 + await Promise.resolve(2)})`, &sum); err != nil || sum.Sum != 42 {
		t.Errorf("got %+v, %v", sum, err)
	}
	if err := browser.Evaluate(ctx, `(() => { throw new Error("on purpose") })()`, nil); err == nil || !strings.Contains(err.Error(), "on purpose") {
		t.Errorf("a thrown error came as %v", err)
	}
	if err := browser.Evaluate(ctx, `undefined`, &sum); err != nil {
		t.Errorf("undefined: %v", err)
	}
	cancel()
	select {
	case <-browser.process.exited:
	case <-time.After(time.Minute):
		t.Fatal("the process lives on")
	}
	if err := browser.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(browser.profile); !os.IsNotExist(err) {
		t.Errorf("the profile is still there: %v", err)
	}
	if err := browser.Evaluate(t.Context(), `1`, nil); err == nil {
		t.Error("a closed browser still runs scripts")
	}
}
