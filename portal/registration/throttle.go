package registration

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/uptrace/bun"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// guard is the rule for one kind of thing that wrong guesses are counted for.
type guard struct {
	// free is how many cost no wait.
	free int
	// forget starts the count anew this long after the last.
	forget time.Duration
}

var (
	// personGuard leaves room for reading a worn label wrongly a few times.
	personGuard = guard{free: 9, forget: 24 * time.Hour}
	// addressGuard is wider, because a whole office may share one address.
	addressGuard = guard{free: 39, forget: time.Hour}
)

// maxWait is the longest wait after a wrong guess.
const maxWait = time.Hour

func personKey(actor identity.Actor) string { return "person:" + actor.PersonID.String() }

// addressKey takes a whole IPv6 /64 as one address: that is what one customer line usually has. No address gives no key.
func addressKey(actor identity.Actor) string {
	ip, err := netip.ParseAddr(actor.Address)
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

// throttled is Limited while the person or their address has to wait.
func throttled(ctx context.Context, idb bun.IDB, now time.Time, keys ...string) error {
	var until bun.NullTime
	err := idb.NewRaw("SELECT max(blocked_until) FROM registration_throttle WHERE key IN (?)", bun.List(keys)).Scan(ctx, &until)
	if err != nil {
		return fmt.Errorf("registration: reading the throttle: %w", err)
	}
	if until.After(now) {
		return limited(until.Sub(now))
	}
	return nil
}

// wrongGuess counts a wrong guess for the person and their address, in a transaction of its own. While one of them has to
// wait nothing is counted and the answer is Limited: however many guesses arrive together, one gets an answer per wait.
func (s *Service) wrongGuess(ctx context.Context, actor identity.Actor) error {
	if err := s.count(ctx, personGuard, personKey(actor)); err != nil {
		return err
	}
	if key := addressKey(actor); key != "" {
		return s.count(ctx, addressGuard, key)
	}
	return nil
}

// count adds a wrong guess to a key and sets the wait that follows: none for those that are free, then 2 s, doubled with
// each, up to maxWait. One statement, so that guesses on any number of servers are all counted.
func (s *Service) count(ctx context.Context, g guard, key string) error {
	now := s.db.Now()
	res, err := s.db.NewRaw(`
		INSERT INTO registration_throttle AS t (key, failures, last_failure, blocked_until)
		VALUES (?0, 1, ?1::timestamptz, ?1::timestamptz)
		ON CONFLICT (key) DO UPDATE SET (failures, last_failure, blocked_until) = (
			SELECT n, ?1::timestamptz, ?1::timestamptz + CASE WHEN n <= ?3 THEN interval '0'
				ELSE make_interval(secs => least(2 ^ least(n - ?3, 20), ?4)) END
			FROM (SELECT CASE WHEN t.last_failure <= ?2::timestamptz THEN 1 ELSE least(t.failures, 1000000) + 1 END AS n) AS counted)
		WHERE t.blocked_until <= ?1::timestamptz`,
		key, now, now.Add(-g.forget), g.free, maxWait.Seconds()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("registration: counting a wrong guess: %w", err)
	}
	if n, err := res.RowsAffected(); err == nil && n == 0 {
		if err := throttled(ctx, s.db, now, key); err != nil {
			return err
		}
		return limited(time.Second) // the wait ended this moment
	}
	return nil
}

// limited is the answer to whoever has to wait. It rounds up, so that trying again after it is let in.
func limited(wait time.Duration) error {
	wait = (wait + time.Second - 1).Truncate(time.Second)
	return fault.NewLimited("registration_limited",
		"Serial number and postal code did not fit too many times. Please wait before you try again.", wait)
}

// PurgeThrottle forgets wrong guesses that no longer count.
func PurgeThrottle(ctx context.Context, db *postgres.DB) error {
	_, err := db.ExecContext(ctx, `DELETE FROM registration_throttle WHERE last_failure < ?`, db.Now().Add(-personGuard.forget))
	return err
}
