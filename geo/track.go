package geo

import (
	"math"
	"time"

	"github.com/paulmach/orb"
)

// Fix is one position as a phone reports it.
type Fix struct {
	Point    orb.Point `json:"point"`             // {longitude, latitude}, degrees
	Accuracy float64   `json:"accuracy"`          // metres: the true position is probably within this radius
	Speed    *float64  `json:"speed,omitempty"`   // metres per second, when the phone knows
	Heading  *float64  `json:"heading,omitempty"` // degrees clockwise from north, when the phone knows
	At       time.Time `json:"at"`                // when the position was taken, corrected for the phone's clock
}

// Verdict is what becomes of a fix.
type Verdict string

// The verdicts, in the order in which they are decided.
const (
	Invalid     Verdict = "invalid"     // not a place on the globe, or without a time: refused
	Inaccurate  Verdict = "inaccurate"  // accuracy worse than MaxAccuracy, negative or NaN: refused
	Future      Verdict = "future"      // more than two minutes ahead of now: refused
	Stale       Verdict = "stale"       // older than MaxFixAge: refused
	Duplicate   Verdict = "duplicate"   // of the same instant as the live fix: nothing new
	Late        Verdict = "late"        // older than the live fix: for the history only
	Implausible Verdict = "implausible" // too far from the live fix to be reached in the time: not live, for now
	Accepted    Verdict = "accepted"    // newest and plausible: the live fix from now on
)

const (
	// MaxAccuracy is the worst accuracy of a usable fix, in metres.
	MaxAccuracy = 5_000.0
	// MaxFixAge is how old a fix may be when it arrives; phones may have been without cover for a day.
	MaxFixAge = 24 * time.Hour
	// MaxSpeed is the fastest movement believed, in metres per second (252 km/h: an express train).
	MaxSpeed = 70.0
	// suspectsToJump implausible fixes in a row that fit each other outweigh the live fix.
	suspectsToJump = 3
)

// Track decides which of one phone's fixes become its live position. The zero Track has none yet. It is
// a small value without hidden state: store it, and pass it on as JSON.
//
// Fixes may come in any order: the newest plausible one wins, so that every order of the same plausible
// fixes ends with the same live fix. A fix that would need more than [MaxSpeed], after giving both fixes
// the benefit of their accuracies, is a suspect. Three suspects in a row that fit each other win over the
// live fix: then it was the live fix that was wrong, or the phone took a plane.
type Track struct {
	Last         Fix `json:"last"`         // the live fix; without a time when there is none
	Suspect      Fix `json:"suspect"`      // the newest of the suspects in a row
	SuspectCount int `json:"suspectCount"` // how many suspects in a row fit each other, 0 to 2
}

// Live is the live fix, if there is one. Its age is for the caller to judge and to show.
func (t Track) Live() (Fix, bool) { return t.Last, !t.Last.At.IsZero() }

// Consider judges a fix that arrives at the time now, and answers the track after it. The track changes only
// for the verdicts Accepted and Implausible.
func (t Track) Consider(f Fix, now time.Time) (Track, Verdict) {
	if verdict := f.usable(now); verdict != Accepted {
		return t, verdict
	}
	last, live := t.Live()
	switch {
	case !live:
		return Track{Last: f}, Accepted
	case f.At.Equal(last.At):
		return t, Duplicate
	case f.At.Before(last.At):
		return t, Late
	case plausible(last, f):
		return Track{Last: f}, Accepted
	}
	switch {
	case t.SuspectCount > 0 && !f.At.After(t.Suspect.At):
		return t, Implausible // not a newer witness: counts for nothing
	case t.SuspectCount > 0 && plausible(t.Suspect, f):
		t.SuspectCount++
	default:
		t.SuspectCount = 1
	}
	if t.SuspectCount == suspectsToJump {
		return Track{Last: f}, Accepted
	}
	t.Suspect = f
	return t, Implausible
}

// usable judges a fix by itself; Accepted means nothing is wrong with it.
func (f Fix) usable(now time.Time) Verdict {
	switch {
	case ValidPoint(f.Point) != nil || f.At.IsZero():
		return Invalid
	case !(f.Accuracy >= 0 && f.Accuracy <= MaxAccuracy): // so that NaN is refused
		return Inaccurate
	case f.At.Sub(now) > maxClockLead:
		return Future
	case now.Sub(f.At) > MaxFixAge:
		return Stale
	}
	return Accepted
}

// plausible tells whether one can get from a to b, which is later, in the time between them.
func plausible(a, b Fix) bool {
	apart := math.Max(0, Distance(a.Point, b.Point)-a.Accuracy-b.Accuracy)
	return apart <= MaxSpeed*b.At.Sub(a.At).Seconds()
}
