package bulk

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/portal/readings"
)

func (f *fleet) correct(t testing.TB, upload uuid.UUID, rows ...Correction) Corrected {
	t.Helper()
	done, err := f.Correct(t.Context(), f.anna, uuid.New(), upload, rows)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

var day = time.Date(2026, 6, 1, 6, 0, 0, 0, time.UTC)

func values(black, colour int64) readings.Counters {
	return readings.Counters{"black": black, "colour": colour}
}

// Bad rows are corrected in place, before and after the good ones are kept; no good row is lost by it, and the same file
// again, corrected again, changes nothing.
func TestCorrectRows(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 4)
	file := header +
		"DEMO-1;2026-06-01;08:00;100;50;;\n" +
		"DEMO-1;2026-06-10;08:00;90;60;;\n" + // lower
		"DEMO-2;2026-06-01;08:00;12.345;10;;\n" + // thousands or decimals
		"DEMO-X;2026-06-01;08:00;7;8;;\n" +
		"DEMO-3;2026-06-01;08:00;10;10;;\n" +
		"DEMO-3;2026-06-01;08:00;11;10;;\n" // the same time, other values
	u := f.check(t, file)
	expect(t, f.rows(t, u.ID), "2 kept", "3 unconfirmed counter_lower", "4 refused number_ambiguous", "5 refused device_not_found", "6 kept", "7 refused row_twice")
	rows, _, err := f.Rows(t.Context(), f.anna, u.ID, nil, readings.Page{})
	if err != nil {
		t.Fatal(err)
	}
	// What could be read of a bad row is there to start from.
	if r := rows[2]; r.Counters["colour"] != 10 || !r.TakenAt.Equal(day) || r.DeviceID == uuid.Nil {
		t.Errorf("%+v", r)
	}
	if r := rows[3]; r.Counters["black"] != 7 || !r.TakenAt.Equal(day) || r.Serial != "DEMO-X" {
		t.Errorf("%+v", r)
	}

	done := f.correct(t, u.ID,
		Correction{Row: 4, Serial: "demo-2", TakenAt: day, Counters: values(12345, 10)},
		Correction{Row: 5, Serial: "DEMO-Y", TakenAt: day, Counters: values(7, 8)})
	if len(done.Rows) != 2 || done.Rows[0].Outcome != readings.Kept || done.Rows[1].Outcome != readings.Refused || done.Upload.State != Checked {
		t.Errorf("%+v", done)
	}
	if s := done.Upload.Summary; s.Rows != 6 || s.Kept != 3 || s.Unconfirmed != 1 || s.Refused != 2 {
		t.Errorf("%+v", s)
	}
	if n := f.kept(t); n != 0 {
		t.Errorf("a dry run kept %d", n)
	}
	// The row that stood in the way of another is moved to another day: both are good, though only one was touched.
	f.correct(t, u.ID, Correction{Row: 6, Serial: "DEMO-3", TakenAt: day.AddDate(0, 0, -1), Counters: values(10, 10)})
	expect(t, f.rows(t, u.ID), "2 kept", "3 unconfirmed counter_lower", "4 kept", "5 refused device_not_found", "6 kept", "7 kept")

	u = f.apply(t, u.ID, Confirmations{})
	if n := f.kept(t); n != 4 || u.Summary.Kept != 4 || u.Summary.Unconfirmed != 1 || u.Summary.Refused != 1 {
		t.Errorf("%d readings, %+v", n, u.Summary)
	}
	// What is kept is corrected elsewhere; what is not, here.
	if _, err := f.Correct(t.Context(), f.anna, uuid.New(), u.ID, []Correction{{Row: 2, Serial: "DEMO-1", TakenAt: day, Counters: values(1, 1)}}); fault.ReasonOf(err) != "row_kept" {
		t.Error(err)
	}
	done = f.correct(t, u.ID,
		Correction{Row: 3, Serial: "DEMO-1", TakenAt: day.AddDate(0, 0, 9), Counters: values(90, 60), Reason: "Ny\nteller"},
		Correction{Row: 5, Serial: "DEMO-4", TakenAt: day, Counters: values(7, 8)})
	if s := done.Upload.Summary; done.Upload.State != Checked || s.Kept != 2 || s.Unchanged != 4 || s.Unconfirmed != 0 || s.Refused != 0 || done.Rows[0].Reason != "Ny teller" {
		t.Errorf("%+v", done)
	}
	if n := f.kept(t); n != 4 {
		t.Errorf("a dry run kept %d more", n-4)
	}
	u = f.apply(t, u.ID, Confirmations{})
	if n := f.kept(t); n != 6 || u.Summary.Kept != 2 || u.Summary.Unchanged != 4 {
		t.Errorf("%d readings, %+v", n, u.Summary)
	}

	// The same file again, and the same corrections: nothing changes.
	again := f.check(t, file)
	f.correct(t, again.ID,
		Correction{Row: 3, Serial: "DEMO-1", TakenAt: day.AddDate(0, 0, 9), Counters: values(90, 60), Reason: "Ny teller"},
		Correction{Row: 4, Serial: "DEMO-2", TakenAt: day, Counters: values(12345, 10)},
		Correction{Row: 5, Serial: "DEMO-4", TakenAt: day, Counters: values(7, 8)},
		Correction{Row: 6, Serial: "DEMO-3", TakenAt: day.AddDate(0, 0, -1), Counters: values(10, 10)})
	again = f.apply(t, again.ID, Confirmations{Rest: "alle"})
	if n := f.kept(t); n != 6 || again.Summary.Kept != 0 || again.Summary.Unchanged != 6 {
		t.Errorf("again: %d readings, %+v", n, again.Summary)
	}
}

