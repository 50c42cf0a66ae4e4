package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"utsendt/internal/demo"
	"utsendt/internal/identity"
	"utsendt/internal/postgres/pgtest"
	"utsendt/portal/transfer"
)

// utsendt runs the command with input and gives what it printed. Commands write to the process's own streams, so these
// tests run one at a time.
func utsendt(t *testing.T, input string, args ...string) (string, error) {
	t.Helper()
	in, feed := pipe(t)
	drain, out := pipe(t)
	stdin, stdout := os.Stdin, os.Stdout
	os.Stdin, os.Stdout = in, out
	defer func() { os.Stdin, os.Stdout = stdin, stdout }()
	go func() {
		_, _ = io.WriteString(feed, input) // a command that does not read leaves it
		_ = feed.Close()
	}()
	printed := make(chan string)
	go func() {
		text, _ := io.ReadAll(drain)
		printed <- string(text)
	}()
	err := run(t.Context(), args)
	_ = out.Close()
	return <-printed, err
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close(); _ = w.Close() })
	return r, w
}

func TestMigrate(t *testing.T) {
	t.Setenv("DATABASE_URL", pgtest.EmptyURL(t))
	status, err := utsendt(t, "", "migrate", "status")
	if err != nil || !strings.Contains(status, "not applied") {
		t.Fatalf("%v\n%s", err, status)
	}
	up, err := utsendt(t, "", "migrate", "up")
	if err != nil || strings.Contains(up, "not applied") || strings.Count(up, "applied") < 5 {
		t.Fatalf("%v\n%s", err, up)
	}
	down, err := utsendt(t, "", "migrate", "down", "1")
	if err != nil || strings.Count(down, "not applied") != 1 {
		t.Fatalf("%v\n%s", err, down)
	}
}

