package geo

import "time"

// Activity is what a technician is doing, as far as reporting positions goes.
type Activity string

// The activities.
const (
	Idle     Activity = "idle"     // on duty without a job
	Assigned Activity = "assigned" // has a job, has not set off
	EnRoute  Activity = "en_route" // on the way to a job
	OnSite   Activity = "on_site"  // at the job
)

// ReportEvery is how often a phone should report its position: seconds on the way to a job, and shorter
// the nearer it is, minutes otherwise.
//
// distanceToGo is metres to the job and counts only on the way; NaN or a negative number means unknown.
// battery is the phone's charge from 0 to 1, nil when unknown: below 30 per cent the interval doubles,
// below 15 it is four times as long, but on the way never above one minute, for someone is waiting. An
// unknown activity counts as idle.
func ReportEvery(activity Activity, distanceToGo float64, battery *float64) time.Duration {
	every, most := 5*time.Minute, 20*time.Minute
	switch activity {
	case Assigned:
		every = time.Minute
	case EnRoute:
		every, most = whileDriving(distanceToGo), time.Minute
	}
	if battery != nil {
		switch {
		case *battery < 0.15:
			every *= 4
		case *battery < 0.30:
			every *= 2
		}
	}
	return min(every, most)
}

func whileDriving(distanceToGo float64) time.Duration {
	switch {
	case distanceToGo > 20_000:
		return 20 * time.Second
	case distanceToGo > 2_000:
		return 10 * time.Second
	case distanceToGo >= 0:
		return 5 * time.Second
	}
	return 10 * time.Second // unknown
}
