package replay

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"os"
	"runtime"
	"time"

	"utsendt/internal/identity"
	"utsendt/internal/postgres/embedded"
	"utsendt/internal/server"
	"utsendt/internal/simulate/client"
)

// Config says what to replay and on what.
type Config struct {
	// File is a CSV file, gzipped or not.
	File string
	// Zone is the time zone of the file's times; it must be given.
	Zone *time.Location
	// Country is the ISO 3166-1 code of the file's addresses; empty means US, where such files are published.
	Country string
	// Rows is how many rows are read; 0 means 5000.
	Rows int
	// Technicians is how many are made up; 0 means 150.
	Technicians int
	// Speed is how many times faster than life the clock runs, to watch it; 0 is as fast as the machine allows.
	Speed float64
	// Seed of all choices.
	Seed uint64
	// Out gets the result in words; nil means nowhere.
	Out io.Writer
	// Logger gets the progress and what the server says; nil means slog.Default().
	Logger *slog.Logger
	// DatabaseURL of an empty PostgreSQL database. Without one our own is started: in DataDir, where it stays, or in a
	// temporary folder that is removed.
	DatabaseURL, DataDir string
}

// patience is how long after the last request was opened the replay still waits for ends, in simulated time.
const patience = 30 * 24 * time.Hour

// Run replays the file and checks the result. The error says which checks failed, or what went wrong before.
func Run(ctx context.Context, cfg Config) (Result, error) {
	if cfg.Zone == nil {
		return Result{}, errors.New("the time zone of the file's times must be given")
	}
	cfg.Rows, cfg.Technicians = cmp.Or(cfg.Rows, 5000), cmp.Or(cfg.Technicians, 150)
	cfg.Country = cmp.Or(cfg.Country, "US")
	if cfg.Out == nil {
		cfg.Out = io.Discard
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	begun := time.Now()
	in, err := readFile(ctx, cfg.File, cfg.Zone, cfg.Rows)
	if err != nil {
		return Result{}, err
	}
	result := Result{Input: in.summary(), Technicians: cfg.Technicians}
	if len(in.rows) == 0 {
		result.Print(cfg.Out)
		return result, errors.New("the file holds no row that can be replayed")
	}
	url, release, err := database(ctx, cfg)
	if err != nil {
		return result, err
	}
	defer release()
	err = serveAndReplay(ctx, cfg, url, in, &result)
	result.Took = time.Since(begun)
	result.Print(cfg.Out)
	if err == nil {
		err = result.Err()
	}
	return result, err
}

// database gives the URL of the PostgreSQL to use.
func database(ctx context.Context, cfg Config) (url string, release func(), err error) {
	if cfg.DatabaseURL != "" {
		return cfg.DatabaseURL, func() {}, nil
	}
	dir, remove := cfg.DataDir, func() {}
	if dir == "" {
		if dir, err = os.MkdirTemp("", "utsendt-replay-"); err != nil {
			return "", nil, err
		}
		remove = func() {
			if err := os.RemoveAll(dir); err != nil {
				cfg.Logger.Warn("the temporary folder stays behind", "folder", dir, "error", err)
			}
		}
		// PostgreSQL runs as another user when we are root.
		if err := os.Chmod(dir, 0o711); err != nil {
			remove()
			return "", nil, err
		}
	}
	// What is thrown away afterwards needs no fsync.
	own, err := embedded.Start(ctx, embedded.Options{Dir: dir, Volatile: cfg.DataDir == ""})
	if err != nil {
		remove()
		return "", nil, err
	}
	return own.URL(), func() {
		if err := own.Stop(); err != nil {
			cfg.Logger.Warn("stopping PostgreSQL", "error", err)
		}
		remove()
	}, nil
}

// serveAndReplay runs a server around the replay.
func serveAndReplay(ctx context.Context, cfg Config, url string, in *input, result *Result) error {
	clock := newClock(in.rows[0].opened.Add(-time.Hour).Truncate(time.Minute))
	crew := members(in.rows, cfg.Technicians, cfg.Seed)
	password := rand.Text()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ready, ended := make(chan server.Ready, 1), make(chan error, 1)
	go func() {
		ended <- server.Run(ctx, server.Config{
			DatabaseURL: url, Logger: cfg.Logger, Clock: clock.Now, CallsPerSecond: 1e6,
			Identity: identity.Config{CheapHashes: true},
			// All positions are counted at the end.
			PositionRetention: 100 * 365 * 24 * time.Hour, OperationRetention: 100 * 365 * 24 * time.Hour,
			Prepare: func(p server.Parts) error {
				return load(ctx, p, files(in.rows, crew, cfg.Country, cfg.Zone), password)
			},
		}, func(r server.Ready) { ready <- r })
	}()
	select {
	case err := <-ended:
		return err
	case r := <-ready:
		api := client.New(r.URL, nil, nil)
		defer api.Close()
		w := newWorld(cfg, api, clock, in.rows, crew, password)
		err := w.prepare(ctx)
		if err == nil {
			err = w.play(ctx)
		}
		if err == nil {
			err = verify(ctx, r.Parts.DB.Pool, w, result)
		}
		cancel()
		return errors.Join(err, <-ended)
	}
}

// parallel is how many technicians call at once: enough to keep every core busy, since half the time is PostgreSQL's.
func parallel() int { return 4 * runtime.GOMAXPROCS(0) }

// progress tells how far the replay is, once for each simulated day.
func (w *world) progress(at time.Time) {
	if day := at.In(w.zone).Format(time.DateOnly); day != w.day {
		w.day = day
		w.log.Info("replaying", "day", day, "requests_open_or_to_come", w.office.open.Load())
	}
}
