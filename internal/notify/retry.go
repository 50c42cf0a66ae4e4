package notify

import (
	"math/rand/v2"
	"time"
)

// maxPause between two attempts, unless the push service asks for more.
const maxPause = 15 * time.Minute

// pause is how long to wait after a failed attempt, the first being 1: base, doubled each time, and up to
// half as much again at random, so that messages that failed together do not come back together. asked is
// what the other side wants at least.
func pause(base time.Duration, attempt int, asked time.Duration) time.Duration {
	wait := base
	for range attempt - 1 {
		if wait *= 2; wait >= maxPause {
			wait = maxPause
			break
		}
	}
	wait = max(wait, asked)
	return wait + rand.N(wait/2+1)
}

// fate is what one run made of a delivery.
type fate struct {
	state State
	// tried is 1 when something was sent or tried, else 0.
	tried  int
	status int
	detail string
	// unsubscribe removes the subscription although it is not gone.
	unsubscribe bool
	// badAddress: the mail server says that there is no such recipient.
	badAddress bool
	// wait is the pause before the next attempt, with Retrying.
	wait time.Duration
}

// later is the fate of an attempt that may be repeated: Retrying, or Failed when the attempts are used up or
// the message would be too old by then.
func (s *Service) later(d work, attempts, status int, detail string, asked time.Duration, deadline time.Time) fate {
	attempt := d.Attempts + 1
	wait := pause(s.retryBase, attempt, asked)
	if attempt >= attempts || !s.db.Now().Add(wait).Before(deadline) {
		return fate{state: Failed, tried: 1, status: status, detail: "given up: " + detail}
	}
	return fate{state: Retrying, tried: 1, status: status, detail: detail, wait: wait}
}
