package replay

import (
	"errors"
	"strings"
	"time"
)

// shift tells how a local time had to be read.
type shift int

const (
	plain shift = iota
	// gap is a time that the clocks jumped over; it is read by the offset before the jump.
	gap
	// overlap is a time that came twice; the first is taken.
	overlap
)

var errNoTime = errors.New("no time")

// layouts are the forms of time that are read: with an offset first.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05-07",
	"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04",
}

// readTime reads a time; one without an offset is on the wall of zone.
func readTime(text string, zone *time.Location) (time.Time, shift, error) {
	text = strings.TrimSpace(text)
	for i, layout := range layouts {
		wall, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		if i < 3 {
			return wall.UTC(), plain, nil
		}
		at, how := onWall(wall, zone)
		return at, how, nil
	}
	return time.Time{}, plain, errNoTime
}

// onWall gives the instant at which the clocks of zone show what wall shows in UTC.
func onWall(wall time.Time, zone *time.Location) (time.Time, shift) {
	// The offsets a day before and after are those on both sides of any change in between.
	_, before := wall.Add(-24 * time.Hour).In(zone).Zone()
	_, after := wall.Add(24 * time.Hour).In(zone).Zone()
	by := func(offset int) (time.Time, bool) {
		at := wall.Add(-time.Duration(offset) * time.Second)
		_, shown := at.In(zone).Zone()
		return at, shown == offset
	}
	first, ok1 := by(before)
	second, ok2 := by(after)
	switch {
	case before == after || (ok1 && !ok2):
		return first, plain
	case ok1 && ok2:
		return first, overlap
	case ok2:
		return second, plain
	}
	return first, gap
}
