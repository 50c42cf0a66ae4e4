package readings_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/portal/readings"
)

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestTheSameAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device(t, w.mono, w.anna)
	op := uuid.New()
	entries := []readings.Entry{black(d, time.Time{}, 100), black(uuid.New(), now, 1)}
	first, err := w.Submit(t.Context(), w.anna, op, entries)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, said(t, first), "kept", "refused device_not_found")
	w.clock.set(now.Add(time.Hour))
	second, err := w.Submit(t.Context(), w.anna, op, entries)
	if err != nil || second[0].Reading.ID != first[0].Reading.ID || !second[0].Reading.TakenAt.Equal(now) || len(said(t, second)) != 2 {
		t.Errorf("again: %+v, %v", second, err)
	}
	if _, err := w.Submit(t.Context(), w.anna, op, entries[:1]); fault.ReasonOf(err) != "operation_id_reused" {
		t.Errorf("another question: %v", err)
	}
	// The same values with another operation are the same reading; others at the same time are told what to correct.
	again, err := w.Submit(t.Context(), w.anna, uuid.New(), []readings.Entry{black(d, now, 100), black(d, now, 101, "Fordi")})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, said(t, again), "unchanged", "refused reading_exists")
	if again[0].Reading.ID != first[0].Reading.ID || again[1].Problems[0].Params["reading_id"] != first[0].Reading.ID.String() {
		t.Errorf("%+v", again)
	}
	var lines int
	if err := w.db.NewRaw(`SELECT count(*) FROM audit_trail WHERE action = 'reading.enter' AND after IS NOT NULL`).Scan(t.Context(), &lines); err != nil || lines != 1 {
		t.Errorf("%d lines in the audit trail, %v", lines, err)
	}
}

func TestOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, unfollowed, theirs := w.device(t, w.mono, w.anna), w.device(t, w.mono, w.colleague), w.device(t, w.mono, w.stranger)
	expect(t, w.submit(t, w.anna, black(mine, now, 1), black(unfollowed, now, 1), black(theirs, now, 1), black(uuid.New(), now, 1)),
		"kept", "refused device_not_found", "refused device_not_found", "refused device_not_found")
	for _, device := range []uuid.UUID{unfollowed, theirs, uuid.New()} {
		if _, _, err := w.History(t.Context(), w.anna, device, readings.Page{}); fault.ReasonOf(err) != "device_not_found" {
			t.Errorf("history: %v", err)
		}
	}
	technician := identity.Actor{PersonID: uuid.New(), Role: identity.RoleTechnician}
	for _, who := range []identity.Actor{technician, w.staff, {}} {
		if _, err := w.Submit(t.Context(), who, uuid.New(), []readings.Entry{black(mine, now, 2)}); fault.ReasonOf(err) != "customers_only" {
			t.Errorf("%s: %v", who.Role, err)
		}
		if _, _, err := w.History(t.Context(), technician, mine, readings.Page{}); fault.ReasonOf(err) != "device_not_found" {
			t.Errorf("history: %v", err)
		}
	}
	if _, err := w.EnterForCustomer(t.Context(), w.anna, uuid.New(), uuid.Nil, []readings.Entry{black(mine, now, 2)}); fault.ReasonOf(err) != "role_forbidden" {
		t.Errorf("a customer as staff: %v", err)
	}
	results, err := w.EnterForCustomer(t.Context(), w.staff, uuid.New(), uuid.Nil, []readings.Entry{black(theirs, now, 2)})
	if err != nil || results[0].Reading.Source != readings.FromStaff {
		t.Errorf("staff: %+v %v", results, err)
	}
	for n, reason := range map[int]string{0: "entries_missing", readings.MaxEntries + 1: "entries_too_many"} {
		if _, err := w.Submit(t.Context(), w.anna, uuid.New(), make([]readings.Entry, n)); fault.ReasonOf(err) != reason {
			t.Errorf("%d entries: %v", n, err)
		}
	}
}

// TestManyAtOnce: however many people enter readings of one device at once, what is kept without a reason never goes down.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d, e := w.device(t, w.mono, w.anna, w.colleague), w.device(t, w.mono, w.colleague, w.anna)
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			r := rand.New(rand.NewPCG(7, uint64(n)))
			for range 25 {
				var entries []readings.Entry
				for _, device := range []uuid.UUID{d, e, d} {
					entries = append(entries, black(device, now.Add(-time.Duration(r.IntN(40))*time.Hour), int64(r.IntN(1500))))
				}
				who := []identity.Actor{w.anna, w.colleague}[r.IntN(2)]
				if _, err := w.Submit(t.Context(), who, uuid.New(), entries); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	for _, device := range []uuid.UUID{d, e} {
		var values []int64
		if err := w.db.NewRaw(`SELECT (counters->>'black')::bigint FROM meter_readings WHERE device_id = ? AND superseded_by IS NULL
			ORDER BY taken_at`, device).Scan(t.Context(), &values); err != nil {
			t.Fatal(err)
		}
		if len(values) < 3 || !slices.IsSorted(values) {
			t.Errorf("the counter went %v", values)
		}
	}
}

func TestDatabaseRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device(t, w.mono, w.anna)
	insert := func(counters, at string) error {
		_, err := w.db.NewRaw(`INSERT INTO meter_readings (id, device_id, taken_at, counters, source, entered_at) VALUES (?, ?, ?, ?, 'import', now())`,
			uuid.New(), d, at, counters).Exec(t.Context())
		return err
	}
	for _, counters := range []string{`{}`, `[]`, `{"fax": 1}`, `{"black": -1}`, `{"black": 1.5}`, `{"black": "1"}`, `{"black": null}`, `{"black": 1000000000000}`} {
		if insert(counters, "2026-01-01") == nil {
			t.Errorf("%s is stored", counters)
		}
	}
	if err := insert(`{"black": 1}`, "2026-01-01"); err != nil {
		t.Fatal(err)
	}
	if insert(`{"black": 2}`, "2026-01-01") == nil || insert(`{"black": 1}`, "1999-01-01") == nil {
		t.Error("two valid readings at one time, or one of long ago, are stored")
	}
}
