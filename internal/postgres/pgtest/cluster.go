package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The folder of the cluster holds:
//
//	start.lock   exclusive: whoever starts or stops the cluster
//	users.lock   shared: every process that uses it, for as long as it lives
//	keeper.lock  exclusive: the keeper, for as long as it lives
//	url          the connection string, there while PostgreSQL runs
//	error        why the last keeper could not start it
//	keeper.log   what the keeper says
//	cluster/     PostgreSQL's own folder, see package embedded
const (
	startLock, usersLock, keeperLock = "start.lock", "users.lock", "keeper.lock"
	urlFile, errorFile, keeperLog    = "url", "error", "keeper.log"
)

// layout names the version of the above; other checkouts of the project share the cluster.
const layout = "1"

// enoughMemory is how much /dev/shm must have free to be used, in bytes.
const enoughMemory = 1 << 30

var shared struct {
	sync.Mutex
	url   string
	users *os.File // kept open: holds the shared lock
}

// cluster gives the connection string of the running cluster's own database, starting it when needed.
func cluster(ctx context.Context) (string, error) {
	shared.Lock()
	defer shared.Unlock()
	if shared.url != "" {
		return shared.url, nil
	}
	dir := clusterDir()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	start, err := lockFile(dir, startLock, syscall.LOCK_EX)
	if err != nil {
		return "", err
	}
	defer start.Close()
	users, err := lockFile(dir, usersLock, syscall.LOCK_SH)
	if err != nil {
		return "", err
	}
	// From here on the keeper, if there is one, does not stop.
	url, err := ensureKeeper(ctx, dir)
	if err != nil {
		users.Close()
		return "", err
	}
	shared.url, shared.users = url, users
	return url, nil
}

// dirEnv chooses another folder for the cluster.
const dirEnv = "UTSENDT_PGTEST_DIR"

// clusterDir is dirEnv's when that is set, otherwise in memory when there is enough of it, and apart for each user, because of the rights.
func clusterDir() string {
	if dir := os.Getenv(dirEnv); dir != "" {
		return dir
	}
	name := fmt.Sprintf("utsendt-pgtest-%s-%d", layout, os.Geteuid())
	const memory = "/dev/shm"
	if _, err := os.Stat(filepath.Join(memory, name, urlFile)); err == nil {
		return filepath.Join(memory, name) // in use: the memory it takes must not drive others elsewhere
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(memory, &fs); err == nil && uint64(fs.Bavail)*uint64(fs.Bsize) >= enoughMemory {
		if probe, err := os.MkdirTemp(memory, name+"-probe-"); err == nil {
			os.Remove(probe)
			return filepath.Join(memory, name)
		}
	}
	return filepath.Join(os.TempDir(), name)
}

// ensureKeeper starts a keeper unless one lives, and waits for the URL. Call it under start.lock.
func ensureKeeper(ctx context.Context, dir string) (string, error) {
	if !keeperLives(dir) {
		for _, stale := range []string{urlFile, errorFile} {
			if err := os.Remove(filepath.Join(dir, stale)); err != nil && !errors.Is(err, os.ErrNotExist) {
				return "", err
			}
		}
		if err := startKeeper(dir); err != nil {
			return "", fmt.Errorf("starting the keeper of PostgreSQL: %w", err)
		}
	}
	for {
		if url, err := os.ReadFile(filepath.Join(dir, urlFile)); err == nil {
			return string(url), nil
		}
		if reason, err := os.ReadFile(filepath.Join(dir, errorFile)); err == nil {
			return "", errors.New(string(reason))
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(dir, keeperLog))
			return "", fmt.Errorf("PostgreSQL did not start: %w; its keeper said: %s", ctx.Err(), strings.TrimSpace(string(log)))
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// keeperLives reports whether a process holds keeper.lock.
func keeperLives(dir string) bool {
	file, err := lockFile(dir, keeperLock, syscall.LOCK_EX|syscall.LOCK_NB)
	if err != nil {
		return true
	}
	file.Close()
	return false
}

// startKeeper runs this very program again as the keeper (see init in keeper.go), apart from our session
// so that neither Ctrl-C nor the end of this process reaches it. It holds none of our pipes, else go test
// would wait for it.
func startKeeper(dir string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(dir, keeperLog), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	// The lock goes over to the keeper as an open file, so there is no moment without it.
	held, err := lockFile(dir, keeperLock, syscall.LOCK_EX|syscall.LOCK_NB)
	if err != nil {
		return err
	}
	defer held.Close()
	cmd := exec.Command(self)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), keeperEnv+"="+dir)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{held}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	return cmd.Process.Release()
}

func lockFile(dir, name string, how int) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(file.Fd()), how)
		if err == nil {
			return file, nil
		}
		if !errors.Is(err, syscall.EINTR) {
			file.Close()
			return nil, fmt.Errorf("locking %s: %w", name, err)
		}
	}
}
