package readings_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/portal/readings"
)

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

// TestNothingOfTheFormerCompany: a device that went to another company begins anew for it: no reading, no value and no reason of the former
// one is shown, and what it prints is reckoned from its own first reading. Staff still see everything.
func TestNothingOfTheFormerCompany(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	device := w.device(t, w.mono, w.anna)
	expect(t, w.submit(t, w.anna, black(device, now.Add(-days(60)), 1_000), black(device, now.Add(-days(1)), 3_000)), "kept", "kept")
	w.clock.set(now.Add(days(1)))
	w.exec(t, `UPDATE devices SET account_id = ?, site_id = ?, updated_at = ? WHERE id = ?`, w.other, w.otherSite, w.clock.now(), device)
	w.exec(t, `INSERT INTO registrations (id, person_id, device_id, state, requested_at, decided_at, updated_at) VALUES (?, ?, ?, 'active', now(), now(), now())`,
		uuid.New(), w.stranger.PersonID, device)

	history := func(who identity.Actor) int {
		t.Helper()
		all, _, err := w.History(ctx, who, device, readings.Page{})
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	last := func() *readings.Reading {
		t.Helper()
		meters, _, err := w.Meters(ctx, w.stranger, readings.MeterQuery{})
		if err != nil || len(meters) != 1 {
			t.Fatalf("%v, %v", meters, err)
		}
		return meters[0].Last
	}
	usage := func() (printed int64, unknown int) {
		t.Helper()
		u, err := w.Usage(ctx, w.stranger, readings.Scope{DeviceID: device, Months: 36})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range u.Months {
			printed += m.Of["black"]
		}
		return printed, u.Unknown
	}
	if n, r := history(w.stranger), last(); n != 0 || r != nil {
		t.Errorf("the next company sees %d readings, the last %+v", n, r)
	}
	if printed, unknown := usage(); printed != 0 || unknown != 1 {
		t.Errorf("the next company sees that %d pages were printed, %d unknown", printed, unknown)
	}
	// Its own first reading, of a time before it was entered, is where it begins.
	w.clock.set(now.Add(days(10)))
	expect(t, w.submit(t, w.stranger, black(device, now.Add(days(2)), 3_100), black(device, now.Add(days(9)), 3_500)), "kept", "kept")
	if n, r := history(w.stranger), last(); n != 2 || r == nil || r.Counters["black"] != 3_500 {
		t.Errorf("%d readings, the last %+v", n, r)
	}
	if printed, unknown := usage(); printed != 400 || unknown != 0 {
		t.Errorf("%d pages, %d unknown", printed, unknown)
	}
	if n := history(w.staff); n != 4 {
		t.Errorf("staff see %d readings", n)
	}
}
