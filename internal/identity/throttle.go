package identity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"time"

	"github.com/uptrace/bun"

	"utsendt/internal/fault"
)

// guard is the rule for one kind of thing that guesses are counted for.
type guard struct {
	// free is how many failures cost no wait.
	free int
	// forget starts the count anew this long after the last failure.
	forget time.Duration
}

var (
	// userGuard: from the fifth failure on there is a wait.
	userGuard = guard{free: 4, forget: 24 * time.Hour}
	// addressGuard is wider, because a whole office may share one address.
	addressGuard = guard{free: 19, forget: time.Hour}
)

// maxWait is the longest wait after a failure.
const maxWait = 15 * time.Minute

// wait is how long the next try must wait after this many failures: 2 s after the first that is not free,
// doubled with each, up to maxWait.
func (g guard) wait(failures int) time.Duration {
	over := failures - g.free
	switch {
	case over <= 0:
		return 0
	case over >= 10: // 2^10 s is past maxWait
		return maxWait
	default:
		return time.Second << over
	}
}

// userKey and addressKey name a row of sign_in_throttle. What was typed as user ID is hashed, because
// people type passwords into the wrong box.
func userKey(userID string) string {
	sum := sha256.Sum256([]byte(userID))
	return "user:" + hex.EncodeToString(sum[:])
}

// recoveryKey counts the tries at one user ID's security questions, mailKey the mails that anybody may have sent
// to one address.
func recoveryKey(userID string) string { return "recovery:" + userKey(userID) }

func mailKey(address string) string { return "mail:" + userKey(foldText(address)) }

// addressKey takes a whole IPv6 /64 as one address: that is what one customer line usually has. No address
// gives no key.
func addressKey(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		prefix, _ := ip.Prefix(64) // 64 is in range for IPv6
		return "address:" + prefix.String()
	}
	return "address:" + ip.String()
}

// throttled is Limited while one of the keys has to wait.
func (s *Service) throttled(ctx context.Context, keys ...string) error {
	var until bun.NullTime
	err := s.db.NewRaw("SELECT max(blocked_until) FROM sign_in_throttle WHERE key IN (?)", bun.List(keys)).
		Scan(ctx, &until)
	if err != nil {
		return fmt.Errorf("identity: reading the throttle: %w", err)
	}
	if now := s.db.Now(); until.After(now) {
		return limited(until.Sub(now))
	}
	return nil
}

// count adds a failure to a key and sets the wait that follows it, in one statement, so that attempts made
// at once on any number of servers are all counted. While the key has to wait nothing is counted and the
// answer is Limited: however many attempts arrive together, one gets through per wait.
func (s *Service) count(ctx context.Context, g guard, key string) error {
	now := s.db.Now()
	// failures is how many there are with this one. The wait in seconds follows guard.wait.
	res, err := s.db.NewRaw(`
		INSERT INTO sign_in_throttle AS t (key, failures, last_failure, blocked_until)
		VALUES (?0, 1, ?1::timestamptz, ?1::timestamptz)
		ON CONFLICT (key) DO UPDATE SET (failures, last_failure, blocked_until) = (
			SELECT n, ?1::timestamptz, ?1::timestamptz + CASE
				WHEN n <= ?3 THEN interval '0'
				WHEN n - ?3 >= 10 THEN make_interval(secs => ?4)
				ELSE make_interval(secs => 2 ^ (n - ?3)) END
			FROM (SELECT CASE WHEN t.last_failure <= ?2::timestamptz THEN 1 ELSE LEAST(t.failures, 1000000) + 1 END AS n) AS counted)
		WHERE t.blocked_until <= ?1::timestamptz`,
		key, now, now.Add(-g.forget), g.free, maxWait.Seconds()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("identity: counting a failed sign-in: %w", err)
	}
	if n, err := res.RowsAffected(); err == nil && n == 0 {
		if err := s.throttled(ctx, key); err != nil {
			return err
		}
		return limited(time.Second) // the wait ended this moment
	}
	return nil
}

// limited is the answer to whoever has to wait. It rounds up, so that trying again after it is let in.
func limited(wait time.Duration) error {
	wait = (wait + time.Second - 1).Truncate(time.Second)
	return fault.NewLimited("sign_in_limited", "Too many failed attempts. Please wait before you try again.", wait)
}
