package audit_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/identity"
	"utsendt/internal/postgres/pgtest"
)

// BenchmarkRead notes a page of fifty. The floor is a statement that does nothing, on the same pool.
func BenchmarkRead(b *testing.B) {
	db := pgtest.New(b)
	ctx := b.Context()
	actor := identity.Actor{PersonID: uuid.New(), Role: identity.RoleDispatcher}
	ids := make([]uuid.UUID, 50)
	for i := range ids {
		ids[i] = uuid.Must(uuid.NewV7())
	}
	var floor, took time.Duration
	for b.Loop() {
		begin := time.Now()
		if _, err := db.ExecContext(ctx, "SELECT 1"); err != nil {
			b.Fatal(err)
		}
		between := time.Now()
		if err := audit.Read(ctx, db, actor, "request.list", "request", ids...); err != nil {
			b.Fatal(err)
		}
		floor, took = floor+between.Sub(begin), took+time.Since(between)
	}
	b.ReportMetric(float64(took)/float64(floor), "x-nothing")
	b.ReportMetric(float64(took.Microseconds())/float64(b.N), "µs/note")
}