// TestImportAndExport takes the demo's files in, out again, and in once more.
func TestImportAndExport(t *testing.T) {
	t.Setenv("DATABASE_URL", pgtest.URL(t))
	in, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	for _, kind := range transfer.Kinds() {
		file, err := os.Create(filepath.Join(in, kind.FileName()))
		if err != nil {
			t.Fatal(err)
		}
		if err := demo.Write(file, kind, time.Now()); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
	first, err := utsendt(t, "", "import", "all", in)
	if err != nil || !strings.Contains(first, "created") {
		t.Fatalf("%v\n%s", err, first)
	}
	if _, err := utsendt(t, "", "export", "all", out); err != nil {
		t.Fatal(err)
	}
	again, err := utsendt(t, "", "import", "all", out)
	if err != nil || strings.Contains(again, ": created") || strings.Contains(again, ": updated") {
		t.Fatalf("%v\n%s", err, again)
	}
	// Into an empty database and out again: the same bytes.
	t.Setenv("DATABASE_URL", pgtest.URL(t))
	second := filepath.Join(t.TempDir(), "again")
	if anew, err := utsendt(t, "", "import", "all", out, "--quiet"); err != nil || strings.Contains(anew, "refused: ") {
		t.Fatalf("%v\n%s", err, anew)
	}
	if _, err := utsendt(t, "", "export", "all", second); err != nil {
		t.Fatal(err)
	}
	for _, kind := range transfer.Kinds() {
		a, errA := os.ReadFile(filepath.Join(out, kind.FileName()))
		b, errB := os.ReadFile(filepath.Join(second, kind.FileName()))
		if errA != nil || errB != nil || !bytes.Equal(a, b) || kind != transfer.CorrectedReadings && bytes.Count(a, []byte("\n")) < 2 {
			t.Errorf("%s: %d bytes, then %d (%v, %v)", kind, len(a), len(b), errA, errB)
		}
	}
	bad, err := utsendt(t, "serial_number,model,account,site\nX-1,No such model,A,B\n", "import", "devices", "-", "--dry-run")
	if err == nil || !strings.Contains(bad, "row 1") && !strings.Contains(bad, "row 2") {
		t.Fatalf("a bad row: %v\n%s", err, bad)
	}
	devices, err := utsendt(t, "", "export", "devices")
	if err != nil || strings.Count(devices, "\n") != 301 {
		t.Fatalf("%v: %d lines", err, strings.Count(devices, "\n"))
	}
}

func TestUser(t *testing.T) {
	url := pgtest.URL(t)
	t.Setenv("DATABASE_URL", url)
	if out, err := utsendt(t, "korrekt hest batteri\n", "user", "add", "Vakt", "--role", "dispatcher", "--first-name", "Demo"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err := utsendt(t, "korrekt hest batteri\n", "user", "add", "vakt", "--role", "dispatcher"); err == nil {
		t.Error("the same user ID twice")
	}
	if _, err := utsendt(t, "kort\n", "user", "add", "vakt2", "--role", "dispatcher"); err == nil {
		t.Error("a short password")
	}
	if _, err := utsendt(t, "", "user", "add", "vakt3", "--role", "dispatcher"); err == nil {
		t.Error("no password")
	}
	if _, err := utsendt(t, "korrekt hest batteri\n", "user", "add", "vakt4", "--role", "customer", "--account", "NONE"); err == nil {
		t.Error("an account that is not there")
	}
	if out, err := utsendt(t, "annen hest stifter\n", "user", "password", "VAKT", "--no-must-change"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	signIn := func(password string) error {
		cfg := database{DatabaseURL: url, MaxConns: 4}
		c := userCmd{database: cfg}
		db, people, err := c.people(t.Context(), logging{Level: "error"}.open(os.Stderr))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		_, _, _, err = people.SignIn(t.Context(), "vakt", password, identity.SessionWeb, "test", "")
		return err
	}
	if err := signIn("annen hest stifter"); err != nil {
		t.Errorf("with the new password: %v", err)
	}
	if err := signIn("korrekt hest batteri"); err == nil {
		t.Error("with the old password")
	}
	if _, err := utsendt(t, "", "user", "disable", "vakt"); err != nil {
		t.Fatal(err)
	}
	if err := signIn("annen hest stifter"); err == nil {
		t.Error("disabled")
	}
	if _, err := utsendt(t, "", "user", "disable", "nobody"); err == nil {
		t.Error("nobody was disabled")
	}
}

func TestVapid(t *testing.T) {
	t.Setenv("DATABASE_URL", pgtest.URL(t))
	one, err := utsendt(t, "", "vapid")
	if err != nil || strings.Count(one, "current") != 1 {
		t.Fatalf("%v\n%s", err, one)
	}
	if _, err := utsendt(t, "", "vapid", "rotate"); err != nil {
		t.Fatal(err)
	}
	two, err := utsendt(t, "", "vapid", "show")
	if err != nil || strings.Count(two, "\n") != 2 || strings.Count(two, "retired") != 1 {
		t.Fatalf("%v\n%s", err, two)
	}
	pair, err := utsendt(t, "", "vapid", "generate")
	if err != nil || strings.Count(pair, "UTSENDT_VAPID_") != 2 {
		t.Fatalf("%v\n%s", err, pair)
	}
}

// TestFlags: every flag is an environment variable too, and what does not fit together is refused.
func TestFlags(t *testing.T) {
	for _, args := range [][]string{
		{"serve", "--tls-cert", os.Args[0]},
		{"serve", "--vapid-public-key", "x"},
		{"serve", "--router-kind", "stars"},
		{"import", "cats", "-"},
		{"export", "all"},
		{"nonsense"},
		{},
	} {
		if out, err := utsendt(t, "", args...); err == nil {
			t.Errorf("%v was taken:\n%s", args, out)
		}
	}
	t.Setenv("UTSENDT_ROUTER_KIND", "stars")
	if _, err := utsendt(t, "", "serve"); err == nil || !strings.Contains(err.Error(), "router-kind") {
		t.Errorf("the environment is not read: %v", err)
	}
}
