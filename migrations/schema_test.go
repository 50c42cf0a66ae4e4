package migrations_test

import (
	"bytes"
	"context"
	"flag"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"utsendt/internal/postgres/pgtest"
	"utsendt/migrations"
)

var update = flag.Bool("update", false, "write schema.sql anew")

const schemaFile = "schema.sql"

// TestSchemaIsUpToDate compares schema.sql with what the migrations make. The text is pg_dump's, so it
// depends a little on its version: it is compared by the version that wrote it, noted in the first line.
func TestSchemaIsUpToDate(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("pg_dump")
	if err != nil {
		t.Skipf("no pg_dump to compare with: %v", err)
	}
	version := dumpVersion(t, program)
	header := "-- The schema that the migrations make. Written by `go test ./migrations -update` with pg_dump " +
		version + ".\n-- Do not edit.\n\n"

	have, err := os.ReadFile(schemaFile)
	if err != nil && !*update {
		t.Fatalf("%v; make it with: go test ./migrations -update", err)
	}
	if !*update && !bytes.HasPrefix(have, []byte(header)) {
		t.Skipf("%s was not written with pg_dump %s, which words some things differently", schemaFile, version)
	}
	want := header + normalise(dump(t, program))
	if *update {
		if err := os.WriteFile(schemaFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(have) != want {
		t.Errorf("%s is out of date; write it anew with: go test ./migrations -update\n%s", schemaFile, firstDifference(string(have), want))
	}
}

func dumpVersion(t *testing.T, program string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	match := regexp.MustCompile(`\(PostgreSQL\) (\d+)`).FindSubmatch(out)
	if match == nil {
		t.Fatalf("pg_dump --version said %q", out)
	}
	return string(match[1])
}

// dump makes a database of our migrations alone, without River's tables, and prints its schema.
func dump(t *testing.T, program string) string {
	t.Helper()
	address := pgtest.EmptyURL(t)
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	names, err := fs.Glob(migrations.FS, "*.up.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(t.Context(), string(text)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	where, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := where.Query()
	cmd := exec.CommandContext(t.Context(), program, "--schema-only", "--no-owner", "--no-privileges",
		"--host", query.Get("host"), "--port", query.Get("port"), "--username", query.Get("user"),
		"--dbname", strings.TrimPrefix(where.Path, "/"))
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil && strings.Contains(complaints.String(), "server version mismatch") {
		t.Skipf("the pg_dump on PATH is older than the PostgreSQL that tests run on: %s", complaints.String())
	}
	if err != nil {
		t.Fatalf("pg_dump: %v: %s", err, complaints.String())
	}
	return string(out)
}

// normalise drops what is about the dump and not the schema: comments, session settings, blank lines
// beyond one, and psql's \restrict lines, whose key is random.
func normalise(dump string) string {
	var b strings.Builder
	blank := true
	for line := range strings.Lines(dump) {
		text := strings.TrimRight(line, " \n")
		if strings.HasPrefix(text, "--") || strings.HasPrefix(text, "SET ") || strings.HasPrefix(text, `\`) ||
			strings.HasPrefix(text, "SELECT pg_catalog.set_config") {
			continue
		}
		if text == "" {
			if !blank {
				b.WriteString("\n")
			}
			blank = true
			continue
		}
		blank = false
		b.WriteString(text + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func firstDifference(have, want string) string {
	h, w := strings.Split(have, "\n"), strings.Split(want, "\n")
	for i := range min(len(h), len(w)) {
		if h[i] != w[i] {
			return "has:  " + h[i] + "\nwants: " + w[i]
		}
	}
	return "one is longer than the other"
}

func TestEveryMigrationHasAWayUpAndDown(t *testing.T) {
	t.Parallel()
	pattern := regexp.MustCompile(`^(\d{4}_[a-z0-9_]+)\.tx\.(up|down)\.sql$`)
	ways := map[string]int{}
	entries, err := migrations.FS.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Name() == schemaFile {
			continue
		}
		match := pattern.FindStringSubmatch(entry.Name())
		if match == nil {
			t.Errorf("%s is not called like a migration: NNNN_name.tx.up.sql", entry.Name())
			continue
		}
		ways[match[1]] |= map[string]int{"up": 1, "down": 2}[match[2]]
	}
	numbers := map[string]string{}
	for name, way := range ways {
		if way != 3 {
			t.Errorf("%s lacks its way up or down", name)
		}
		if other, taken := numbers[name[:4]]; taken {
			t.Errorf("%s and %s have the same number", name, other)
		}
		numbers[name[:4]] = name
	}
	if len(ways) == 0 {
		t.Error("there are no migrations")
	}
}
