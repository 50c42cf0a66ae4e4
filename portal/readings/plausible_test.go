package readings_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/portal/readings"
)

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
