package bulk

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/portal/readings"
)

func TestUpload(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 4)
	f.exec(t, `UPDATE registrations SET reminders = false WHERE device_id = (SELECT id FROM devices WHERE serial_number = 'DEMO-4')`)
	f.exec(t, `INSERT INTO devices (id, serial_number, model_id, account_id, site_id, created_at, updated_at)
		SELECT gen_random_uuid(), 'DEMO-5', model_id, account_id, site_id, now(), now() FROM devices LIMIT 1`) // nobody follows it
	file := header +
		"demo-1;2026-05-31;;100;50;0;\n" + // a counter the model does not have, at nought
		"DEMO-1;2026-06-10;;90;60;;\n" + // lower
		"DEMO-1;2026-06-11;;95;61;;Ny teller\n" + // lower, with a reason in the file
		"DEMO-2;2026-06-16;;1;1;;\n" + // tomorrow
		"DEMO-2;2026-06-15;11:59;10;10;;\n" +
		"DEMO-2;2026-06-15;11:59;10;11;;\n" + // the same time, other values
		"DEMO-2;2026-06-15;11:59;10;10;;\n" + // and once more
		"DEMO-3;2026-06-14;;1 000;;;\n" + // no colour
		"DEMO-3;2026-06-14;;1.000;1;;\n" +
		"DEMO-3;2026-06-13;;1000;1;7;\n" + // a counter the model does not have
		"DEMO-4;2026-06-14;;1;1;;\nDEMO-5;2026-06-14;;1;1;;\nDEMO-6;2026-06-14;;1;1;;\n"
	u := f.check(t, file)
	told := []string{
		"2 kept", "3 unconfirmed counter_lower", "4 kept counter_lower", "5 refused reading_in_future", "6 kept", "7 refused row_twice", "8 unchanged",
		"9 refused counter_missing", "10 refused number_ambiguous", "11 refused counter_unknown", "12 refused reminders_off",
		"13 refused device_not_found", "14 refused device_not_found",
	}
	expect(t, f.rows(t, u.ID), told...)
	expect(t, f.rows(t, u.ID, readings.Unconfirmed, readings.Unchanged), "3 unconfirmed counter_lower", "8 unchanged")
	if s := u.Summary; u.State != Checked || s.Rows != 13 || s.Kept != 3 || s.Unchanged != 1 || s.Unconfirmed != 1 || s.Refused != 8 || s.Separator != ";" {
		t.Errorf("%+v", s)
	}
	if n := f.kept(t); n != 0 {
		t.Errorf("a dry run kept %d", n)
	}
	u = f.apply(t, u.ID, Confirmations{})
	expect(t, f.rows(t, u.ID), told...)
	if n := f.kept(t); n != 3 || u.State != Applied || u.Summary.Kept != 3 {
		t.Errorf("%d readings, %+v", n, u.Summary)
	}
	// More confirmations later; what is there stays.
	u = f.apply(t, u.ID, Confirmations{ByRow: map[int]string{3: "Lest feil\nfør"}})
	if n := f.kept(t); n != 4 || u.Summary.Kept != 1 || u.Summary.Unchanged != 4 {
		t.Errorf("%d readings, %+v", n, u.Summary)
	}
	// The same file again changes nothing.
	again := f.check(t, file)
	again = f.apply(t, again.ID, Confirmations{Rest: "alle"})
	if n := f.kept(t); n != 4 || again.Summary.Kept != 0 || again.Summary.Unchanged != 5 || again.Summary.Unconfirmed != 0 {
		t.Errorf("again: %d readings, %+v", n, again.Summary)
	}
	var reasons []string
	if err := f.db.NewRaw(`SELECT taken_at AT TIME ZONE 'Europe/Oslo' || ' ' || source || ' ' || reason FROM meter_readings ORDER BY taken_at`).
		Scan(t.Context(), &reasons); err != nil {
		t.Fatal(err)
	}
	expect(t, reasons, "2026-05-31 00:00:00 bulk ", "2026-06-10 00:00:00 bulk Lest feil før", "2026-06-11 00:00:00 bulk Ny teller", "2026-06-15 11:59:00 bulk ")
	for _, try := range []struct {
		confirm Confirmations
		reason  string
	}{{Confirmations{ByRow: map[int]string{99: "x"}}, "row_unknown"}} {
		if _, err := f.Apply(t.Context(), f.anna, uuid.New(), u.ID, try.confirm); fault.ReasonOf(err) != try.reason {
			t.Errorf("%v: %v", try.confirm, err)
		}
	}
	if _, err := f.Check(t.Context(), f.anna, uuid.New(), u.ID); fault.ReasonOf(err) != "upload_applied" {
		t.Errorf("checked after it was applied: %v", err)
	}
}

