package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/extra/bunotel"
)

// Clock tells the time. Production passes time.Now, tests a clock they can turn.
type Clock func() time.Time

// Config says how to reach the database.
type Config struct {
	// URL is a connection string that pgx understands: postgres://… or key=value pairs.
	URL string
	// MaxConns is the upper bound of the pool; 0 leaves pgx's default (the larger of 4 and the number
	// of CPUs) or pool_max_conns of the URL.
	MaxConns int
	// ApplicationName appears in pg_stat_activity; default "utsendt".
	ApplicationName string
	// Clock is where Tx.Now reads the time; default time.Now.
	Clock Clock
	// Tracing adds an OpenTelemetry span per query, with the statement but without its arguments.
	Tracing bool
	// Hooks are further bun query hooks, for example a logger in development.
	Hooks []bun.QueryHook
}

// DB is an open database: bun for queries (embedded), and the pgx pool under it for COPY and River.
type DB struct {
	*bun.DB
	// Pool is the one pool of connections; bun's connections come from it too.
	Pool *pgxpool.Pool

	clock Clock
}

// Open connects and pings. The caller closes the DB.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	pc, err := pgxpool.ParseConfig(cfg.URL)
	if err != nil {
		// pgx redacts the password in its message.
		return nil, fmt.Errorf("postgres: reading the connection string: %w", err)
	}
	// bun writes arguments into the SQL text, so pgx's statement cache would only cost.
	pc.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	if pc.ConnConfig.RuntimeParams["application_name"] == "" {
		pc.ConnConfig.RuntimeParams["application_name"] = orDefault(cfg.ApplicationName, "utsendt")
	}
	// Times are stored and read as instants; a server default other than UTC must not show.
	pc.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if cfg.MaxConns > 0 {
		pc.MaxConns = int32(min(cfg.MaxConns, 10_000))
	}
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("postgres: opening the pool: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("postgres: connecting: %w", err)
	}

	sqldb := stdlib.OpenDBFromPool(pool)
	// database/sql must not hoard connections of its own: the pool below keeps them.
	sqldb.SetMaxIdleConns(0)
	bundb := bun.NewDB(sqldb, pgdialect.New())
	if cfg.Tracing {
		bundb = bundb.WithQueryHook(bunotel.NewQueryHook(
			bunotel.WithDBName(pc.ConnConfig.Database),
			bunotel.WithFormattedQueries(false),
		))
	}
	for _, hook := range cfg.Hooks {
		bundb = bundb.WithQueryHook(hook)
	}

	clock := cfg.Clock
	if clock == nil {
		clock = time.Now
	}
	return &DB{DB: bundb, Pool: pool, clock: clock}, nil
}

// Now reads the clock, in UTC and to the microsecond, which is what PostgreSQL can store: a time that
// was written and read again compares equal. Inside a transaction use Tx.Now.
func (db *DB) Now() time.Time { return db.clock().UTC().Truncate(time.Microsecond) }

// URL gives the connection string the DB was opened with, for processes and pools beside it.
func (db *DB) URL() string { return db.Pool.Config().ConnString() }

// Close gives all connections back and waits for those in use.
func (db *DB) Close() error {
	err := db.DB.Close()
	db.Pool.Close()
	return err
}

func orDefault(s, def string) string {
	if s == "" {
		return def
	}
	return s
}
