package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"

	"utsendt/internal/server"
	"utsendt/portal/transfer/archive"
)

// archiveCmd writes everything that a company keeps into a folder.
type archiveCmd struct {
	database `embed:"" group:"Database"`
	Folder   string `arg:"" help:"The folder; it is made, or empty."`
}

// Run archives.
func (c *archiveCmd) Run(ctx context.Context, log *slog.Logger) error {
	db, err := server.Migrated(ctx, c.config(log))
	if err != nil {
		return err
	}
	defer db.Close()
	manifest, err := archive.Write(ctx, db.DB, c.Folder)
	if err != nil {
		return err
	}
	printManifest(manifest)
	return nil
}

// restoreCmd reads what archiveCmd wrote.
type restoreCmd struct {
	database `embed:"" group:"Database"`
	Folder   string `arg:"" help:"The folder that archive wrote."`
}

// Run restores.
func (c *restoreCmd) Run(ctx context.Context, log *slog.Logger) error {
	db, err := server.Migrated(ctx, c.config(log))
	if err != nil {
		return err
	}
	defer db.Close()
	manifest, err := archive.Restore(ctx, db.DB, os.DirFS(c.Folder))
	if err != nil {
		return err
	}
	printManifest(manifest)
	return nil
}

func printManifest(m archive.Manifest) {
	for _, name := range slices.Sorted(maps.Keys(m.Tables)) {
		if rows := m.Tables[name].Rows; rows > 0 {
			fmt.Printf("%-22s %d\n", name, rows)
		}
	}
}
