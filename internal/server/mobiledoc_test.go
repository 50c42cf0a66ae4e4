package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"utsendt/internal/demo"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

// example is one of the document's: a piece of shell, and what it answers.
type example struct {
	line         int
	shell, reply string
}

var documentBlock = regexp.MustCompile("(?ms)^```(sh|json)\n(.*?)^```$")

// examples reads the document's in their order; a reply belongs to the shell before it.
func examples(t *testing.T, document string) (all []example) {
	t.Helper()
	for _, m := range documentBlock.FindAllStringSubmatchIndex(document, -1) {
		line := strings.Count(document[:m[0]], "\n") + 1
		text := document[m[4]:m[5]]
		if document[m[2]:m[3]] == "sh" {
			all = append(all, example{line: line, shell: text})
			continue
		}
		if len(all) == 0 || all[len(all)-1].reply != "" {
			t.Fatalf("line %d: a reply without a call", line)
		}
		all[len(all)-1].reply = text
	}
	return all
}

// TestMobileDocument runs the examples of docs/mobile.md, in their order, in one shell against a real server, and compares what
// they answer with what the document says; reasons and RPCs that it names exist.
func TestMobileDocument(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "curl", "jq", "xxd", "base64", "sha256sum"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the examples of docs/mobile.md need %s, which is not here", tool)
		}
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "mobile.md"))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	dir := t.TempDir()
	picture := filepath.Join(dir, "photo.jpg")
	if err := os.WriteFile(picture, photo(t, 77), 0o600); err != nil {
		t.Fatal(err)
	}
	all := examples(t, string(text))
	script := strings.Builder{}
	script.WriteString("set -euo pipefail\n")
	for i, e := range all {
		fmt.Fprintf(&script, "{\n%s} >%s/%d\n", e.shell, dir, i)
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-c", script.String())
	cmd.Env = append(os.Environ(), "URL="+w.URL, "USER_ID=tekniker01", "PASSWORD="+demo.Password, "PHOTO="+picture, "TOKEN=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("the examples end with %v: %s", err, out)
	}
	compared := 0
	for i, e := range all {
		if e.reply == "" {
			continue
		}
		compared++
		var want, got any
		if err := json.Unmarshal([]byte(e.reply), &want); err != nil {
			t.Errorf("line %d: the reply is no JSON: %v", e.line, err)
			continue
		}
		out, err := os.ReadFile(filepath.Join(dir, fmt.Sprint(i)))
		if err != nil {
			t.Errorf("line %d: %v", e.line, err)
			continue
		}
		for d := json.NewDecoder(bytes.NewReader(out)); d.More(); { // the last one counts
			got = nil
			if err := d.Decode(&got); err != nil {
				t.Errorf("line %d: answered %s", e.line, out)
				break
			}
		}
		if where := missing(want, got, ""); where != "" {
			t.Errorf("line %d: %s is not as the document says: %s", e.line, where, out)
		}
	}
	if compared < 15 {
		t.Errorf("only %d answers compared", compared)
	}

	words, err := os.ReadFile(filepath.Join("..", "fault", "wording", "catalogue", "nb.json"))
	if err != nil {
		t.Fatal(err)
	}
	var reasons map[string]string
	if err := json.Unmarshal(words, &reasons); err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| code | reasons")
	table, _, _ = strings.Cut(table, "\n\n")
	for _, row := range strings.Split(table, "\n")[2:] {
		for _, m := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(strings.Split(row, "|")[2], -1) {
			if reasons[m[1]] == "" {
				t.Errorf("the document names the reason %s, which nothing gives", m[1])
			}
		}
	}
	methods := mobilev1.File_utsendt_mobile_v1_mobile_service_proto.Services().Get(0).Methods()
	for i := range methods.Len() {
		name := string(methods.Get(i).Name())
		if name != "StreamPositions" && !regexp.MustCompile(`\b`+name+`\b`).Match(text) {
			t.Errorf("the document does not mention %s", name)
		}
	}
}

// missing says where got lacks something of want: all keys and elements of want must be there, "…" stands for anything but
// nothing.
func missing(want, got any, at string) string {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return at + " (no object)"
		}
		for key, value := range want {
			if where := missing(value, object[key], at+"."+key); where != "" {
				return where
			}
		}
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) < len(want) {
			return at + " (a shorter list)"
		}
		for i := range want {
			if where := missing(want[i], list[i], fmt.Sprintf("%s[%d]", at, i)); where != "" {
				return where
			}
		}
	default:
		if want == "…" && got != nil && got != "" || want == got {
			return ""
		}
		return fmt.Sprintf("%s (%v)", at, got)
	}
	return ""
}
