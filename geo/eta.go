package geo

import "time"

// maxETAAge is how old a position may be for an ETA to be worth showing.
const maxETAAge = 10 * time.Minute

// maxClockLead is how far a phone's clock may be ahead of ours before its times are not believed.
const maxClockLead = 2 * time.Minute

// ETA is when somebody arrives who at the time at was at the start of travel, as a range.
//
// The range is honest about what is not known. Its early end supposes that they drove on since at, its
// late end that they have not moved since, so it widens with the position's age. On either side comes
// the doubt about the travel time itself: a router's answer may be 10 per cent too long or 25 per cent
// too short (it knows the roads, not today's traffic), an estimate 30 and 50 per cent. Neither end is
// before now. There is no ETA (ok is false) when the position is older than ten minutes, more than two
// minutes in the future, or the travel time negative.
func ETA(travel Travel, at, now time.Time) (low, high time.Time, ok bool) {
	age := now.Sub(at)
	if age > maxETAAge || age < -maxClockLead || travel.Duration < 0 {
		return time.Time{}, time.Time{}, false
	}
	if age < 0 { // a phone's clock a little ahead
		at = now
	}
	early, late := 0.10, 0.25
	if travel.Source == SourceEstimate {
		early, late = 0.30, 0.50
	}
	low = at.Add(scale(travel.Duration, 1-early))
	high = now.Add(scale(travel.Duration, 1+late))
	if low.Before(now) {
		low = now
	}
	return low, high, true
}

func scale(d time.Duration, by float64) time.Duration { return time.Duration(float64(d) * by) }
