package identity

import (
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"utsendt/internal/fault"
)

func TestConcurrentFailuresAreAllCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.dispatcher(t, "known")
	second := New(w.db, Config{CheapHashes: true}) // another server
	var group errgroup.Group
	for _, s := range []*Service{w.Service, second} {
		group.Go(func() error {
			_, _, _, err := s.SignIn(t.Context(), "known", "wrong", SessionWeb, "", address)
			if fault.ReasonOf(err) != "sign_in_failed" {
				return err
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{userKey("known"), addressKey(address)} {
		if n := w.failures(t, key); n != 2 {
			t.Errorf("%s: %d failures counted, want 2", key, n)
		}
	}
}

func TestManyAttemptsAtOnceCannotOutrunTheWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.dispatcher(t, "known")
	before := w.hasher.runs.Load()
	var group sync.WaitGroup
	var mu sync.Mutex
	reasons := map[string]int{}
	for range 40 {
		group.Go(func() {
			// From many addresses, so that only the user ID holds them back.
			err := w.try(t.Context(), "known", "wrong", "")
			mu.Lock()
			defer mu.Unlock()
			reasons[fault.ReasonOf(err)]++
		})
	}
	group.Wait()
	if reasons["sign_in_failed"] != 5 || reasons["sign_in_limited"] != 35 {
		t.Errorf("got %v, want 5 tries and 35 refusals", reasons)
	}
	if n := w.hasher.runs.Load() - before; n != 5 {
		t.Errorf("%d hashes computed, want 5", n)
	}
}

func (w *world) failures(t *testing.T, key string) (n int) {
	t.Helper()
	err := w.db.NewRaw("SELECT COALESCE(max(failures), 0) FROM sign_in_throttle WHERE key = ?", key).Scan(t.Context(), &n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestThrottleGrowsAndResets(t *testing.T) {
	t.Parallel()
	for _, userID := range []string{"known", "unknown"} { // the same answers for both
		t.Run(userID, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.dispatcher(t, "known")
			ctx := t.Context()
			for range 4 {
				wantFault(t, w.try(ctx, userID, "wrong", ""), fault.Unauthenticated, "sign_in_failed")
			}
			for _, want := range []time.Duration{
				2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second, 64 * time.Second,
				128 * time.Second, 256 * time.Second, 512 * time.Second, 15 * time.Minute, 15 * time.Minute,
			} {
				wantFault(t, w.try(ctx, userID, "wrong", ""), fault.Unauthenticated, "sign_in_failed")
				hashes := w.hasher.runs.Load()
				// Even the right password has to wait, and costs no hash.
				e := wantFault(t, w.try(ctx, userID, goodPassword, ""), fault.Limited, "sign_in_limited")
				if e.RetryAfter != want {
					t.Fatalf("wait %s, want %s", e.RetryAfter, want)
				}
				if w.hasher.runs.Load() != hashes {
					t.Fatal("a refused attempt computed a hash")
				}
				w.clock.turn(want - time.Millisecond)
				wantFault(t, w.try(ctx, userID, goodPassword, ""), fault.Limited, "sign_in_limited")
				w.clock.turn(time.Millisecond)
			}
			if userID == "known" {
				if err := w.try(ctx, userID, goodPassword, ""); err != nil {
					t.Fatalf("the right password after the wait: %v", err)
				}
				if n := w.failures(t, userKey(userID)); n != 0 {
					t.Errorf("%d failures left after a success", n)
				}
				return
			}
			w.clock.turn(24*time.Hour + time.Second)
			wantFault(t, w.try(ctx, userID, "wrong", ""), fault.Unauthenticated, "sign_in_failed")
			if n := w.failures(t, userKey(userID)); n != 1 {
				t.Errorf("%d failures after a day's quiet, want 1", n)
			}
		})
	}
}

func TestAddressThrottleIsWiderAndSurvivesSuccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.dispatcher(t, "known")
	ctx := t.Context()
	for i := range 20 {
		// A different user ID each time, as one who sprays passwords does; all of one IPv6 line.
		wantFault(t, w.try(ctx, "guess"+string(rune('a'+i)), "wrong", "2001:db8:1:2::"+string(rune('1'+i%9))),
			fault.Unauthenticated, "sign_in_failed")
		if i == 10 {
			if err := w.try(ctx, "known", goodPassword, "2001:db8:1:2::1"); err != nil {
				t.Fatal(err)
			}
		}
	}
	e := wantFault(t, w.try(ctx, "known", goodPassword, "2001:db8:1:2:ffff::1"), fault.Limited, "sign_in_limited")
	if e.RetryAfter != 2*time.Second {
		t.Errorf("wait %s, want 2s", e.RetryAfter)
	}
	if err := w.try(ctx, "known", goodPassword, "2001:db8:1:3::1"); err != nil {
		t.Errorf("another line has to wait too: %v", err)
	}
}

func TestWaitMatchesTheStatement(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	g := userGuard
	for failures := 1; failures <= 20; failures++ {
		if err := w.count(t.Context(), g, "key"); err != nil {
			t.Fatal(err)
		}
		var seconds float64
		if err := w.db.NewRaw("SELECT extract(epoch FROM blocked_until - last_failure)::float8 FROM sign_in_throttle WHERE key = 'key'").
			Scan(t.Context(), &seconds); err != nil {
			t.Fatal(err)
		}
		if want := g.wait(failures).Seconds(); seconds != want {
			t.Errorf("%d failures: %v s in the database, want %v", failures, seconds, want)
		}
		w.clock.turn(maxWait)
	}
}