// A correction that makes nothing better is kept as it is typed, with what is wrong.
func TestCorrectionsThatAreBad(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 2)
	u := f.check(t, header+"DEMO-1;2026-06-01;;1;1;;\nDEMO-2;2026-06-01;;1;1;;\n")
	done := f.correct(t, u.ID,
		Correction{Row: 2, Serial: "  ", Counters: values(5, 6), Reason: "x"},
		Correction{Row: 3, Serial: "DEMO-2", TakenAt: now.AddDate(0, 0, 1), Counters: readings.Counters{"black": 5, "scan": 1}})
	expect(t, f.rows(t, u.ID), "2 refused serial_missing date_missing", "3 refused counter_missing counter_unknown reading_in_future")
	if r := done.Rows[0]; r.Counters["black"] != 5 || r.Reason != "x" || r.DeviceID != uuid.Nil {
		t.Errorf("%+v", r)
	}
	// Applying now judges them no better.
	u = f.apply(t, u.ID, Confirmations{Rest: "x"})
	if n := f.kept(t); n != 0 || u.Summary.Refused != 2 {
		t.Errorf("%d readings, %+v", n, u.Summary)
	}
	ctx := t.Context()
	one := []Correction{{Row: 2, Serial: "DEMO-1", TakenAt: day, Counters: values(1, 1)}}
	for reason, err := range map[string]error{
		"row_unknown": func() error {
			_, err := f.Correct(ctx, f.anna, uuid.New(), u.ID, []Correction{{Row: 99, Serial: "DEMO-1", TakenAt: day}})
			return err
		}(),
		"upload_not_found": func() error { _, err := f.Correct(ctx, f.stranger, uuid.New(), u.ID, one); return err }(),
		"upload_unchecked": func() error {
			_, err := f.Correct(ctx, f.anna, uuid.New(), f.send(t, header+"DEMO-1;2026-06-01;;1;1;;\n"), one)
			return err
		}(),
	} {
		if fault.ReasonOf(err) != reason {
			t.Errorf("%v, want %s", err, reason)
		}
	}
	if _, err := f.Correct(ctx, identity.Actor{PersonID: uuid.New(), Role: identity.RoleDispatcher}, uuid.New(), u.ID, one); fault.KindOf(err) != fault.Forbidden {
		t.Error(err)
	}
	f.exec(t, `UPDATE country_settings SET bulk_readings = false`)
	if _, err := f.Correct(ctx, f.anna, uuid.New(), u.ID, one); fault.ReasonOf(err) != "bulk_readings_off" {
		t.Error(err)
	}
}

// Two tabs correct and apply at once: every row ends as one of them left it, and every good row is kept once.
func TestCorrectAndApplyAtOnce(t *testing.T) {
	t.Parallel()
	const n = 12
	f := newFleet(t, n)
	u := f.check(t, manyRows(n))
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			// Whoever comes after the other has applied is told that the row is kept.
			_, err := f.Correct(t.Context(), f.anna, uuid.New(), u.ID, []Correction{{Row: i + 2, Serial: "DEMO-1", TakenAt: day.Add(time.Duration(i) * time.Hour), Counters: values(int64(1000+i), int64(1000+i))}})
			if err != nil && fault.ReasonOf(err) != "row_kept" {
				t.Error(err)
			}
		})
		all.Go(func() {
			if _, err := f.Apply(t.Context(), f.anna, uuid.New(), u.ID, Confirmations{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	f.apply(t, u.ID, Confirmations{Rest: "x"})
	var booked, rows int
	if err := f.db.NewRaw(`SELECT count(*), (SELECT count(*) FROM reading_upload_rows WHERE upload_id = ? AND outcome IN ('kept', 'unchanged')) FROM meter_readings`, u.ID).
		Scan(t.Context(), &booked, &rows); err != nil {
		t.Fatal(err)
	}
	if booked != n || rows != n {
		t.Errorf("%d readings, %d rows that are kept, of %d", booked, rows, n)
	}
}
