package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"text/tabwriter"
	"time"

	"utsendt/internal/postgres"
	"utsendt/internal/server"
)

type migrateCmd struct {
	database `embed:"" group:"Database"`
	Up       migrateUp     `cmd:"" help:"Apply what is missing. serve does so by itself."`
	Down     migrateDown   `cmd:"" help:"Take back the newest migrations, and what is in their tables."`
	Status   migrateStatus `cmd:"" help:"List the migrations and when each was applied."`
}

type migrateUp struct{}

// Run applies what is missing.
func (migrateUp) Run(ctx context.Context, log *slog.Logger, c *cli) error {
	db, err := server.Migrated(ctx, c.Migrate.config(log))
	if err != nil {
		return err
	}
	defer db.Close()
	return printMigrations(ctx, db)
}

type migrateDown struct {
	Steps int `arg:"" optional:"" default:"1" help:"How many."`
}

// Run takes migrations back.
func (m migrateDown) Run(ctx context.Context, log *slog.Logger, c *cli) error {
	db, err := server.OpenDatabase(ctx, c.Migrate.config(log))
	if err != nil {
		return err
	}
	defer db.Close()
	if err := postgres.MigrateDown(ctx, db.DB, m.Steps); err != nil {
		return err
	}
	return printMigrations(ctx, db)
}

type migrateStatus struct{}

// Run lists the migrations.
func (migrateStatus) Run(ctx context.Context, log *slog.Logger, c *cli) error {
	db, err := server.OpenDatabase(ctx, c.Migrate.config(log))
	if err != nil {
		return err
	}
	defer db.Close()
	return printMigrations(ctx, db)
}

func printMigrations(ctx context.Context, db *server.Database) error {
	list, err := postgres.MigrationStatus(ctx, db.DB)
	if err != nil {
		return err
	}
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, m := range list {
		applied := "not applied"
		if !m.AppliedAt.IsZero() {
			applied = "applied " + m.AppliedAt.UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(out, "%s\t%s\t%s\n", m.Name, m.Comment, applied)
	}
	return out.Flush()
}
