package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"utsendt/internal/identity"
)

type userMigrate struct{}

// Run gives people the password hashes on standard input. They come in with their old passwords, and must choose new ones.
func (userMigrate) Run(ctx context.Context, log *slog.Logger, c *cli) error {
	db, people, err := c.User.people(ctx, log)
	if err != nil {
		return err
	}
	defer db.Close()
	return migratePeople(ctx, people, os.Stdin, os.Stdout)
}

// migratePeople reads a user ID and a hash from each line, with white space, a comma or a semicolon between. A line that
// cannot be taken is told and stops nothing; then the error says how many there were.
func migratePeople(ctx context.Context, people *identity.Service, in io.Reader, out io.Writer) error {
	taken, kept, bad := 0, 0, 0
	lines := bufio.NewScanner(in)
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		end := strings.IndexAny(line, " \t,;")
		if end < 0 {
			bad++
			fmt.Fprintf(out, "line %d: no user ID and hash\n", number)
			continue
		}
		ok, err := people.Migrate(ctx, identity.System(), line[:end], strings.Trim(line[end:], " \t,;\""))
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			bad++
			fmt.Fprintf(out, "line %d: %v\n", number, err)
		case ok:
			taken++
		default:
			kept++
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading the hashes: %w", err)
	}
	fmt.Fprintf(out, "%d people can come in with their old password; %d have one here already.\n", taken, kept)
	if bad > 0 {
		return fmt.Errorf("%d lines were not taken", bad)
	}
	return nil
}
