package main

import (
	"context"
	"log/slog"
	"os"

	"utsendt/internal/loadtest"
)

// bigboardCmd serves a large board that moves.
type bigboardCmd struct {
	DatabaseURL string `env:"UTSENDT_LOADTEST_DATABASE_URL" placeholder:"URL" help:"An empty database to fill. Empty: our own PostgreSQL in a folder that is removed afterwards."`
	Listen      string `default:"127.0.0.1:0" help:"Address and port to listen on; port 0 takes a free one, which the first line names."`
	Requests    int    `default:"5000" help:"Open requests."`
	Technicians int    `default:"10000" help:"Technicians on duty."`
	Moves       int    `default:"2000" help:"Moves a second, of all technicians together."`
}

// Run serves until it is stopped.
func (c *bigboardCmd) Run(ctx context.Context, logger *slog.Logger) error {
	return loadtest.ServeBoard(ctx, loadtest.BoardConfig{
		DatabaseURL: c.DatabaseURL, Listen: c.Listen, Requests: c.Requests, Technicians: c.Technicians, Moves: c.Moves, Out: os.Stdout, Logger: logger,
	})
}
