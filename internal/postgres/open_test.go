package postgres_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

func TestOpenSaysWhyWithoutThePassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"postgres://someone:hunter2@127.0.0.1:notaport/db",
		"postgres://someone:hunter2@127.0.0.1:1/db?connect_timeout=2", // nothing listens there
		"host=/nowhere/at/all user=someone password=hunter2",
	} {
		db, err := postgres.Open(t.Context(), postgres.Config{URL: url})
		if err == nil {
			db.Close()
			t.Fatalf("opened %s", url)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the password is in %q", err)
		}
	}
}

func TestSessionsAreUTCAndNamed(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	var zone, name string
	if err := db.NewRaw("SELECT current_setting('timezone'), current_setting('application_name')").
		Scan(t.Context(), &zone, &name); err != nil {
		t.Fatal(err)
	}
	if zone != "UTC" || name != "utsendt" {
		t.Errorf("time zone %q, application %q", zone, name)
	}
}

type countingHook struct{ n atomic.Int64 }

func (h *countingHook) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context {
	return ctx
}
func (h *countingHook) AfterQuery(context.Context, *bun.QueryEvent) { h.n.Add(1) }

func TestTracingShowsStatementsWithoutArguments(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewInMemoryExporter()
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)))
	hook := &countingHook{}
	db := pgtest.Open(t, postgres.Config{Tracing: true, Hooks: []bun.QueryHook{hook}})
	type account struct {
		bun.BaseModel `bun:"table:accounts"`
		Name          string
	}
	var found []account
	err := postgres.InTx(t.Context(), db, func(ctx context.Context, tx postgres.Tx) error {
		if _, err := tx.ExecContext(ctx, "SELECT length(?)", "a secret"); err != nil {
			return err
		}
		return tx.NewSelect().Model(&found).Column("name").Where("name = ?", "a secret").Scan(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	var statements string
	for _, span := range spans.GetSpans() {
		statements += fmt.Sprintln(span.Name, span.Attributes)
	}
	if !strings.Contains(statements, "length(?)") || !strings.Contains(statements, "accounts") {
		t.Errorf("the statements are missing:\n%s", statements)
	}
	if strings.Contains(statements, "a secret") {
		t.Errorf("arguments are shown:\n%s", statements)
	}
	if hook.n.Load() < 4 { // begin, two statements, commit
		t.Errorf("the hook saw %d statements", hook.n.Load())
	}
}

// BenchmarkInTx is one change of one row; plain is the same over pgx alone. The metric is how many times
// as long InTx takes: what bun, database/sql and the bridge cost.
func BenchmarkInTx(b *testing.B) {
	db := pgtest.New(b)
	ctx := b.Context()
	if _, err := db.ExecContext(ctx, "CREATE TABLE things (id int PRIMARY KEY, n int); INSERT INTO things VALUES (1, 0)"); err != nil {
		b.Fatal(err)
	}
	var times [2]float64
	for i, run := range []func() error{
		func() error {
			return pgx.BeginFunc(ctx, db.Pool, func(tx pgx.Tx) error {
				_, err := tx.Exec(ctx, "UPDATE things SET n = n + 1 WHERE id = $1", 1)
				return err
			})
		},
		func() error {
			return postgres.InTx(ctx, db, func(ctx context.Context, tx postgres.Tx) error {
				_, err := tx.ExecContext(ctx, "UPDATE things SET n = n + 1 WHERE id = ?", 1)
				return err
			})
		},
	} {
		b.Run([]string{"plain", "intx"}[i], func(b *testing.B) {
			for b.Loop() {
				if err := run(); err != nil {
					b.Fatal(err)
				}
			}
			times[i] = float64(b.Elapsed()) / float64(b.N)
			if i == 1 && times[0] > 0 {
				b.ReportMetric(times[1]/times[0], "x-plain")
			}
		})
	}
}