func TestRestIsConfirmed(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 2)
	u := f.check(t, header+"DEMO-1;2026-06-01;;100;1;;\nDEMO-1;2026-06-02;;50;1;;\nDEMO-2;2026-06-02;;1;1;;\n")
	u = f.apply(t, u.ID, Confirmations{Rest: "Tellerne ble byttet"})
	var reasons []string
	if err := f.db.NewRaw(`SELECT reason FROM meter_readings ORDER BY reason`).Scan(t.Context(), &reasons); err != nil {
		t.Fatal(err)
	}
	expect(t, reasons, "", "", "Tellerne ble byttet")
}

func TestUploadsOfOthers(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 1)
	u := f.check(t, header+"DEMO-1;2026-06-01;;100;1;;\n")
	staff := identity.Actor{PersonID: uuid.New(), Role: identity.RoleDispatcher}
	for _, id := range []uuid.UUID{u.ID, uuid.New()} {
		calls := map[string]error{}
		_, calls["get"] = f.Get(t.Context(), f.stranger, id)
		_, _, calls["rows"] = f.Rows(t.Context(), f.stranger, id, nil, readings.Page{})
		_, calls["check"] = f.Check(t.Context(), f.stranger, uuid.New(), id)
		_, calls["apply"] = f.Apply(t.Context(), f.stranger, uuid.New(), id, Confirmations{})
		calls["send"] = f.Send(t.Context(), f.stranger, uuid.New(), id, 0, []byte("x"))
		for name, err := range calls {
			if fault.ReasonOf(err) != "upload_not_found" {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if _, err := f.Start(t.Context(), staff, uuid.New(), "x.csv", 5); fault.ReasonOf(err) != "customers_only" {
		t.Errorf("staff: %v", err)
	}
	// Turned off: nothing more is taken.
	f.exec(t, `UPDATE country_settings SET bulk_readings = false`)
	if _, err := f.Start(t.Context(), f.anna, uuid.New(), "x.csv", 5); fault.ReasonOf(err) != "bulk_readings_off" {
		t.Errorf("turned off: %v", err)
	}
	if _, err := f.Apply(t.Context(), f.anna, uuid.New(), u.ID, Confirmations{}); fault.ReasonOf(err) != "bulk_readings_off" || f.kept(t) != 0 {
		t.Errorf("turned off: %v", err)
	}
}

func TestPieces(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 1)
	id, err := f.Start(t.Context(), f.anna, uuid.New(), "x.csv", 10)
	if err != nil {
		t.Fatal(err)
	}
	send := func(start int64, data string) string {
		return fault.ReasonOf(f.Send(t.Context(), f.anna, uuid.New(), id, start, []byte(data)))
	}
	if _, err := f.Check(t.Context(), f.anna, uuid.New(), id); fault.ReasonOf(err) != "upload_incomplete" {
		t.Errorf("without pieces: %v", err)
	}
	if _, err := f.Apply(t.Context(), f.anna, uuid.New(), id, Confirmations{}); fault.ReasonOf(err) != "upload_unchecked" {
		t.Errorf("applied without a check: %v", err)
	}
	for _, c := range []struct {
		start        int64
		data, reason string
	}{{0, "12345", ""}, {0, "12345", ""}, {0, "12x45", "piece_differs"}, {6, "12345", "piece_outside"}, {-1, "1", "piece_outside"}, {5, "", "piece_outside"}, {6, "1234", ""}} {
		if got := send(c.start, c.data); got != c.reason {
			t.Errorf("%d %q: %s", c.start, c.data, got)
		}
	}
	if _, err := f.Check(t.Context(), f.anna, uuid.New(), id); fault.ReasonOf(err) != "upload_incomplete" {
		t.Errorf("with a gap: %v", err)
	}
	for _, size := range []int64{0, -1, MaxSize + 1} {
		if _, err := f.Start(t.Context(), f.anna, uuid.New(), "x.csv", size); fault.ReasonOf(err) != "file_size" {
			t.Errorf("%d: %v", size, err)
		}
	}
	var last uuid.UUID
	for range maxUploads {
		if last, err = f.Start(t.Context(), f.anna, uuid.New(), "x.csv", 10); err != nil {
			t.Fatal(err)
		}
	}
	if got := send(0, "12345"); got != "upload_not_found" {
		t.Errorf("the oldest of too many is still there: %s", got)
	}
	if err := f.Send(t.Context(), f.anna, uuid.New(), last, 0, []byte("12345")); err != nil {
		t.Errorf("the newest: %v", err)
	}
}

// TestAppliedAtOnce: the same file from many windows at once is taken over once.
func TestAppliedAtOnce(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 50)
	var file strings.Builder
	file.WriteString(header)
	for i := range 50 {
		fmt.Fprintf(&file, "DEMO-%d;2026-06-01;;%d;1;;\n", 50-i, 100+i)
	}
	var group sync.WaitGroup
	for range 6 {
		id := f.check(t, file.String()).ID
		group.Go(func() {
			for range 2 {
				if _, err := f.Apply(t.Context(), f.anna, uuid.New(), id, Confirmations{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if n := f.kept(t); n != 50 {
		t.Errorf("%d readings of 50", n)
	}
}
