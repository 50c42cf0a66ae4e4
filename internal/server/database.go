package server

import (
	"context"
	"fmt"
	"log/slog"

	"utsendt/internal/postgres"
	"utsendt/internal/postgres/embedded"
)

// Database is an open database, and our own PostgreSQL under it where there is one.
type Database struct {
	*postgres.DB
	own *embedded.Server
}

// OpenDatabase opens the configured PostgreSQL or starts our own, for servers and for commands alike. It does not
// migrate.
func OpenDatabase(ctx context.Context, cfg Config) (*Database, error) {
	url := cfg.DatabaseURL
	d := &Database{}
	maxConns := cfg.MaxConns
	if maxConns == 0 {
		maxConns = 40
	}
	if url == "" {
		own, err := embedded.Start(ctx, embedded.Options{Dir: cfg.DataDir, MaxConnections: maxConns + 40})
		if err != nil {
			return nil, err
		}
		d.own, url = own, own.URL()
	}
	db, err := postgres.Open(ctx, postgres.Config{URL: url, MaxConns: maxConns, Clock: cfg.Clock, Tracing: cfg.Tracing})
	if err != nil {
		d.stop()
		return nil, err
	}
	d.DB = db
	return d, nil
}

// Exited is closed when our own PostgreSQL ended by itself; nil, which never happens, with another's.
func (d *Database) Exited() <-chan struct{} {
	if d.own == nil {
		return nil
	}
	return d.own.Exited()
}

// Close closes the pool and stops our own PostgreSQL.
func (d *Database) Close() {
	if err := d.DB.Close(); err != nil {
		slog.Warn("closing the database", "error", err)
	}
	d.stop()
}

func (d *Database) stop() {
	if d.own != nil {
		if err := d.own.Stop(); err != nil {
			slog.Warn("stopping PostgreSQL", "error", err)
		}
	}
}

// Migrated opens the database and brings its schema up to date.
func Migrated(ctx context.Context, cfg Config) (*Database, error) {
	d, err := OpenDatabase(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := postgres.Migrate(ctx, d.DB); err != nil {
		d.Close()
		return nil, fmt.Errorf("migrating the database: %w", err)
	}
	return d, nil
}
