package readings_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/portal/readings"
)

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
