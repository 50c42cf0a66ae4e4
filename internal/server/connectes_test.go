package server_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"utsendt/internal/demo"
)

// TestConnectES takes jobs through a technician's day from Node, with the clients that phones and pages are made with.
func TestConnectES(t *testing.T) {
	t.Parallel()
	script := bundle(t)
	w := newWorld(t)
	picture := filepath.Join(t.TempDir(), "signature.jpg")
	if err := os.WriteFile(picture, photo(t, 90), 0o600); err != nil {
		t.Fatal(err)
	}
	for i, protocol := range []string{"connect-json", "connect-binary", "grpc", "grpc-web"} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, "node", script, w.URL, protocol, fmt.Sprintf("tekniker%d", 31+i), demo.Password, picture)
			var failure bytes.Buffer
			cmd.Stderr = &failure
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			if lines.Scan() {
				request := w.open(t, w.devices[1+i], "Støy 🖨")
				w.assign(t, request.Id, lines.Text())
				fmt.Fprintln(in, request.Id)
			}
			last := ""
			for lines.Scan() {
				last = lines.Text()
			}
			if err := cmd.Wait(); err != nil || last != "done" {
				t.Errorf("%v, %q: %s", err, last, failure.String())
			}
		})
	}
}

// bundle makes one file of the script, the generated TypeScript and the libraries of the web project.
func bundle(t *testing.T) string {
	t.Helper()
	web, err := filepath.Abs("../../portal/web")
	if err != nil {
		t.Fatal(err)
	}
	modules := filepath.Join(web, "node_modules")
	if _, err := os.Stat(filepath.Join(modules, "@connectrpc", "connect-node")); err != nil {
		t.Fatalf("connect-es is not installed: run `make web` first (%v)", err)
	}
	entry, err := filepath.Abs("testdata/connect-es/phone.ts")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	config, out := filepath.Join(dir, "rolldown.config.mjs"), filepath.Join(dir, "phone.mjs")
	if err := os.WriteFile(config, fmt.Appendf(nil, `export default {
		input: %q, platform: 'node', resolve: { modules: [%q], alias: { '@gen': %q } }, output: { file: %q, format: 'esm' },
	};`, entry, modules, filepath.Join(web, "src", "gen"), out), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(modules, ".bin", "rolldown"), "-c", config)
	if said, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(said), "UNRESOLVED_IMPORT") {
		t.Fatalf("bundling: %v: %s", err, said)
	}
	return out
}
