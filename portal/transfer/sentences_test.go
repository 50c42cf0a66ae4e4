package transfer

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEveryRefusalHasWords reads the package's source: each reason has a sentence in bokmål that fits the values of each of its
// English ones, and there is no sentence that nothing says.
func TestEveryRefusalHasWords(t *testing.T) {
	t.Parallel()
	formats := map[string][]string{}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if reason, format, ok := said(call); ok {
					formats[reason] = append(formats[reason], format)
				}
			}
			return true
		})
	}
	if len(formats) < 50 {
		t.Fatalf("only %d reasons were found", len(formats))
	}
	for reason, all := range formats {
		words := sentences["nb"][reason]
		if words == "" {
			t.Errorf("%s has no words: %q", reason, all)
			continue
		}
		for _, format := range all {
			text := (&refusal{reason: reason, format: format, args: sample(format)}).in("nb")
			if text == "" || strings.Contains(text, "%!") {
				t.Errorf("%s: %q, for %q", reason, text, format)
			}
		}
	}
	for reason := range maps.Keys(sentences["nb"]) {
		if formats[reason] == nil && reason != cutOff {
			t.Errorf("nothing says %s", reason)
		}
	}
}

// said gives reason and format of a call that refuses a row or remarks on it.
func said(call *ast.CallExpr) (reason, format string, ok bool) {
	name := ""
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		name = fun.Name
	case *ast.SelectorExpr:
		name = fun.Sel.Name
	}
	place, known := map[string]int{"refuse": 2, "remark": 1}[name]
	if !known || len(call.Args) <= place {
		return "", "", false
	}
	reason, isReason := literal(call.Args[0])
	format, isFormat := literal(call.Args[place])
	return reason, format, isReason && isFormat
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// sample makes a value for each verb of a format.
func sample(format string) (args []any) {
	for _, verb := range regexp.MustCompile(`%[a-z]`).FindAllString(format, -1) {
		args = append(args, map[string]any{"%d": 3, "%g": 1.5, "%s": "x", "%q": "x"}[verb])
	}
	return args
}

func TestSentencesInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	why := refuse("out_of_range", "pages_per_minute", "%d is not between %d and %d.", 0, 1, 1000)
	last := refuse("row_too_short", "", "The row has %d cells where %d are expected.", 2, 4)
	last.last = true
	got := []string{why.in("nb"), why.in("en"), why.in("fi"), last.in("nb"), last.in("en"), refuse("no_such_reason", "", "100 % of it").in("nb")}
	want := []string{
		"0 er ikke mellom 1 og 1000.", "0 is not between 1 and 1000.", "0 is not between 1 and 1000.",
		"Raden har 2 celler der 4 er ventet. Den er den siste; filen kan være kuttet her.",
		"The row has 2 cells where 4 are expected. It is the last one; the file may have been cut off here.",
		"100 % of it",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s", fmt.Sprintf("%q", got))
	}
}
