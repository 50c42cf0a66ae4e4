package pgtest

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"utsendt/internal/postgres/embedded"
)

const (
	// keeperEnv tells a program with this package in it to be the keeper of the folder named.
	keeperEnv = "UTSENDT_PGTEST_KEEPER"
	// idle is how long the cluster waits for the next test binary before it goes.
	idle = 8 * time.Second
	// look is how often the keeper looks whether somebody uses the cluster.
	look = 250 * time.Millisecond
)

// A keeper must outlive the test binary that started it, so it is a process of its own; and it is made
// from the test binary, so that tests need nothing else built or installed.
func init() {
	if dir := os.Getenv(keeperEnv); dir != "" {
		os.Exit(keep(dir))
	}
}

// keep runs PostgreSQL until nobody has used it for a while. It owns file 3, the lock of the keeper.
func keep(dir string) int {
	lock := os.NewFile(3, keeperLock)
	// Children must not inherit it: it would seem that the keeper lives.
	syscall.CloseOnExec(3)
	defer lock.Close()
	// The environment is what marks a keeper; nothing below may take it for one.
	os.Unsetenv(keeperEnv)

	server, err := startCluster(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		publish(dir, errorFile, err.Error())
		return 1
	}
	defer removeCluster(dir)
	defer server.Stop()
	if err := publish(dir, urlFile, server.URL()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.Remove(filepath.Join(dir, urlFile))

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for lastUse := time.Now(); ; {
		select {
		case <-stop:
			return 0
		case <-server.Exited():
			fmt.Fprintln(os.Stderr, "PostgreSQL ended by itself")
			return 1
		case <-ticker.C:
		}
		if inUse(dir) {
			lastUse = time.Now()
			continue
		}
		if time.Since(lastUse) < idle {
			continue
		}
		// Under start.lock nobody can begin to use it; so look once more, and then go.
		start, err := lockFile(dir, startLock, syscall.LOCK_EX|syscall.LOCK_NB)
		if err != nil {
			continue
		}
		if inUse(dir) {
			start.Close()
			continue
		}
		// The system frees start.lock when this process ends: after the deferred calls, so whoever waits
		// for it finds PostgreSQL and the keeper gone.
		lastLock = start
		return 0
	}
}

// lastLock keeps start.lock open, and with it locked, until the keeper's process has ended.
//
//lint:ignore U1000 it is written so that the collector does not close the file
var lastLock *os.File

func startCluster(dir string) (*embedded.Server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	options := embedded.Options{
		Dir:            filepath.Join(dir, "cluster"),
		Database:       "admin",
		MaxConnections: 400,
		Volatile:       true,
		Settings: map[string]string{
			"autovacuum":      "off", // would open templates, and there is nothing to gain
			"jit":             "off",
			"wal_level":       "minimal",
			"max_wal_senders": "0",
			"max_wal_size":    "256MB",
			"shared_buffers":  "128MB",
		},
	}
	server, err := embedded.Start(ctx, options)
	if err != nil {
		// What a killed keeper left behind may be past recovering: without fsync nothing is promised.
		removeCluster(dir)
		return embedded.Start(ctx, options)
	}
	return server, nil
}

func removeCluster(dir string) {
	if err := os.RemoveAll(filepath.Join(dir, "cluster")); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// inUse reports whether any process holds the lock of the users.
func inUse(dir string) bool {
	file, err := lockFile(dir, usersLock, syscall.LOCK_EX|syscall.LOCK_NB)
	if err != nil {
		return true
	}
	file.Close()
	return false
}

// publish writes a file in one step, so that nobody reads half of it.
func publish(dir, name, text string) error {
	temporary := filepath.Join(dir, name+".new")
	if err := os.WriteFile(temporary, []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, filepath.Join(dir, name))
}
