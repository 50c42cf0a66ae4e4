package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"utsendt/internal/postgres"
)

// Options tune the client; the zero value is right for one server.
type Options struct {
	// MaxWorkers is how many jobs of the default queue run at once here; default 200. They are
	// goroutines and mostly wait, for a push service or for the DB's pool.
	MaxWorkers int
	// Queues are further queues beside river.QueueDefault, with their own number of workers.
	Queues map[string]river.QueueConfig
	// FetchCooldown is the least time between two fetches; default 5 ms. It bounds both the delay of a
	// job and how often this server announces new ones.
	FetchCooldown time.Duration
	// FetchPollInterval is how often to look for jobs that were not announced; default 1 s.
	FetchPollInterval time.Duration
	// PoolConns is how many connections River gets of its own; default 8.
	PoolConns int
	// MaxAttempts of a job unless its arguments say otherwise; default 25, the last some three weeks on.
	MaxAttempts int
	// JobTimeout ends a run by its context; default 1 min. A worker may set its own.
	JobTimeout time.Duration
	// Periodic jobs; the same on every server.
	Periodic []*river.PeriodicJob
	// Logger receives River's warnings and errors and each failed run; default slog.Default().
	Logger *slog.Logger
	// FastStart leaves out the random delay before maintenance starts. For tests.
	FastStart bool
}

// Client inserts jobs and, when it has workers and is started, runs them.
type Client struct {
	river *river.Client[pgx.Tx]
	pool  *pgxpool.Pool // nil for a client that only inserts

	stop    sync.Once
	stopErr error
}

// New makes a client. With workers nil it only inserts, for commands that work no jobs, and needs no Stop.
// The schema must be in place (postgres.Migrate).
func New(db *postgres.DB, workers *river.Workers, opts Options) (*Client, error) {
	logger := opts.Logger
	if logger == nil {
		logger = slog.Default()
	}
	cfg := &river.Config{
		// River tells of much at info level that nobody needs.
		Logger:      slog.New(atLeast{logger.Handler(), slog.LevelWarn}),
		MaxAttempts: opts.MaxAttempts,
		// A server that dies in the middle of a job leaves it running in the books; messages are no use an hour later.
		RescueStuckJobsAfter: 5 * time.Minute,
		// A program that only inserts does not know the workers.
		SkipUnknownJobCheck: workers == nil,
	}
	if workers == nil {
		client, err := river.NewClient(riverpgxv5.New(nil), cfg)
		if err != nil {
			return nil, fmt.Errorf("jobs: %w", err)
		}
		return &Client{river: client}, nil
	}

	cfg.Workers = workers
	cfg.Queues = map[string]river.QueueConfig{
		river.QueueDefault: {MaxWorkers: cmp.Or(opts.MaxWorkers, 200)},
	}
	maps.Copy(cfg.Queues, opts.Queues)
	cfg.FetchCooldown = cmp.Or(opts.FetchCooldown, 5*time.Millisecond)
	cfg.FetchPollInterval = max(cmp.Or(opts.FetchPollInterval, time.Second), cfg.FetchCooldown)
	cfg.JobTimeout = cmp.Or(opts.JobTimeout, time.Minute)
	cfg.PeriodicJobs = opts.Periodic
	cfg.ErrorHandler = failureLog{logger}
	cfg.TestOnly = opts.FastStart

	pool, err := ownPool(db, cmp.Or(opts.PoolConns, 8))
	if err != nil {
		return nil, err
	}
	client, err := river.NewClient(riverpgxv5.New(pool), cfg)
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return &Client{river: client, pool: pool}, nil
}

// ownPool reaches the same database over connections that only River uses. It connects when first used.
func ownPool(db *postgres.DB, conns int) (*pgxpool.Pool, error) {
	cfg := db.Pool.Config()
	cfg.MaxConns = int32(min(conns, 1000))
	cfg.MinConns, cfg.MinIdleConns = 0, 0
	// River repeats the same few statements, unlike bun, so here the statement cache pays.
	cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	cfg.ConnConfig.RuntimeParams["application_name"] = "utsendt jobs"
	pool, err := pgxpool.NewWithConfig(context.Background(), cfg)
	if err != nil {
		return nil, fmt.Errorf("jobs: opening the pool: %w", err)
	}
	return pool, nil
}

// Insert stores a job in the transaction. It runs after the commit, or never when tx is rolled back.
// opts may be nil; what it leaves out comes from the arguments' InsertOpts and the client.
func (c *Client) Insert(ctx context.Context, tx postgres.Tx, args river.JobArgs, opts *river.InsertOpts) error {
	if _, err := c.river.InsertTx(ctx, tx.PgxTx(), args, opts); err != nil {
		return fmt.Errorf("jobs: inserting a %s job: %w", args.Kind(), err)
	}
	return nil
}

// InsertMany stores many jobs in the transaction in one round trip. None is fine.
func (c *Client) InsertMany(ctx context.Context, tx postgres.Tx, jobs []river.InsertManyParams) error {
	if len(jobs) == 0 {
		return nil
	}
	if _, err := c.river.InsertManyFastTx(ctx, tx.PgxTx(), jobs); err != nil {
		return fmt.Errorf("jobs: inserting %d jobs: %w", len(jobs), err)
	}
	return nil
}

// Start begins to run jobs and returns. Jobs go on until Stop, also when ctx is over.
func (c *Client) Start(ctx context.Context) error {
	if c.pool == nil {
		return errors.New("jobs: this client only inserts")
	}
	if err := c.river.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("jobs: starting: %w", err)
	}
	return nil
}

// Stop fetches no more jobs and waits for those that run. When ctx is over first, their contexts are
// cancelled and they get five seconds more; what is then still at work is run again later, here or
// elsewhere. Further calls do nothing.
func (c *Client) Stop(ctx context.Context) error {
	if c.pool == nil {
		return nil
	}
	c.stop.Do(func() {
		err := c.river.Stop(ctx)
		if err == nil {
			c.pool.Close()
			return
		}
		hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if hardErr := c.river.StopAndCancel(hard); hardErr != nil {
			c.stopErr = fmt.Errorf("jobs: stopping: %w", errors.Join(err, hardErr))
			// Close waits for connections in use, by jobs that do not heed their context.
			go c.pool.Close()
			return
		}
		c.pool.Close()
	})
	return c.stopErr
}

// River is the client underneath, for its own pages (riverui), its events and adding queues.
func (c *Client) River() *river.Client[pgx.Tx] { return c.river }
