package loadtest_test

import (
	"bytes"
	"strings"
	"testing"

	"utsendt/internal/loadtest"
	"utsendt/internal/postgres/pgtest"
)

// TestRunSmall measures a little of everything, to see that every part of it works; the figures do not matter.
func TestRunSmall(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := loadtest.Run(t.Context(), loadtest.Config{
		DatabaseURL: pgtest.URL(t), Rounds: 1, Streams: 30, Changes: 20, Batches: 16, BoardRequests: 300, BoardTechnicians: 500, Out: &out,
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, part := range []string{"status change", "bare UPDATE", "none missing", "bare INSERT", "bare SELECT", "500 technicians, all once a second"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("the report lacks %q:\n%s", part, &out)
		}
	}
	if !strings.Contains(out.String(), "1600 fixes") {
		t.Errorf("not all fixes were kept:\n%s", &out)
	}
	t.Logf("\n%s", &out)
}
