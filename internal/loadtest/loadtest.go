package loadtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"utsendt/internal/demo"
	"utsendt/internal/identity"
	"utsendt/internal/postgres/embedded"
	"utsendt/internal/server"
)

// Config says how much to measure. Zero values take the defaults that the README's figures were made with.
type Config struct {
	// DatabaseURL of a PostgreSQL to use; empty starts our own in a new folder, with fsync on, and removes it. The
	// database is filled with the demo's fleet: never a real one.
	DatabaseURL string
	// Rounds of each of the 60 technicians' four status changes; 0 means 5.
	Rounds int
	// Streams open at once; 0 means 1,000.
	Streams int
	// Changes sent while the streams are open; 0 means 1,000.
	Changes int
	// Batches of 100 positions; 0 means 600.
	Batches int
	// BoardRequests are open on a board that is looked at, and BoardTechnicians move; 0 means 5,000 and 10,000.
	BoardRequests, BoardTechnicians int
	Out                             io.Writer
	Logger                          *slog.Logger
}

// Run measures and prints.
func Run(ctx context.Context, cfg Config) (err error) {
	defaults(&cfg)
	return withServer(ctx, cfg.DatabaseURL, server.Config{Logger: cfg.Logger, Prepare: load(ctx)}, func(ctx context.Context, r server.Ready) error {
		b := &bench{cfg: cfg, url: "http://" + r.Address, parts: r.Parts}
		return b.run(ctx)
	})
}

// withServer calls run beside a server, which is stopped afterwards. Without a database it has its own for as long.
func withServer(ctx context.Context, databaseURL string, cfg server.Config, run func(context.Context, server.Ready) error) (err error) {
	if databaseURL == "" {
		dir, err := os.MkdirTemp(tempRoot(), "utsendt-loadtest-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if err := os.Chmod(dir, 0o755); err != nil { // PostgreSQL runs as another user than root
			return err
		}
		own, err := embedded.Start(ctx, embedded.Options{Dir: filepath.Join(dir, "data")})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, own.Stop()) }()
		databaseURL = own.URL()
	}
	cfg.DatabaseURL, cfg.CallsPerSecond, cfg.Identity = databaseURL, 1e6, identity.Config{CheapHashes: true}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ready, done := make(chan server.Ready, 1), make(chan error, 1)
	go func() { done <- server.Run(ctx, cfg, func(r server.Ready) { ready <- r }) }()
	select {
	case r := <-ready:
		err = run(ctx, r)
		cancel()
		return errors.Join(err, <-done)
	case err := <-done:
		return err
	}
}

func defaults(cfg *Config) {
	set := func(n *int, to int) {
		if *n == 0 {
			*n = to
		}
	}
	set(&cfg.Rounds, 5)
	set(&cfg.Streams, 1000)
	set(&cfg.Changes, 1000)
	set(&cfg.Batches, 600)
	set(&cfg.BoardRequests, 5000)
	set(&cfg.BoardTechnicians, 10_000)
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
}

// tempRoot is a folder that PostgreSQL's user can reach; root's own temporary folder may not be.
func tempRoot() string {
	if os.Geteuid() == 0 {
		return "/var/tmp"
	}
	return ""
}

func load(ctx context.Context) func(server.Parts) error {
	return func(p server.Parts) error {
		hash, err := p.People.HashPassword(ctx, demo.Password)
		if err != nil {
			return err
		}
		_, err = demo.Load(ctx, p.DB.DB, hash)
		return err
	}
}

// bench is one run against one server.
type bench struct {
	cfg   Config
	url   string
	parts server.Parts
}

func (b *bench) run(ctx context.Context) error {
	for _, part := range []func(context.Context) error{b.statusChanges, b.streams, b.positions, b.watchedBoard} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) printf(format string, args ...any) { fmt.Fprintf(b.cfg.Out, format, args...) }

// timed measures one call.
func timed(into *samples, fn func() error) error {
	begun := time.Now()
	err := fn()
	into.add(time.Since(begun))
	return err
}
