package embedded_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"utsendt/internal/postgres/embedded"
)

// ownerEnv makes this test binary a program that owns the folder named, prints the URL and waits for its
// death.
const ownerEnv = "UTSENDT_TEST_EMBEDDED_OWNER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(ownerEnv); dir != "" {
		server, err := embedded.Start(context.Background(), options(dir))
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		fmt.Println(server.URL())
		// Killed by the test as a rule; the end of its input means that the test itself was killed.
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func options(dir string) embedded.Options {
	return embedded.Options{Dir: dir, MaxConnections: 20, Settings: map[string]string{"shared_buffers": "16MB"}}
}

// tempDir is one that PostgreSQL's user may enter, other than t.TempDir's.
func tempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "utsendt-embedded-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func start(t *testing.T, opts embedded.Options) *embedded.Server {
	t.Helper()
	server, err := embedded.Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return server
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func do(t *testing.T, url, statement string) {
	t.Helper()
	conn := connect(t, url)
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func number(t *testing.T, url, query string) (n int) {
	t.Helper()
	conn := connect(t, url)
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRestartKeepsData(t *testing.T) {
	t.Parallel()
	opts := options(filepath.Join(tempDir(t), "below", "two"))
	server := start(t, opts)
	do(t, server.URL(), "CREATE EXTENSION btree_gist; CREATE TABLE kept AS SELECT generate_series(1, 100) AS n")

	// Nothing but the socket, which is for its owner alone, and an order of text that no library can change.
	conn := connect(t, server.URL())
	var network, collation string
	if err := conn.QueryRow(t.Context(), `SELECT current_setting('listen_addresses'),
		(SELECT coalesce(datcollate, '') FROM pg_database WHERE datname = current_database())`).Scan(&network, &collation); err != nil {
		t.Fatal(err)
	}
	if network != "" || collation != "C.UTF-8" {
		t.Errorf("listens on %q, collates by %q", network, collation)
	}
	info, err := os.Stat(conn.Config().Host)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("socket folder: %v, %v", info, err)
	}

	// An open connection does not hold up the stop, and a second stop is harmless.
	for range 2 {
		if err := server.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-server.Exited():
	default:
		t.Error("Stop came back before the process was gone")
	}
	if got := number(t, start(t, opts).URL(), "SELECT count(*) FROM kept"); got != 100 {
		t.Errorf("%d of 100 rows are left", got)
	}
}

func TestSecondOwnerIsRefused(t *testing.T) {
	t.Parallel()
	opts := options(tempDir(t))
	server := start(t, opts)
	other := opts
	other.Dir = filepath.Join(opts.Dir, "data", "..") // the same by another name
	_, err := embedded.Start(t.Context(), other)
	if !errors.Is(err, embedded.ErrInUse) {
		t.Fatalf("the second start answered %v", err)
	}
	for _, want := range []string{server.Dir(), strconv.Itoa(os.Getpid())} {
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("no %q in the one line %q", want, err)
		}
	}
	do(t, server.URL(), "SELECT 1")
}

// owner runs a process that owns dir and gives its URL once PostgreSQL answers.
func owner(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), ownerEnv+"="+dir)
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "postgres:") {
		t.Fatalf("the owner said %q, %v", line, err)
	}
	return cmd, strings.TrimSpace(line)
}

func postmaster(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !cond(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for: %s", what)
		}
	}
}

func TestKilledOwnerLosesNothingCommitted(t *testing.T) {
	t.Parallel()
	dir := tempDir(t)
	rows := 0
	for range 3 {
		cmd, url := owner(t, dir)
		if rows == 0 {
			do(t, url, "CREATE TABLE kept (n int)")
		}
		rows++
		do(t, url, "INSERT INTO kept VALUES (1)")
		// Something uncommitted and busy is under way, and the next owner comes at once: the former
		// PostgreSQL may still be shutting down.
		conn := connect(t, url)
		if _, err := conn.Exec(t.Context(), "BEGIN; INSERT INTO kept SELECT generate_series(1, 1000)"); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()

		server := start(t, options(dir))
		if got := number(t, server.URL(), "SELECT count(*) FROM kept"); got != rows {
			t.Errorf("%d rows after the kill, want %d", got, rows)
		}
		if err := server.Stop(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPostgresStopsWithItsKilledOwner(t *testing.T) {
	t.Parallel()
	dir := tempDir(t)
	cmd, _ := owner(t, dir)
	pid := postmaster(t, dir)
	cmd.Process.Kill()
	cmd.Wait()
	eventually(t, "PostgreSQL to stop", func() bool { return syscall.Kill(pid, 0) == syscall.ESRCH })
}

// PostgreSQL itself is killed as well, its lock files stay, and their pid now belongs to another process.
func TestStaleLockFilesDoNotKeepItFromStarting(t *testing.T) {
	t.Parallel()
	opts := options(tempDir(t))
	server := start(t, opts)
	do(t, server.URL(), "CREATE TABLE kept AS SELECT 1 AS n")
	pidFile := filepath.Join(opts.Dir, "data", "postmaster.pid")
	text, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(postmaster(t, opts.Dir), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-server.Exited()
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\n")
	if err := os.WriteFile(pidFile, []byte(strconv.Itoa(os.Getpid())+"\n"+rest), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := number(t, start(t, opts).URL(), "SELECT count(*) FROM kept"); got != 1 {
		t.Errorf("%d rows", got)
	}
}

func TestLongFolderGetsAShortSocket(t *testing.T) {
	t.Parallel()
	opts := options(filepath.Join(tempDir(t), strings.Repeat("long/", 25)+"end"))
	server := start(t, opts)
	conn := connect(t, server.URL())
	defer conn.Close(t.Context())
	socket := conn.Config().Host
	if strings.HasPrefix(socket, opts.Dir) {
		t.Errorf("the socket is in %s", socket)
	}
	t.Cleanup(func() { os.RemoveAll(socket) })
}

func TestErrorsQuotePostgres(t *testing.T) {
	t.Parallel()
	opts := options(tempDir(t))
	opts.Settings = map[string]string{"shared_buffers": "nonsense"}
	_, err := embedded.Start(t.Context(), opts)
	if err == nil || !strings.Contains(err.Error(), "shared_buffers") || !strings.Contains(err.Error(), opts.Dir) {
		t.Fatalf("got %v", err)
	}
	// The folder is free again.
	start(t, options(opts.Dir))
}

func TestMissingAndUnreachable(t *testing.T) {
	t.Parallel()
	opts := options(tempDir(t))
	opts.BinDir = t.TempDir()
	if _, err := embedded.Start(t.Context(), opts); !errors.Is(err, embedded.ErrNoBinaries) {
		t.Errorf("got %v", err)
	}
	if os.Geteuid() != 0 {
		t.Skip("the rest is about root, who runs PostgreSQL as another user")
	}
	closed := t.TempDir()
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	opts = options(filepath.Join(closed, "data"))
	if _, err := embedded.Start(t.Context(), opts); err == nil || !strings.Contains(err.Error(), "may not enter") {
		t.Errorf("got %v", err)
	}
}
