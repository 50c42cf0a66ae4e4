package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"utsendt/internal/postgres"
	"utsendt/migrations"
)

const (
	testPrefix = "test_"
	// templateLock is the advisory lock under which the template is made.
	templateLock = 0x7067_7465_7374
)

var templates struct {
	sync.Mutex
	name string // set once the template is known to be there
}

// template gives the name of the database to clone, which it makes first when nobody has yet. It is put
// together under another name and renamed, so a half-made one is never cloned.
func template(ctx context.Context, admin string) (string, error) {
	templates.Lock()
	defer templates.Unlock()
	if templates.name != "" {
		return templates.name, nil
	}
	hash, err := schemaHash()
	if err != nil {
		return "", err
	}
	name := "template_" + hash

	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return "", err
	}
	defer conn.Close(context.WithoutCancel(ctx)) // and with it the lock
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(templateLock)); err != nil {
		return "", err
	}
	if err := dropLeftovers(ctx, conn); err != nil {
		return "", err
	}
	var made bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&made); err != nil {
		return "", err
	}
	if !made {
		if err := makeTemplate(ctx, conn, admin, name); err != nil {
			return "", err
		}
	}
	templates.name = name
	return name, nil
}

func makeTemplate(ctx context.Context, conn *pgx.Conn, admin, name string) error {
	building := name + "_building"
	for _, statement := range []string{
		"DROP DATABASE IF EXISTS " + ident(building) + " WITH (FORCE)",
		"CREATE DATABASE " + ident(building) + " TEMPLATE template0 STRATEGY FILE_COPY",
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	db, err := postgres.Open(ctx, postgres.Config{URL: databaseURL(admin, building), MaxConns: 4})
	if err != nil {
		return err
	}
	err = postgres.Migrate(ctx, db)
	if closeErr := db.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	for _, statement := range []string{
		// Whoever is connected to a template keeps it from being cloned: nobody may.
		"ALTER DATABASE " + ident(building) + " WITH ALLOW_CONNECTIONS false",
		"ALTER DATABASE " + ident(building) + " RENAME TO " + ident(name),
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// dropLeftovers drops the databases of test processes that are gone without having done so.
func dropLeftovers(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, "SELECT datname FROM pg_database WHERE starts_with(datname, $1)", testPrefix)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		process, _, _ := strings.Cut(strings.TrimPrefix(name, testPrefix), "_")
		pid, err := strconv.Atoi(process)
		if err != nil || syscall.Kill(pid, 0) != syscall.ESRCH {
			continue
		}
		// Without FORCE: a server that a killed test started may still be at work on it, and another test
		// process may be dropping the same one. The next process tries again.
		_, _ = conn.Exec(ctx, "DROP DATABASE IF EXISTS "+ident(name))
	}
	return nil
}

// schemaHash stands for everything Migrate does: our files and River's statements.
func schemaHash() (string, error) {
	hash := sha256.New()
	names, err := fs.Glob(migrations.FS, "*.up.sql")
	if err != nil {
		return "", err
	}
	for _, name := range names { // Glob sorts
		text, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(hash, "%s\n%d\n%s\n", name, len(text), text)
	}
	river, err := rivermigrate.New(riverpgxv5.New((*pgxpool.Pool)(nil)), nil)
	if err != nil {
		return "", err
	}
	for _, version := range river.AllVersions() {
		fmt.Fprintf(hash, "river %d %s\n%s\n", version.Version, version.Name, version.SQLUp)
	}
	return hex.EncodeToString(hash.Sum(nil)[:10]), nil
}

// databaseURL is admin's URL with another database.
func databaseURL(admin, name string) string {
	u, err := url.Parse(admin)
	if err != nil { // it is our own
		panic(fmt.Sprintf("pgtest: %q is no URL: %v", admin, err))
	}
	u.Path = "/" + name
	return u.String()
}
