package wording_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// computed are the reasons that the source puts together, or takes from elsewhere, and so cannot be read from it.
var computed = []string{
	// internal/rpc/fault.go, by Connect's code
	"malformed_request", "request_too_large", "cancelled", "internal",
	// internal/fault
	"deadline_exceeded",
	// dispatch/change.go: a phone that was overtaken
	"overtaken", "wrong_state",
	// portal/readings: what is doubtful about a value
	"counter_higher", "counter_lower", "counter_too_fast", "counter_unusual", "reading_in_future", "reading_too_old",
	// portal/supplies: why something cannot be ordered
	"contract_none", "supply_not_included", "supply_retired", "supply_twice", "supply_unfit", "supply_unknown",
}

// TestEveryReasonHasWords reads the module's source for every fault's reason and compares it with the catalogues.
func TestEveryReasonHasWords(t *testing.T) {
	t.Parallel()
	given, params := reasons(t)
	for _, reason := range computed {
		given[reason] = "computed"
	}
	paths, err := filepath.Glob("catalogue/*.json")
	if err != nil || len(paths) < 2 {
		t.Fatalf("catalogues: %v %v", paths, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		words := map[string]string{}
		if err := json.Unmarshal(text, &words); err != nil {
			t.Fatal(err)
		}
		// English is in the source itself; its file only has what says more.
		if filepath.Base(path) != "en.json" {
			for _, reason := range slices.Sorted(maps.Keys(given)) {
				if words[reason] == "" {
					t.Errorf("%s has no words for %s (%s)", path, reason, given[reason])
				}
			}
		}
		for reason, text := range words {
			if given[reason] == "" && !strings.Contains(reason, ".") {
				t.Errorf("%s has words for %s, which nothing gives", path, reason)
			}
			for _, name := range regexp.MustCompile(`\{([^}]*)\}`).FindAllStringSubmatch(text, -1) {
				if !params[name[1]] {
					t.Errorf("%s: %s names the parameter %q, which no fault has", path, reason, name[1])
				}
			}
		}
	}
}

// reasons finds the reasons that the module's source gives, with the file of each, and the names of all parameters.
func reasons(t *testing.T) (given map[string]string, params map[string]bool) {
	t.Helper()
	root := filepath.Join("..", "..", "..")
	given, params = map[string]string{}, map[string]bool{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "gen" || strings.HasPrefix(entry.Name(), ".") && path != root) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			callee, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if from, ok := callee.X.(*ast.Ident); !ok || from.Name != "fault" {
				return true
			}
			place := map[string]int{"New": 1, "Wrap": 2, "NewInvalid": 1, "NewInternal": -1, "Param": 0}
			at, listed := place[callee.Sel.Name]
			if !listed && !strings.HasPrefix(callee.Sel.Name, "New") || at < 0 || at >= len(call.Args) {
				return true
			}
			text, ok := call.Args[at].(*ast.BasicLit)
			if !ok {
				return true
			}
			value, err := strconv.Unquote(text.Value)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if callee.Sel.Name == "Param" {
				params[value] = true
			} else {
				given[value] = filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return given, params
}
