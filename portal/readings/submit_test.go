package readings_test

import (
	"fmt"
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

func TestWhatIsPlausible(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device(t, w.mono, w.anna)
	c := w.device(t, w.colour, w.anna)
	all := func(black, colour, a3, scan int64) readings.Counters {
		return readings.Counters{"black": black, "colour": colour, "black_a3": a3, "scan": scan}
	}
	at := now.Add(-days(100))
	expect(t, w.submit(t, w.anna,
		black(d, at, 10_000),
		black(d, now.Add(6*time.Minute), 20_000), black(d, now.Add(4*time.Minute), 20_000),
		black(d, time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC), 1),
		readings.Entry{DeviceID: c, TakenAt: at, Counters: all(1, 2, 3, 4)},
		readings.Entry{DeviceID: c, TakenAt: at.Add(time.Hour), Counters: readings.Counters{"black": 5, "scan": 6}},
		readings.Entry{DeviceID: d, TakenAt: at.Add(time.Hour), Counters: readings.Counters{"black": 10_001, "fax": 6}},
		readings.Entry{DeviceID: d, TakenAt: at.Add(time.Hour), Counters: readings.Counters{"black": -1}},
		readings.Entry{DeviceID: d, TakenAt: at.Add(time.Hour), Counters: readings.Counters{"black": 1e12}},
		readings.Entry{DeviceID: d, TakenAt: at.Add(time.Hour)},
	), "kept", "refused reading_in_future", "kept", "refused reading_too_old", "kept",
		"refused counter_missing(colour) counter_missing(black_a3)", "refused counter_unknown(fax)",
		"refused counter_out_of_range(black)", "refused counter_out_of_range(black)", "refused counter_missing(black)")

	// Between what is known: no less than before, no more than after, no faster than it goes.
	expect(t, w.submit(t, w.anna,
		black(d, at.Add(days(1)), 9_999), black(d, at.Add(days(2)), 20_001), black(d, at.Add(-time.Hour), 8_169),
		black(d, at.Add(days(3)), 10_000), // as before is fine
		black(d, at.Add(-10*time.Minute), 9_669),
	), "unconfirmed counter_lower(black)", "unconfirmed counter_higher(black)", "unconfirmed counter_too_fast(black)", "kept", "unconfirmed counter_too_fast(black)")
	expect(t, w.submit(t, w.anna, black(d, at.Add(-10*time.Minute), 9_670)), "kept") // 11 minutes begun, 30 a minute

	// Sorts of pages count together, scans for themselves.
	expect(t, w.submit(t, w.anna,
		readings.Entry{DeviceID: c, TakenAt: at.Add(59 * time.Second), Counters: all(1+30, 2+29, 3+2, 4+61)},
		readings.Entry{DeviceID: c, TakenAt: at.Add(59 * time.Second), Counters: all(1+30, 2+29, 3+1, 4+60)},
	), "unconfirmed counter_too_fast(black) counter_too_fast(scan)", "kept")
}

func TestDoubtsAreConfirmedWithAReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device(t, w.mono, w.anna)
	for i := range 10 {
		expect(t, w.submit(t, w.anna, black(d, now.Add(-days(300-i*30)), int64(10_000+i*900))), "kept")
	}
	// 30 a day are usual; 1,000 are no reason to ask, nor are five times as many.
	expect(t, w.submit(t, w.anna,
		black(d, now.Add(-days(29)), 18_100+1_000, ""), black(d, now.Add(-days(28)), 18_100+1_400),
		black(d, now.Add(-days(20)), 18_100+1_001),
	), "kept", "kept", "unconfirmed counter_lower(black)")
	expect(t, w.submit(t, w.anna, black(d, now.Add(-days(10)), 40_000)), "unconfirmed counter_unusual(black)")
	expect(t, w.submit(t, w.anna, black(d, now.Add(-days(10)), 40_000, " \x00 \n ")), "unconfirmed counter_unusual(black)")

	results, err := w.Submit(t.Context(), w.anna, uuid.New(), []readings.Entry{
		black(d, now.Add(-days(10)), 40_000, "Vi trykte\nen bok"), black(d, now.Add(-days(5)), 12, "Ny teller"), black(d, now, 40, "ikke nødvendig"),
	})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, said(t, results), "kept counter_unusual(black)", "kept counter_lower(black)", "kept")
	var reasons []string
	for _, r := range results {
		reasons = append(reasons, r.Reading.Reason)
	}
	expect(t, reasons, "Vi trykte en bok", "Ny teller", "")
	history, _, err := w.History(t.Context(), w.anna, d, readings.Page{Size: 100})
	if err != nil || len(history) != 15 || history[2].Reason != "Vi trykte en bok" || history[0].EnteredBy != w.anna.PersonID {
		t.Errorf("history: %+v %v", history, err)
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
	if _, err := w.EnterForCustomer(t.Context(), w.anna, uuid.New(), []readings.Entry{black(mine, now, 2)}); fault.ReasonOf(err) != "role_forbidden" {
		t.Errorf("a customer as staff: %v", err)
	}
	results, err := w.EnterForCustomer(t.Context(), w.staff, uuid.New(), []readings.Entry{black(theirs, now, 2)})
	if err != nil || results[0].Reading.Source != readings.FromStaff {
		t.Errorf("staff: %+v %v", results, err)
	}
	for n, reason := range map[int]string{0: "entries_missing", readings.MaxEntries + 1: "entries_too_many"} {
		if _, err := w.Submit(t.Context(), w.anna, uuid.New(), make([]readings.Entry, n)); fault.ReasonOf(err) != reason {
			t.Errorf("%d entries: %v", n, err)
		}
	}
}

