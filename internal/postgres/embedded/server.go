package embedded

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Options say where and how to run PostgreSQL. The zero value is right for a person at their machine.
type Options struct {
	// Dir holds the data; default DefaultDir().
	Dir string
	// BinDir holds initdb and postgres; default: searched for, see FindBinaries.
	BinDir string
	// CacheDir keeps fetched programs; default /var/cache/utsendt for root, otherwise utsendt in the
	// user's cache folder.
	CacheDir string
	// Database to have; default "utsendt". Made when it is not there.
	Database string
	// MaxConnections of the server; default 100.
	MaxConnections int
	// Volatile trades the safety of the data for speed: no fsync. For tests only.
	Volatile bool
	// Settings are further server settings, for example "shared_buffers": "256MB".
	Settings map[string]string
	// StartTimeout bounds waiting for a former server to end, and for this one to be ready; default 60 s.
	StartTimeout time.Duration
}

// superuser owns the cluster. Whoever reaches the socket is it.
const superuser = "utsendt"

// Server is a running PostgreSQL.
type Server struct {
	folder   folder
	binaries Binaries
	database string
	lock     *os.File
	process  *os.Process
	exited   chan struct{} // closed when the process is gone
	exitErr  error         // set before exited is closed

	stop    sync.Once
	stopErr error
}

// Start runs PostgreSQL on Options.Dir and returns when it answers. The first start makes the cluster.
// Errors are for people: they name the folder, and quote PostgreSQL's last words.
func Start(ctx context.Context, opts Options) (_ *Server, err error) {
	if opts.Dir == "" {
		if opts.Dir, err = DefaultDir(); err != nil {
			return nil, fmt.Errorf("embedded PostgreSQL: %w", err)
		}
	}
	if opts.CacheDir == "" {
		if opts.CacheDir, err = defaultCacheDir(); err != nil {
			return nil, fmt.Errorf("embedded PostgreSQL: %w", err)
		}
	}
	opts.Database = cmp.Or(opts.Database, "utsendt")
	opts.MaxConnections = cmp.Or(opts.MaxConnections, 100)
	opts.StartTimeout = cmp.Or(opts.StartTimeout, time.Minute)

	s, err := start(ctx, opts)
	if err != nil {
		return nil, fmt.Errorf("embedded PostgreSQL: %w", err)
	}
	return s, nil
}

func start(ctx context.Context, opts Options) (_ *Server, err error) {
	f, err := newFolder(opts.Dir)
	if err != nil {
		return nil, err
	}
	lock, err := f.lock()
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = unlock(lock)
		}
	}()
	o, err := chooseOwner()
	if err != nil {
		return nil, err
	}
	if err := o.checkReach(f.root); err != nil {
		return nil, err
	}
	major, err := f.madeBy()
	if err != nil {
		return nil, err
	}
	binaries, err := FindBinaries(ctx, opts.BinDir, opts.CacheDir, major)
	if err != nil {
		return nil, err
	}
	if err := o.checkReach(binaries.Dir); err != nil {
		return nil, err
	}
	if err := o.makePrivate(f.socketDir); err != nil {
		return nil, fmt.Errorf("making the socket folder: %w", err)
	}
	if major == 0 {
		if err := initCluster(ctx, f, o, binaries, opts.Volatile); err != nil {
			return nil, err
		}
	}

	ctx, cancel := context.WithTimeout(ctx, opts.StartTimeout)
	defer cancel()
	if err := f.endFormer(ctx); err != nil {
		return nil, err
	}
	s := &Server{folder: f, binaries: binaries, database: opts.Database, lock: lock}
	if err := s.run(ctx, o, opts); err != nil {
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// run starts the process and waits until it answers. PostgreSQL's children may outlive a postmaster that
// was killed by a moment and keep the new one from starting; then it tries again.
func (s *Server) run(ctx context.Context, o owner, opts Options) error {
	for {
		logStart := logSize(s.folder.logFile())
		if err := s.launch(o, opts); err != nil {
			return err
		}
		err := s.waitReady(ctx)
		if err == nil {
			return nil
		}
		s.process.Signal(syscall.SIGINT)
		<-s.exited
		said := logSince(s.folder.logFile(), logStart)
		if ctx.Err() == nil && strings.Contains(said, "shared memory block") && strings.Contains(said, "still in use") {
			if !wait(ctx, 100*time.Millisecond) {
				return ctx.Err()
			}
			continue
		}
		return fmt.Errorf("PostgreSQL did not start in %s: %w; it said: %s", s.folder.root, err, orUnknown(lastLines(said, 6)))
	}
}

// waitReady returns when the server answers, has exited, or ctx is over.
func (s *Server) waitReady(ctx context.Context) error {
	for {
		conn, err := pgx.Connect(ctx, s.urlFor("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.exited:
			return fmt.Errorf("the process ended: %w", cmp.Or(s.exitErr, errors.New("without an error")))
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// prepare makes the database and checks that the extensions the schema needs can be had.
func (s *Server) prepare(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.urlFor("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var extension, database bool
	err = conn.QueryRow(ctx, `SELECT
		EXISTS (SELECT FROM pg_available_extensions WHERE name = 'btree_gist'),
		EXISTS (SELECT FROM pg_database WHERE datname = $1)`, s.database).Scan(&extension, &database)
	if err != nil {
		return err
	}
	if !extension {
		return fmt.Errorf("the PostgreSQL in %s lacks the extension btree_gist, which many systems pack as postgresql-contrib",
			s.binaries.Dir)
	}
	if !database {
		if _, err := conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{s.database}.Sanitize()); err != nil {
			return fmt.Errorf("making the database: %w", err)
		}
	}
	return nil
}

// URL is the connection string of the database, over the Unix socket.
func (s *Server) URL() string { return s.urlFor(s.database) }

func (s *Server) urlFor(database string) string {
	query := url.Values{"host": {s.folder.socketDir}, "port": {"5432"}, "user": {superuser}, "sslmode": {"disable"}}
	return "postgres:///" + url.PathEscape(database) + "?" + query.Encode()
}

// Dir is the folder with the data and postgres.log.
func (s *Server) Dir() string { return s.folder.root }

// Binaries tells which PostgreSQL runs.
func (s *Server) Binaries() Binaries { return s.binaries }

// Exited is closed when PostgreSQL has ended, by Stop or by itself.
func (s *Server) Exited() <-chan struct{} { return s.exited }

// Stop ends the server: open connections are cut, their transactions rolled back, everything committed is
// on disk. It waits until the process is gone and gives the folder free. Further calls do nothing.
func (s *Server) Stop() error {
	s.stop.Do(func() {
		defer func() { _ = unlock(s.lock) }()
		for _, step := range []struct {
			signal syscall.Signal
			wait   time.Duration
		}{
			{syscall.SIGINT, 30 * time.Second},  // fast shutdown
			{syscall.SIGQUIT, 10 * time.Second}, // immediate: as after a crash, recovered at the next start
			{syscall.SIGKILL, 10 * time.Second},
		} {
			if err := s.process.Signal(step.signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
				s.stopErr = fmt.Errorf("embedded PostgreSQL: stopping: %w", err)
			}
			select {
			case <-s.exited:
				return
			case <-time.After(step.wait):
			}
		}
		s.stopErr = fmt.Errorf("embedded PostgreSQL: process %d does not end", s.process.Pid)
	})
	return s.stopErr
}

// wait sleeps for d and reports whether ctx still lasts.
func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
