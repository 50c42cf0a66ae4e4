package replay

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

func quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
}

func TestReplaySmallFile(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	var out bytes.Buffer
	cfg := Config{
		File: "testdata/requests.csv", Zone: oslo(t), Country: "NO", Technicians: 8, Seed: 3, Out: &out,
		Logger: quiet(), DatabaseURL: url,
	}
	r, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if r.Opened != 27 || r.Completed != 27 || r.Open != 0 || r.Visits < 27 || r.FixesKept == 0 || r.FixesKept != r.FixesSent {
		t.Errorf("%+v", r)
	}
	for _, want := range []string{"Rows read              52", "59.9139, 10.7522", "closed before opened", "Open at the end        0"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in:\n%s", want, out.String())
		}
	}

	// A database in use is left alone.
	if _, err := Run(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "empty database") {
		t.Errorf("a second replay on the same database: %v", err)
	}

	// The same seed decides the same.
	cfg.DatabaseURL = pgtest.URL(t)
	again, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := decisions(t, url), decisions(t, cfg.DatabaseURL); a != b {
		t.Errorf("the same seed gave:\n%s\nthen:\n%s", a, b)
	}
	if again.Kilometres != r.Kilometres || again.Until != r.Until {
		t.Errorf("%v km until %v, then %v km until %v", r.Kilometres, r.Until, again.Kilometres, again.Until)
	}
}

// decisions is who went where and when, in words.
func decisions(t *testing.T, url string) string {
	t.Helper()
	db, err := postgres.Open(t.Context(), postgres.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var text string
	if err := db.Pool.QueryRow(t.Context(), `SELECT string_agg(concat_ws(' ', r.serial_number, k.number, v.state, v.en_route_at, v.ended_at), E'\n'
		ORDER BY r.serial_number, v.assigned_at) FROM visits v JOIN service_requests r ON r.id = v.request_id
		JOIN technicians k ON k.id = v.technician_id`).Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}

// TestVerifyFindsWhatIsWrong breaks a good end in ways that the checks must see.
func TestVerifyFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	if _, err := Run(t.Context(), Config{
		File: "testdata/requests.csv", Zone: oslo(t), Country: "NO", Rows: 12, Technicians: 5, Seed: 9, Logger: quiet(), DatabaseURL: url,
	}); err != nil {
		t.Fatal(err)
	}
	db, err := postgres.Open(t.Context(), postgres.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for what, damage := range map[string]string{
		"every request has ended": `UPDATE service_requests SET state = 'to_be_scheduled', ended_at = NULL, version = version + 1
			WHERE id = (SELECT min(id::text)::uuid FROM service_requests)`,
		"every completed request has one visit that is done": `UPDATE visits SET state = 'unsolved' WHERE id = (SELECT min(id::text)::uuid FROM visits WHERE state = 'done')`,
		"no technician's visits overlap, past ones included": `UPDATE visits SET en_route_at = en_route_at - interval '5 days'
			WHERE id IN (SELECT v.id FROM visits v WHERE EXISTS (SELECT FROM visits o WHERE o.technician_id = v.technician_id
				AND o.en_route_at < v.en_route_at))`,
		"every history has a line for each version": `DELETE FROM activities WHERE sequence = 2`,
		"every request goes by one row":             `UPDATE service_requests SET serial_number = 'REPLAY-000001', version = version + 1`,
	} {
		tx, err := db.Pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), `ALTER TABLE service_requests DISABLE TRIGGER service_requests_step; `+damage); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		for _, m := range must {
			if m.what != what {
				continue
			}
			var n int
			if err := tx.QueryRow(t.Context(), m.count).Scan(&n); err != nil || n == 0 {
				t.Errorf("%q sees nothing (%v)", what, err)
			}
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReplayPublicFile(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("UTSENDT_TESTDATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	file := filepath.Join(dir, "requests", "boston311_2015H1_dev.csv.gz")
	if _, err := os.Stat(file); err != nil {
		t.Skipf("the public test data is not here: %v", err)
	}
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	r, err := Run(t.Context(), Config{
		File: file, Zone: zone, Rows: 300, Technicians: 40, Seed: 1, Out: &out, Logger: quiet(), DatabaseURL: pgtest.URL(t),
	})
	t.Logf("\n%s", out.String())
	if err != nil {
		t.Fatal(err)
	}
	if r.Input.DefaultPoint != "42.3594, -71.0587" || r.Input.Refused[refusedDefault] != 39 || r.Completed != 261 {
		t.Errorf("default point %s in %d rows, %d completed", r.Input.DefaultPoint, r.Input.DefaultRows, r.Completed)
	}
}
