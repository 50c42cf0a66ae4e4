package readings_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal/readings"
)

func TestMeters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.device(t, w.mono, w.anna), w.device(t, w.colour, w.anna)
	w.device(t, w.mono, w.colleague)
	w.exec(t, `UPDATE devices SET friendly_name = CASE id WHEN ? THEN 'Arkivet' ELSE 'Bakrommet' END`, a)
	contract := uuid.New()
	w.exec(t, `INSERT INTO contracts (id, account_id, number, starts_on, ends_on, reading_months, created_at, updated_at)
		VALUES (?, ?, 'AV-1', '2026-01-01', '2026-05-31', 1, now(), now())`, contract, w.account)
	w.exec(t, `UPDATE devices SET contract_id = ?`, contract)

	list := func(q readings.MeterQuery) []readings.Meter {
		t.Helper()
		found, next, err := w.Meters(t.Context(), w.anna, q)
		if err != nil || next != "" {
			t.Fatal(next, err)
		}
		return found
	}
	all := list(readings.MeterQuery{})
	if len(all) != 2 || all[0].DeviceID != a || all[0].DuePeriod != "2026-05" || all[0].Last != nil || !all[0].Reminders || len(all[1].Counters) != 4 {
		t.Fatalf("%+v", all)
	}
	// The last week of the period counts for it.
	expect(t, w.submit(t, w.anna, black(a, time.Date(2026, 5, 24, 21, 59, 0, 0, time.UTC), 5)), "kept")
	if got := list(readings.MeterQuery{DueOnly: true, Text: "arkivet polar BODØ"}); len(got) != 1 || got[0].Last.Counters["black"] != 5 {
		t.Errorf("%+v", got)
	}
	expect(t, w.submit(t, w.anna, black(a, time.Date(2026, 5, 24, 22, 0, 0, 0, time.UTC), 6)), "kept")
	if got := list(readings.MeterQuery{DueOnly: true}); len(got) != 1 || got[0].DeviceID != b {
		t.Errorf("%+v", got)
	}
	if ids, err := w.Due(t.Context(), w.anna, 500); err != nil || len(ids) != 1 || ids[0] != b {
		t.Errorf("due: %v %v", ids, err)
	}
	// A month later the contract is over, and nothing is asked for.
	w.clock.set(now.AddDate(0, 1, 0))
	if got := list(readings.MeterQuery{DueOnly: true}); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	first, next, err := w.Meters(t.Context(), w.anna, readings.MeterQuery{Page: readings.Page{Size: 1}})
	if err != nil || len(first) != 1 || next == "" {
		t.Fatal(first, next, err)
	}
	second, next, err := w.Meters(t.Context(), w.anna, readings.MeterQuery{Page: readings.Page{Size: 1, Token: next}})
	if err != nil || len(second) != 1 || second[0].DeviceID != b || next != "" {
		t.Errorf("%+v %q %v", second, next, err)
	}
}

func TestTurns(t *testing.T) {
	t.Parallel()
	// It is March in Oslo, and still February in Halifax.
	at := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	want := map[string]map[int]string{
		"Europe/Oslo":     {1: "2026-02", 2: "2026-02", 3: "2025-12", 4: "2025-12", 6: "2025-12", 12: "2025-12"},
		"America/Halifax": {1: "2026-01", 2: "2025-12", 3: "2025-12", 4: "2025-12", 6: "2025-12", 12: "2025-12"},
	}
	for _, turn := range readings.Turns(at, "Europe/Oslo", "America/Halifax") {
		if got := turn.Period.String(); got != want[turn.TimeZone][turn.Months] || turn.At.After(at) ||
			turn.LastDay.Format("2006-01") != got || turn.LastDay.AddDate(0, 0, 1).Day() != 1 {
			t.Errorf("%+v", turn)
		}
	}
}

