package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// madeBy gives the major version that made the cluster, and 0 when there is none yet.
func (f folder) madeBy() (int, error) {
	text, err := os.ReadFile(filepath.Join(f.data(), "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading the version of the data: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("%s/PG_VERSION says %q", f.data(), strings.TrimSpace(string(text)))
	}
	return major, nil
}

// initCluster makes the cluster beside its place and renames it, so a crash meanwhile leaves no half one.
func initCluster(ctx context.Context, f folder, o owner, b Binaries, volatile bool) error {
	building := f.data() + ".new"
	if err := os.RemoveAll(building); err != nil {
		return fmt.Errorf("clearing a half-made cluster: %w", err)
	}
	if err := o.makePrivate(building); err != nil {
		return fmt.Errorf("making the data folder: %w", err)
	}
	args := []string{"-D", building, "-U", superuser, "--auth=trust", "--encoding=UTF8",
		"--locale=C.UTF-8", "--no-instructions"}
	if b.Major >= 17 {
		// Built in since 17, so that an upgrade of the C library cannot change the order of indexes.
		args = append(args, "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
	}
	if volatile {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(b.Dir, "initdb"), args...)
	cmd.Dir = building
	cmd.Env = childEnv()
	cmd.SysProcAttr = processAttributes(o)
	release := holdThread()
	out, err := cmd.CombinedOutput()
	release()
	if err != nil {
		return fmt.Errorf("making the cluster in %s: %w: %s", f.root, err, lastLines(string(out), 6))
	}
	if err := os.Rename(building, f.data()); err != nil {
		return fmt.Errorf("putting the cluster into place: %w", err)
	}
	return nil
}

// endFormer waits for a server of this folder that a killed parent left behind, hurries it, and removes
// the lock files it may have left. We hold the folder's lock, so nobody alive wants that server. The lock
// files must go because PostgreSQL takes any process of its user with the noted pid for the owner.
func (f folder) endFormer(ctx context.Context) error {
	pidFile := filepath.Join(f.data(), "postmaster.pid")
	started := time.Now()
	for last := syscall.Signal(0); ; {
		pid := readPID(pidFile)
		if pid == 0 || !f.serves(pid) {
			break
		}
		// Fast shutdown at once; after 15 s the immediate one, after which the next start recovers.
		next := syscall.SIGINT
		if time.Since(started) > 15*time.Second {
			next = syscall.SIGQUIT
		}
		if next != last {
			if err := syscall.Kill(pid, next); err != nil && !errors.Is(err, syscall.ESRCH) {
				return fmt.Errorf("ending the former PostgreSQL, process %d, of %s: %w", pid, f.root, err)
			}
			last = next
		}
		if !wait(ctx, 20*time.Millisecond) {
			return fmt.Errorf("the former PostgreSQL, process %d, of %s does not end: %w", pid, f.root, ctx.Err())
		}
	}
	for _, stale := range []string{
		pidFile,
		filepath.Join(f.socketDir, ".s.PGSQL.5432.lock"),
		filepath.Join(f.socketDir, ".s.PGSQL.5432"),
	} {
		if err := os.Remove(stale); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("clearing up after the former PostgreSQL: %w", err)
		}
	}
	return nil
}

// readPID reads the first line of a postmaster.pid; 0 when there is none.
func readPID(file string) int {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid < 2 {
		return 0
	}
	return pid
}
