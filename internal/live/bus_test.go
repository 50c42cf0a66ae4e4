package live_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"utsendt/internal/live"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T) *live.Bus {
	t.Helper()
	bus, err := live.Open(live.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bus.Close)
	return bus
}

func publish(t *testing.T, bus *live.Bus, s live.Signal) {
	t.Helper()
	if err := bus.Publish(s); err != nil {
		t.Fatal(err)
	}
}

// waitFor takes signals until done says that all expected ones are there.
func waitFor(t *testing.T, sub *live.Subscription, done func(seen map[string]live.Signal, lost bool) bool) {
	t.Helper()
	seen, lost := map[string]live.Signal{}, false
	deadline := time.After(30 * time.Second)
	for {
		signals, l := sub.Take()
		lost = lost || l
		for _, s := range signals {
			if old, ok := seen[s.Subject]; ok && old.Version > s.Version {
				t.Fatalf("%s went back from version %d to %d", s.Subject, old.Version, s.Version)
			}
			seen[s.Subject] = s
		}
		if done(seen, lost) {
			return
		}
		select {
		case <-sub.C():
		case <-deadline:
			t.Fatalf("did not arrive; seen %d, lost %v", len(seen), lost)
		}
	}
}

func TestExactAndPrefix(t *testing.T) {
	bus := open(t)
	one := bus.Subscribe("request.1")
	all := bus.Subscribe("request.>", "position.7")
	defer one.Close()
	defer all.Close()
	publish(t, bus, live.Signal{Subject: "request.2", Version: 4})
	publish(t, bus, live.Signal{Subject: "position.7", Version: 1, Data: []byte("here")})
	publish(t, bus, live.Signal{Subject: "position.8", Version: 1})
	publish(t, bus, live.Signal{Subject: "request.1", Version: 9})

	waitFor(t, all, func(seen map[string]live.Signal, _ bool) bool {
		if _, ok := seen["position.8"]; ok {
			t.Fatal("a signal nobody asked for")
		}
		return len(seen) == 3 && string(seen["position.7"].Data) == "here"
	})
	waitFor(t, one, func(seen map[string]live.Signal, _ bool) bool {
		return len(seen) == 1 && seen["request.1"].Version == 9
	})
}

// The versions of one subject arrive in any order from several servers; a reader never goes back.
func TestNewestVersionWins(t *testing.T) {
	bus := open(t)
	sub := bus.Subscribe("request.1")
	defer sub.Close()
	var wg sync.WaitGroup
	for v := range int64(1000) {
		wg.Go(func() { publish(t, bus, live.Signal{Subject: "request.1", Version: v}) })
	}
	wg.Wait()
	publish(t, bus, live.Signal{Subject: "request.1", Version: 999})
	// A Take may come between 999 and an older one, so each is compared with the last seen only at the end.
	newest, deadline := int64(-1), time.After(30*time.Second)
	for newest < 999 {
		select {
		case <-sub.C():
		case <-deadline:
			t.Fatalf("newest seen is %d", newest)
		}
		signals, _ := sub.Take()
		if len(signals) > 1 {
			t.Fatal("signals of one subject were not merged")
		}
		for _, s := range signals {
			newest = max(newest, s.Version)
		}
	}
}

func TestSlowReaderIsBoundedAndTold(t *testing.T) {
	bus := open(t)
	sub := bus.Subscribe("position.>")
	defer sub.Close()
	for i := range 10_000 {
		publish(t, bus, live.Signal{Subject: fmt.Sprintf("position.%d", i), Version: 1})
	}
	waitFor(t, sub, func(seen map[string]live.Signal, lost bool) bool {
		_, last := seen["position.9999"]
		return lost && last
	})
}

func TestClosedAndRemovedHearNothing(t *testing.T) {
	bus := open(t)
	gone, stays := bus.Subscribe("a.1", "b.>"), bus.Subscribe("a.1", "b.1", "end.1")
	defer stays.Close()
	gone.Close()
	gone.Add("a.1")
	stays.Remove("a.1")
	publish(t, bus, live.Signal{Subject: "a.1", Version: 1})
	publish(t, bus, live.Signal{Subject: "b.1", Version: 1})
	publish(t, bus, live.Signal{Subject: "end.1", Version: 1})
	waitFor(t, stays, func(seen map[string]live.Signal, _ bool) bool {
		if _, ok := seen["a.1"]; ok {
			t.Fatal("a removed subject arrived")
		}
		return len(seen) == 2
	})
	if signals, _ := gone.Take(); len(signals) > 0 {
		t.Fatalf("a closed subscription got %v", signals)
	}
}

func TestBadSubjectsAreRefused(t *testing.T) {
	bus := open(t)
	for _, subject := range []string{"", "a b", "a.>", "a.*", "a\r\nPUB x"} {
		if bus.Publish(live.Signal{Subject: subject}) == nil {
			t.Errorf("%q was published", subject)
		}
	}
}

func BenchmarkPublishToThousandReaders(b *testing.B) {
	bus, err := live.Open(live.Config{})
	if err != nil {
		b.Fatal(err)
	}
	defer bus.Close()
	subs := make([]*live.Subscription, 1000)
	for i := range subs {
		subs[i] = bus.Subscribe(fmt.Sprintf("request.%d", i))
		defer subs[i].Close()
	}
	b.ResetTimer()
	for i := range b.N {
		n := i % len(subs)
		if err := bus.Publish(live.Signal{Subject: fmt.Sprintf("request.%d", n), Version: int64(i)}); err != nil {
			b.Fatal(err)
		}
		<-subs[n].C()
		subs[n].Take()
	}
}
