package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"utsendt/internal/demo"
	"utsendt/internal/identity"
	"utsendt/internal/replay"
	"utsendt/internal/simulate"
)

// simulation says how lively the simulated people are.
type simulation struct {
	Speed        float64       `env:"UTSENDT_SIM_SPEED" default:"10" help:"How many times faster than life technicians drive and work."`
	RequestEvery time.Duration `env:"UTSENDT_SIM_REQUEST_EVERY" default:"20s" help:"How often a customer reports a fault, on average."`
	Dispatcher   bool          `name:"dispatcher" default:"true" negatable:"" env:"UTSENDT_SIM_DISPATCHER" help:"Let a simulated dispatcher assign. Without, it is up to you."`
	Seed         uint64        `env:"UTSENDT_SIM_SEED" default:"1" help:"What chance follows."`
}

func (s simulation) config(url string, log *slog.Logger) simulate.Config {
	cfg := simulate.Config{
		URL: url, Speed: s.Speed, RequestEvery: s.RequestEvery, Dispatch: s.Dispatcher, Seed: s.Seed, Logger: log,
	}
	for _, p := range demo.SignIns() {
		in := simulate.SignIn{UserID: p.UserID, Password: demo.Password}
		switch p.Role {
		case identity.RoleCustomer:
			cfg.Customers = append(cfg.Customers, in)
		case identity.RoleTechnician:
			cfg.Technicians = append(cfg.Technicians, in)
		case identity.RoleDispatcher:
			cfg.Dispatcher = in // the last one: the first is for whoever tries the board
		default:
		}
	}
	return cfg
}

// simulateCmd runs the simulated people against a server elsewhere.
type simulateCmd struct {
	simulation
	URL string `arg:"" optional:"" default:"http://127.0.0.1:8080" help:"Base URL of a running demo."`
}

// Run simulates until it is told to stop.
func (c *simulateCmd) Run(ctx context.Context, log *slog.Logger) error {
	return simulate.Run(ctx, c.config(c.URL, log))
}

// replayCmd drives the machine with real requests.
type replayCmd struct {
	DatabaseURL string  `env:"UTSENDT_REPLAY_DATABASE_URL" placeholder:"URL" help:"An empty database to replay on. Empty: our own PostgreSQL, thrown away afterwards."`
	File        string  `arg:"" type:"existingfile" help:"CSV, also gzipped, with columns for opened, target, latitude, longitude and type."`
	Zone        string  `default:"Europe/Oslo" env:"UTSENDT_REPLAY_ZONE" help:"Time zone of the times in the file."`
	Rows        int     `default:"5000" help:"How many rows to take."`
	Technicians int     `default:"150" help:"How many technicians to make up."`
	Speed       float64 `default:"0" help:"How many times faster than life; 0 is as fast as the machine allows."`
	Seed        uint64  `default:"1" help:"What chance follows."`
}

// Run replays and prints what came of it; an error when anything was lost or doubled.
func (c *replayCmd) Run(ctx context.Context, log *slog.Logger) error {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return err
	}
	_, err = replay.Run(ctx, replay.Config{
		File: c.File, Zone: zone, Rows: c.Rows, Technicians: c.Technicians, Speed: c.Speed, Seed: c.Seed,
		DatabaseURL: c.DatabaseURL, Out: os.Stdout, Logger: log,
	})
	return err
}
