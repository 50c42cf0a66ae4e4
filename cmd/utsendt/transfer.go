package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"utsendt/internal/server"
	"utsendt/portal/transfer"
)

// importCmd reads files into the database.
type importCmd struct {
	database `embed:"" group:"Database"`
	Kind     string `arg:"" enum:"all,${kinds}" help:"What is in the file: ${enum}. docs/import.md has the columns; postal_codes are GeoNames files."`
	Path     string `arg:"" help:"The file, - for standard input, or with 'all' a folder as export makes it."`
	DryRun   bool   `help:"Say what would happen and change nothing."`
	Quiet    bool   `short:"q" help:"Print only refused rows and the sum."`
}

// Run imports, printing a result per row. Refused rows make it end with an error after all others were taken.
func (c *importCmd) Run(ctx context.Context, log *slog.Logger) error {
	db, err := server.Migrated(ctx, c.config(log))
	if err != nil {
		return err
	}
	defer db.Close()
	options := func(kind transfer.Kind) transfer.Options {
		return transfer.Options{DryRun: c.DryRun, OnRow: func(r transfer.RowResult) error {
			switch {
			case r.Outcome == transfer.Refused:
				fmt.Printf("%s row %d (%s): refused: %s\n", kind, r.Row, r.Key, r.Message)
			case !c.Quiet:
				fmt.Printf("%s row %d (%s): %s\n", kind, r.Row, r.Key, r.Outcome)
			}
			return nil
		}}
	}
	var sums []transfer.Summary
	if c.Kind == "all" {
		sums, err = transfer.ImportFS(ctx, db.DB, os.DirFS(c.Path), options)
	} else {
		var file io.ReadCloser = os.Stdin
		if c.Path != "-" {
			if file, err = os.Open(c.Path); err != nil {
				return err
			}
			defer file.Close() // it was only read
		}
		var sum transfer.Summary
		sum, err = transfer.Import(ctx, db.DB, transfer.Kind(c.Kind), file, options(transfer.Kind(c.Kind)))
		sums = append(sums, sum)
	}
	refused := 0
	for _, s := range sums {
		fmt.Println(s)
		refused += s.Refused
	}
	if err == nil && refused > 0 {
		return fmt.Errorf("%d rows were refused", refused)
	}
	return err
}

// exportCmd writes what importCmd reads.
type exportCmd struct {
	database `embed:"" group:"Database"`
	Kind     string `arg:"" enum:"all,${kinds}" help:"What to export: ${enum}."`
	Path     string `arg:"" optional:"" default:"-" help:"The file, or - for standard output; with 'all' a folder."`
}

// Run exports.
func (c *exportCmd) Run(ctx context.Context, log *slog.Logger) (err error) {
	db, err := server.Migrated(ctx, c.config(log))
	if err != nil {
		return err
	}
	defer db.Close()
	if c.Kind == "all" {
		if c.Path == "-" {
			return errors.New("'all' needs a folder")
		}
		return transfer.ExportAll(ctx, db.DB, c.Path)
	}
	if c.Path == "-" {
		return transfer.Export(ctx, db.DB, transfer.Kind(c.Kind), os.Stdout)
	}
	file, err := os.Create(c.Path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return transfer.Export(ctx, db.DB, transfer.Kind(c.Kind), file)
}

// kinds are what can be imported and exported, as a flag lists them.
func kinds() string {
	names := make([]string, 0, len(transfer.Kinds()))
	for _, kind := range transfer.Kinds() {
		names = append(names, string(kind))
	}
	return strings.Join(names, ",")
}
