package pgtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// userEnv makes this test binary one that uses the cluster, tells its URL, and waits to be killed.
const userEnv = "UTSENDT_TEST_PGTEST_USER"

func TestMain(m *testing.M) {
	if os.Getenv(userEnv) != "" {
		url, err := cluster(context.Background())
		if err == nil {
			_, err = template(context.Background(), url)
		}
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		fmt.Println(url)
		// Killed by the test as a rule; the end of its input means that the test itself was killed.
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func startUser(t *testing.T, dir string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), userEnv+"=1", dirEnv+"="+dir)
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
	return cmd, bufio.NewReader(out)
}

// startUsers starts n at once and gives the URL on which they agree.
func startUsers(t *testing.T, dir string, n int) ([]*exec.Cmd, string) {
	t.Helper()
	cmds, outs := make([]*exec.Cmd, n), make([]*bufio.Reader, n)
	for i := range n {
		cmds[i], outs[i] = startUser(t, dir)
	}
	var url string
	for i, out := range outs {
		line, err := out.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, "postgres:") || i > 0 && line != url {
			t.Fatalf("user %d said %q, %v; the first %q", i, line, err, url)
		}
		url = line
	}
	return cmds, strings.TrimSpace(url)
}

// processes gives the pids of the keeper and of PostgreSQL, as PostgreSQL knows them.
func processes(t *testing.T, dir string) (keeper, postmaster int) {
	t.Helper()
	for file, pid := range map[string]*int{"lock": &keeper, "data/postmaster.pid": &postmaster} {
		text, err := os.ReadFile(filepath.Join(dir, "cluster", file))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Sscan(string(text), pid); err != nil {
			t.Fatal(err)
		}
	}
	return keeper, postmaster
}

func gone(pid int) bool {
	// A zombie, which whoever started it has yet to reap, is gone too.
	state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if errors.Is(err, os.ErrNotExist) {
		return syscall.Kill(pid, 0) == syscall.ESRCH
	}
	_, after, _ := strings.Cut(string(state), ") ")
	return strings.HasPrefix(after, "Z") || strings.HasPrefix(after, "X")
}

func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !cond(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for: %s", what)
		}
	}
}

func TestNothingIsLeftWhenUsersAndKeeperAreKilled(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "utsendt-pgtest-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}

	// Several test binaries at once share one cluster and one template.
	users, url := startUsers(t, dir, 4)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	var templates int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_database WHERE starts_with(datname, 'template_')").Scan(&templates); err != nil {
		t.Fatal(err)
	}
	conn.Close(t.Context())
	if templates != 1 {
		t.Errorf("%d templates", templates)
	}

	// The keeper is killed: PostgreSQL goes with it, and the next test binary has a new one.
	keeper, postmaster := processes(t, dir)
	if err := syscall.Kill(keeper, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the keeper to die", func() bool { return gone(keeper) })
	more, _ := startUsers(t, dir, 2)
	eventually(t, "the first PostgreSQL to end", func() bool { return gone(postmaster) })
	users = append(users, more...)

	// All users are killed: the keeper notices, and leaves no process and no data.
	keeper, postmaster = processes(t, dir)
	for _, user := range users {
		user.Process.Kill()
		user.Wait()
	}
	eventually(t, "the keeper and PostgreSQL to end", func() bool { return gone(keeper) && gone(postmaster) })
	if _, err := os.Stat(filepath.Join(dir, "cluster")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the data is still there: %v", err)
	}
}

func TestDatabasesOfKilledTestsAreDropped(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	admin, err := cluster(ctx)
	if err != nil {
		t.Fatal(err)
	}
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	left := fmt.Sprintf("%s%d_1", testPrefix, dead.Process.Pid)
	if err := execAdmin(ctx, admin, "CREATE DATABASE "+ident(left)+" STRATEGY FILE_COPY"); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := dropLeftovers(ctx, conn); err != nil {
		t.Fatal(err)
	}
	var there bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", left).Scan(&there); err != nil {
		t.Fatal(err)
	}
	if there {
		t.Errorf("%s, left by a process that is gone, is still there", left)
	}
}

func BenchmarkURL(b *testing.B) {
	for b.Loop() {
		URL(b)
	}
}