func TestCorrections(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device(t, w.mono, w.anna, w.colleague)
	submit := func(at time.Time, value int64) *readings.Reading {
		t.Helper()
		results, err := w.Submit(t.Context(), w.anna, uuid.New(), []readings.Entry{black(d, at, value)})
		if err != nil || results[0].Outcome != readings.Kept {
			t.Fatalf("%+v %v", results, err)
		}
		return results[0].Reading
	}
	submit(now.Add(-days(60)), 1_000)
	wrong := submit(now.Add(-days(30)), 9_000)
	correct := func(actor identity.Actor, c readings.Correction) (readings.Result, string) {
		t.Helper()
		result, err := w.Correct(t.Context(), actor, uuid.New(), c)
		if err != nil {
			return result, fault.ReasonOf(err)
		}
		return result, said(t, []readings.Result{result})[0]
	}
	to := func(id uuid.UUID, value int64) readings.Correction {
		return readings.Correction{ReadingID: id, Counters: readings.Counters{"black": value}, Reason: "Feil siffer"}
	}
	silent, future := to(wrong.ID, 1_900), to(wrong.ID, 1_900)
	silent.Reason, future.TakenAt = " ", now.Add(time.Hour)
	for want, try := range map[string]struct {
		who identity.Actor
		c   readings.Correction
	}{
		"reason_missing": {w.anna, silent}, "correction_same": {w.anna, to(wrong.ID, 9_000)}, "refused reading_in_future": {w.anna, future},
		"reading_not_found": {w.stranger, to(wrong.ID, 1_900)}, "unconfirmed counter_lower(black)": {w.anna, to(wrong.ID, 999)},
	} {
		if _, got := correct(try.who, try.c); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	// A colleague may; what it corrects stays beside it.
	right, got := correct(w.colleague, to(wrong.ID, 1_900))
	if got != "kept" {
		t.Fatal(got)
	}
	if _, got := correct(w.anna, to(wrong.ID, 1_901)); got != "reading_superseded" {
		t.Errorf("again: %s", got)
	}
	below := to(right.Reading.ID, 5)
	below.Confirm, below.TakenAt = true, now.Add(-days(29))
	if _, got := correct(w.staff, below); got != "kept counter_lower(black)" {
		t.Errorf("confirmed: %s", got)
	}
	history, next, err := w.History(t.Context(), w.anna, d, readings.Page{})
	if err != nil || next != "" || len(history) != 4 {
		t.Fatalf("%+v %q %v", history, next, err)
	}
	var lines []string
	for _, r := range history {
		lines = append(lines, fmt.Sprint(r.Counters["black"], " ", r.Valid(), " ", r.Source, " ", r.Reason))
	}
	expect(t, lines, "5 true staff Feil siffer", "1900 false customer Feil siffer", "9000 false customer ", "1000 true customer ")
	if _, got := correct(w.anna, to(history[0].ID, 1_950)); got != "reading_of_others" {
		t.Errorf("a customer corrects staff's: %s", got)
	}
	// What was superseded is no hindrance: a new reading may be lower than it.
	expect(t, w.submit(t, w.anna, black(d, now, 1_950)), "kept")
}

func TestHistoryIsPaged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device(t, w.mono, w.anna)
	for i := range 25 {
		expect(t, w.submit(t, w.anna, black(d, now.Add(-days(i)), int64(1000-i))), "kept")
	}
	var values []int64
	for page := (readings.Page{Size: 7}); ; {
		found, next, err := w.History(t.Context(), w.anna, d, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range found {
			values = append(values, r.Counters["black"])
		}
		if page.Token = next; next == "" {
			break
		}
	}
	if len(values) != 25 || !slices.IsSortedFunc(values, func(a, b int64) int { return int(b - a) }) {
		t.Errorf("pages hold %v", values)
	}
	for _, token := range []string{"x", "bnVsbA", "e30x", "eyJ0IjoiMDAwMC0wMS0wMVQwMDowMDowMFoifQ"} {
		if _, _, err := w.History(t.Context(), w.anna, d, readings.Page{Token: token}); err != nil && fault.ReasonOf(err) != "page_token_malformed" {
			t.Errorf("%q: %v", token, err)
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
