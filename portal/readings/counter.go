package readings

import (
	"maps"
	"slices"
)

// The counters a model may have, in the order in which people are asked. A3 pages count in their own counter only.
const (
	Black    = "black"
	Colour   = "colour"
	BlackA3  = "black_a3"
	ColourA3 = "colour_a3"
	Scan     = "scan"
)

// AllCounters are all there are, in the order in which people are asked.
func AllCounters() []string { return []string{Black, Colour, BlackA3, ColourA3, Scan} }

// MaxValue is the most that a counter can show.
const MaxValue = 999_999_999_999

// Counters are what the counters of a device show, in whole pages.
type Counters map[string]int64

// Names gives which counters there are, in the order in which people are asked; unknown ones last.
func (c Counters) Names() []string {
	names := slices.Sorted(maps.Keys(c))
	slices.SortStableFunc(names, func(a, b string) int { return place(a) - place(b) })
	return names
}

func place(counter string) int {
	if i := slices.Index(AllCounters(), counter); i >= 0 {
		return i
	}
	return len(AllCounters())
}

// printed reports whether a counter counts what comes out of the device.
func printed(counter string) bool { return counter != Scan }
