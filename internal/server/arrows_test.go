package server_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath, Dir, Name string
	Imports               []string
	GoFiles               []string
}

// TestArrows holds the arrows of ARCHITECTURE.md: geo <- dispatch <- portal <- internal/server <- cmd; plumbing
// imports no domain; generated code is imported by RPC handlers, clients and tests only; every package has a doc.go.
func TestArrows(t *testing.T) {
	t.Parallel()
	packages := goList(t)
	if len(packages) < 25 {
		t.Fatalf("go list found %d packages only", len(packages))
	}
	for _, p := range packages {
		for _, imported := range p.Imports {
			if why := forbidden(p.ImportPath, imported); why != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, imported, why)
			}
		}
		if !strings.HasPrefix(p.ImportPath, "utsendt/proto/gen/") && p.Name != "main" && len(p.GoFiles) > 0 && !slices.Contains(p.GoFiles, "doc.go") {
			t.Errorf("%s has no doc.go", p.ImportPath)
		}
		for _, word := range []string{"util", "utils", "common", "helpers", "models", "types", "manager"} {
			if filepath.Base(p.ImportPath) == word {
				t.Errorf("%s is named for nothing", p.ImportPath)
			}
		}
	}
}

// TestForbiddenForbids shows that the rules can fail.
func TestForbiddenForbids(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"utsendt/geo", "utsendt/internal/fault"},
		{"utsendt/geo", "utsendt/dispatch"},
		{"utsendt/dispatch", "utsendt/portal"},
		{"utsendt/dispatch", "utsendt/proto/gen/utsendt/dispatch/v1"},
		{"utsendt/portal/transfer", "utsendt/internal/server"},
		{"utsendt/internal/notify", "utsendt/dispatch"},
		{"utsendt/internal/identity", "utsendt/proto/gen/utsendt/identity/v1"},
		{"utsendt/internal/live", "utsendt/internal/server"},
	} {
		if forbidden(c[0], c[1]) == "" {
			t.Errorf("%s may import %s", c[0], c[1])
		}
	}
	for _, c := range [][2]string{
		{"utsendt/portal/rpc", "utsendt/proto/gen/utsendt/portal/v1"},
		{"utsendt/portal", "utsendt/dispatch"},
		{"utsendt/geo/router", "utsendt/geo"},
		{"utsendt/internal/server", "utsendt/portal"},
		{"utsendt/dispatch", "github.com/paulmach/orb"},
	} {
		if why := forbidden(c[0], c[1]); why != "" {
			t.Errorf("%s may not import %s: %s", c[0], c[1], why)
		}
	}
}

// forbidden says why an import is against the arrows; "" when it is not.
func forbidden(from, to string) string {
	if !strings.HasPrefix(to, "utsendt/") {
		return ""
	}
	in := func(path, tree string) bool { return path == tree || strings.HasPrefix(path, tree+"/") }
	// Those that stand on everything, or use a server from outside.
	above := []string{"utsendt/internal/server", "utsendt/internal/simulate", "utsendt/internal/replay", "utsendt/internal/loadtest", "utsendt/internal/demo"}
	isAbove := func(path string) bool { return slices.ContainsFunc(above, func(a string) bool { return in(path, a) }) }
	switch {
	case in(from, "utsendt/cmd"):
		return ""
	case in(to, "utsendt/cmd"):
		return "nothing imports commands"
	case in(to, "utsendt/proto/gen"):
		if strings.HasSuffix(from, "/rpc") || isAbove(from) || in(from, "utsendt/proto/gen") {
			return ""
		}
		return "generated code is for handlers, clients and tests"
	case in(from, "utsendt/geo"):
		if in(to, "utsendt/geo") {
			return ""
		}
		return "geo stands alone"
	case isAbove(from):
		return ""
	case isAbove(to):
		return "only what is above the domains may"
	case in(from, "utsendt/internal") && (in(to, "utsendt/dispatch") || in(to, "utsendt/portal")):
		return "plumbing knows no domain"
	case in(from, "utsendt/dispatch") && in(to, "utsendt/portal"):
		return "dispatch knows nothing of portal"
	}
	return ""
}

func goList(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,Name,Imports,GoFiles", "utsendt/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
