// Command utsendt is the whole of Utsendt in one program: the server with its own PostgreSQL and the web apps, and
// the commands that feed and tend it. `utsendt --help` teaches.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // positions of sites need time zones on machines without zone files

	"github.com/alecthomas/kong"

	"utsendt/internal/fault"
)

// cli is every command and flag. Each flag may be given as an environment variable too.
type cli struct {
	Logging logging          `embed:"" prefix:"log-" group:"Logging"`
	Version kong.VersionFlag `help:"Print the version and stop."`

	Serve    serveCmd    `cmd:"" help:"Serve the API and the web apps."`
	Demo     demoCmd     `cmd:"" help:"Serve with a made-up fleet and simulated people: try everything at once."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the database's schema up or down, or say how it stands."`
	Import   importCmd   `cmd:"" help:"Import accounts, sites, devices, contracts, technicians, people or postal codes."`
	Export   exportCmd   `cmd:"" help:"Export what import reads."`
	Archive  archiveCmd  `cmd:"" help:"Write everything that a company keeps into a folder, history and photos too."`
	Restore  restoreCmd  `cmd:"" help:"Bring such a folder into an empty database, as it was."`
	User     userCmd     `cmd:"" help:"Add people, set their password, disable them."`
	Vapid    vapidCmd    `cmd:"" help:"The keys that sign web push."`
	Simulate simulateCmd `cmd:"" help:"Let made-up customers and technicians use a running demo."`
	Replay   replayCmd   `cmd:"" help:"Drive the machine with real service requests from a CSV file."`
	Loadtest loadtestCmd `cmd:"" help:"Measure this machine: status changes, streams, positions."`
	Bigboard bigboardCmd `cmd:"" help:"Serve a board with thousands of made-up requests and technicians who move, to measure browsers with."`
}

const description = `Utsendt takes a fault on an office printer from the customer's click to the technician at the door.

  utsendt demo     everything at once, on http://127.0.0.1:8080, with a made-up fleet
  utsendt serve    the same without the made-up things

Without a DATABASE_URL it starts a PostgreSQL of its own and keeps the data between runs.`

func main() {
	// SIGINT and SIGTERM stop in order; the second one at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "utsendt:", explain(err))
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	var c cli
	parser, err := kong.New(&c, kong.Name("utsendt"), kong.Description(description), kong.UsageOnError(),
		kong.DefaultEnvars("UTSENDT"), kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 110}), kong.Vars{"version": version(), "kinds": kinds()},
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		var usage *kong.ParseError
		if errors.As(err, &usage) {
			_ = usage.Context.PrintUsage(true) // the error itself follows
		}
		return err
	}
	logger := c.Logging.open(os.Stderr)
	slog.SetDefault(logger)
	return parsed.Run(logger)
}

// explain shows a fault's message, which is made for people, and any other error as it is.
func explain(err error) string {
	var f *fault.Error
	if errors.As(err, &f) && f.Kind != fault.Internal {
		if f.Field != "" {
			return f.Message + " (" + f.Field + ")"
		}
		return f.Message
	}
	return err.Error()
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return info.Main.Version
}

// logging says what is logged and how.
type logging struct {
	Level  string `enum:"debug,info,warn,error" default:"info" env:"UTSENDT_LOG_LEVEL" help:"Least level that is logged: ${enum}."`
	Format string `enum:"text,json" default:"text" env:"UTSENDT_LOG_FORMAT" help:"Form of the log: ${enum}."`
}

func (l logging) open(out *os.File) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(l.Level)); err != nil {
		level = slog.LevelInfo // the enum lets no other through
	}
	opts := &slog.HandlerOptions{Level: level}
	if l.Format == "json" {
		return slog.New(slog.NewJSONHandler(out, opts))
	}
	return slog.New(slog.NewTextHandler(out, opts))
}
