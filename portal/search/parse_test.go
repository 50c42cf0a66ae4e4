package search_test

import (
	"testing"

	"utsendt/internal/fault"
	"utsendt/portal/search"
)

// Whatever is typed, it is read or refused in words; what was read is read the same again.
func FuzzParse(f *testing.F) {
	for _, kind := range []string{"serial", "request", "order", ""} {
		for _, text := range []string{"SR-5724", "so 57 24", "", "DEMO-000001", "\xff\x00", "%_\\", "SR–57 24"} {
			f.Add(kind, text)
		}
	}
	f.Fuzz(func(t *testing.T, kind, text string) {
		number, err := search.Parse(search.Kind(kind), text)
		if err != nil {
			if e := fault.From(err); e.Kind != fault.Invalid || e.Field != "text" || number != "" {
				t.Fatalf("%q: %+v", text, e)
			}
			return
		}
		if again, err := search.Parse(search.Kind(kind), number); err != nil || again != number {
			t.Fatalf("%q: %q, then %q, %v", text, number, again, err)
		}
	})
}