func TestFromVisit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device(t, w.colour, w.anna)
	try := func(visit uuid.UUID, at time.Time, counters ...dispatch.Reading) error {
		return postgres.InTx(t.Context(), w.db, func(ctx context.Context, tx postgres.Tx) error {
			// A visit of its own is no matter here, only its id.
			if _, err := tx.ExecContext(ctx, `SET LOCAL session_replication_role = replica`); err != nil {
				return err
			}
			return readings.FromVisit(ctx, tx, dispatch.VisitReadings{
				Device: d, Visit: visit, Actor: identity.Actor{PersonID: uuid.New(), Role: identity.RoleTechnician}, At: at, Counters: counters,
			})
		})
	}
	hook := func(visit uuid.UUID, at time.Time, counters ...dispatch.Reading) {
		t.Helper()
		if err := try(visit, at, counters...); err != nil {
			t.Fatal(err)
		}
	}
	visit := uuid.New()
	hook(visit, now.Add(-days(3)), dispatch.Reading{Counter: "black", Value: 500})
	hook(visit, now.Add(-days(3)).Add(time.Second), dispatch.Reading{Counter: "black", Value: 501}) // again
	hook(uuid.New(), now.Add(-days(2)), dispatch.Reading{Counter: "black", Value: 20})
	hook(uuid.New(), now.Add(-days(2)), dispatch.Reading{Counter: "black", Value: 30}) // the very same time
	// What cannot be is refused with its field, and nothing of it is kept.
	good := dispatch.Reading{Counter: "black", Value: 600}
	for field, bad := range map[string]dispatch.Reading{
		"readings[1].counter": {Counter: "fax", Value: 1}, "readings[1].value": {Counter: "scan", Value: -1},
	} {
		err := try(uuid.New(), now, good, bad)
		f := fault.From(err)
		if f.Field != field || f.Kind != fault.Invalid || f.Params["counter"] != bad.Counter {
			t.Errorf("%+v: %v, field %q, %v", bad, err, f.Field, f.Params)
		}
	}
	history, _, err := w.History(t.Context(), w.anna, d, readings.Page{})
	if err != nil || len(history) != 2 || history[1].Counters["black"] != 500 || history[1].Reason != "" || history[1].VisitID != visit ||
		history[0].Reason != "technician" || len(history[0].Counters) != 1 || history[0].Source != readings.FromTechnician {
		t.Errorf("%+v %v", history, err)
	}
	// The customer's next is judged by what the technician read.
	expect(t, w.submit(t, w.anna, readings.Entry{DeviceID: d, TakenAt: now, Counters: readings.Counters{"black": 10, "colour": 1, "black_a3": 1, "scan": 1}}),
		"unconfirmed counter_lower(black)")
}

func TestCountries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := identity.Actor{PersonID: uuid.New(), Role: identity.RoleAdmin}
	on := func() bool {
		t.Helper()
		is, err := w.BulkReadings(t.Context(), w.anna)
		if err != nil {
			t.Fatal(err)
		}
		return is
	}
	if on() {
		t.Error("files are taken before anybody said so")
	}
	if _, err := w.SetCountry(t.Context(), w.staff, uuid.New(), readings.CountrySetting{Country: "NO", BulkReadings: true}); fault.ReasonOf(err) != "role_forbidden" {
		t.Errorf("a dispatcher: %v", err)
	}
	for _, country := range []string{"", "no", "XX", "NOR"} {
		if _, err := w.SetCountry(t.Context(), admin, uuid.New(), readings.CountrySetting{Country: country}); fault.ReasonOf(err) != "country_unknown" {
			t.Errorf("%q: %v", country, err)
		}
	}
	for range 2 {
		if _, err := w.SetCountry(t.Context(), admin, uuid.New(), readings.CountrySetting{Country: "NO", BulkReadings: true}); err != nil || !on() {
			t.Errorf("turned on: %v", err)
		}
	}
	if _, err := w.SetCountry(t.Context(), admin, uuid.New(), readings.CountrySetting{Country: "SE", BulkReadings: true}); err != nil {
		t.Error(err)
	}
	all, err := w.Countries(t.Context(), w.staff)
	if err != nil || len(all) != 2 || all[0] != (readings.CountrySetting{Country: "NO", BulkReadings: true}) || all[1].Country != "SE" {
		t.Errorf("%v %v", all, err)
	}
	if _, err := w.Countries(t.Context(), w.anna); fault.ReasonOf(err) != "role_forbidden" {
		t.Errorf("a customer: %v", err)
	}
}
