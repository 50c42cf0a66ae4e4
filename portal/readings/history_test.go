package readings_test

import (
	"slices"
	"testing"

	"utsendt/internal/fault"
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
