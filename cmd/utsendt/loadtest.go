package main

import (
	"context"
	"os"

	"utsendt/internal/loadtest"
)

// loadtestCmd measures this machine.
type loadtestCmd struct {
	DatabaseURL string `env:"UTSENDT_LOADTEST_DATABASE_URL" placeholder:"URL" help:"An empty database to measure on. Empty: our own PostgreSQL in a folder that is removed afterwards."`
	Rounds      int    `default:"5" help:"Rounds of the 60 technicians' four status changes."`
	Streams     int    `default:"1000" help:"Streams open at once."`
	Changes     int    `default:"1000" help:"Changes sent while they are open."`
	Batches     int    `default:"600" help:"Batches of 100 positions."`
}

// Run measures and prints.
func (c *loadtestCmd) Run(ctx context.Context) error {
	return loadtest.Run(ctx, loadtest.Config{
		DatabaseURL: c.DatabaseURL, Rounds: c.Rounds, Streams: c.Streams, Changes: c.Changes, Batches: c.Batches,
		Out: os.Stdout,
	})
}
