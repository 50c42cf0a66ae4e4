package audit_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

// TestRecent: the same look again within a minute leaves no second line, anything else does, and so does a failure.
func TestRecent(t *testing.T) {
	t.Parallel()
	var now atomic.Int64
	now.Store(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixMicro())
	db := pgtest.Open(t, postgres.Config{Clock: func() time.Time { return time.UnixMicro(now.Load()) }})
	me := identity.Actor{PersonID: uuid.New(), Role: identity.RoleDispatcher, Address: "192.0.2.1"}
	elsewhere, colleague := me, me
	elsewhere.Address, colleague.PersonID = "192.0.2.2", uuid.New()
	one, two := uuid.New(), uuid.New()
	var recent audit.Recent
	want := 0
	read := func(new int, actor identity.Actor, action string, ids ...uuid.UUID) {
		t.Helper()
		if err := recent.Read(t.Context(), db, actor, action, "request", ids...); err != nil {
			t.Fatal(err)
		}
		want += new
		var lines int
		if err := db.NewRaw("SELECT count(*) FROM personal_data_reads").Scan(t.Context(), &lines); err != nil || lines != want {
			t.Fatalf("%d lines, %v; want %d", lines, err, want)
		}
	}
	read(1, me, "request.list", one, two)
	read(0, me, "request.list", one, two)
	read(1, me, "request.list", one)
	read(1, me, "request.get", one)
	read(1, elsewhere, "request.get", one)
	read(1, colleague, "request.get", one)
	read(0, me, "request.get")
	now.Add(time.Minute.Microseconds())
	read(1, me, "request.list", one, two)
	now.Add(-time.Hour.Microseconds()) // a clock set back
	read(1, me, "request.list", one, two)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := recent.Read(cancelled, db, me, "request.list", "request", two); err == nil {
		t.Fatal("noted without a database")
	}
	read(1, me, "request.list", two)
}
