package server_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"utsendt/internal/server"
)

var (
	documentRow  = regexp.MustCompile(`(?m)^\| ([A-Z]\d\d) \|([^|]*)\|([^|]*)\|([^|]*)\|$`)
	documentRPC  = regexp.MustCompile("`([A-Za-z]+Service\\.[A-Za-z]+)`")
	documentTest = regexp.MustCompile("`([a-z0-9/._-]+)\\.((?:Test|Fuzz|Benchmark)[A-Za-z0-9_]+)`")
)

// TestPortalDocument holds docs/portal.md to the truth: each promise to a customer has a row, each row names RPCs that are
// served and tests that exist, and no RPC for customers and for the office is left out.
func TestPortalDocument(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "docs", "portal.md"))
	if err != nil {
		t.Fatal(err)
	}
	served, left := map[string]bool{}, map[string]bool{}
	for _, file := range server.Files() {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			for j := range service.Methods().Len() {
				name := string(service.Name()) + "." + string(service.Methods().Get(j).Name())
				served[name] = true
				switch p := strings.Split(string(file.Package()), ".")[1]; p {
				case "portal", "identity", "backoffice", "live":
					left[name] = true
				}
			}
		}
	}
	for _, m := range documentRPC.FindAllSubmatch(text, -1) {
		if name := string(m[1]); !served[name] {
			t.Errorf("docs/portal.md names %s, which is not served", name)
		} else {
			delete(left, name)
		}
	}
	for name := range left {
		t.Errorf("docs/portal.md does not say what %s is for", name)
	}
	rows := map[string]bool{}
	for _, m := range documentRow.FindAllStringSubmatch(string(text), -1) {
		rows[m[1]] = true
		if !documentRPC.MatchString(m[3]) {
			t.Errorf("%s names no RPC", m[1])
		}
		if !documentTest.MatchString(m[4]) {
			t.Errorf("%s names no test", m[1])
		}
	}
	for i := 1; i <= 32; i++ {
		if id := fmt.Sprintf("S%02d", i); !rows[id] {
			t.Errorf("docs/portal.md has no row for %s", id)
		}
	}
	if !rows["C11"] {
		t.Error("docs/portal.md has no row for C11")
	}
	for _, m := range documentTest.FindAllStringSubmatch(string(text), -1) {
		if !declares(t, filepath.Join(root, filepath.FromSlash(m[1])), m[2]) {
			t.Errorf("docs/portal.md names %s.%s, which does not exist", m[1], m[2])
		}
	}
}

// declares tells whether a folder's Go tests have a test function of that name.
func declares(t *testing.T, folder, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(source), "\nfunc "+name+"(") {
			return true
		}
	}
	return false
}
