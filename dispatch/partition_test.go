package dispatch_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/geo"
)

func TestHistoryPartitions(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	midnight := time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)
	w.Clock.Set(midnight.Add(-time.Minute))
	tech := w.Technician(t)
	other, _ := w.Server(t) // which remembers by itself which days there are
	send := func(s *dispatch.Service, ages ...time.Duration) {
		t.Helper()
		now := w.Clock.Now()
		b := dispatch.Batch{SentAt: now}
		for _, age := range ages {
			b.Fixes = append(b.Fixes, geo.Fix{Point: north(0), Accuracy: 10, At: now.Add(-age)})
		}
		for i, v := range must(s.ReportPositions(ctx, tech.Actor, b))(t).Verdicts {
			if v != dispatch.FixLive {
				t.Errorf("%v old: %s", ages[i], v)
			}
		}
	}
	w.Clock.Set(midnight.Add(-time.Second))
	send(w.Service, -2*time.Second, 10*time.Second) // one a little ahead, and so of tomorrow
	w.Clock.Set(midnight.Add(30 * time.Second))
	send(other, 0, 10*time.Second)
	rows := map[string]int{}
	count := func() {
		t.Helper()
		clear(rows)
		var found []struct {
			Name string
			N    int
		}
		if err := w.DB.NewRaw("SELECT tableoid::regclass::text AS name, count(*) AS n FROM position_history GROUP BY 1").Scan(ctx, &found); err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			rows[f.Name] = f.N
		}
	}
	if count(); len(rows) != 2 || rows["position_history_2026_03_02"] != 1 || rows["position_history_2026_03_03"] != 3 {
		t.Errorf("%v", rows)
	}
	if dropped := must(w.Service.DropOldPositions(ctx))(t); len(dropped) != 0 {
		t.Errorf("dropped %v", dropped)
	}
	w.Clock.Set(midnight.AddDate(0, 0, 7).Add(-time.Second)) // a second before the 2nd of March is seven days past
	if dropped := must(w.Service.DropOldPositions(ctx))(t); !slices.Equal(dropped, []string{"position_history_2026_02_28", "position_history_2026_03_01"}) {
		t.Errorf("dropped %v", dropped)
	}
	w.Clock.Forward(time.Second)
	if dropped := must(w.Service.DropOldPositions(ctx))(t); !slices.Equal(dropped, []string{"position_history_2026_03_02"}) {
		t.Errorf("dropped %v", dropped)
	}
	if count(); len(rows) != 1 || rows["position_history_2026_03_03"] != 3 {
		t.Errorf("%v", rows)
	}
	if dropped := must(other.DropOldPositions(ctx))(t); len(dropped) != 0 {
		t.Errorf("dropped %v", dropped)
	}
	send(other, 0)
	send(w.Service, -time.Second)
	// However short the retention, a day that late fixes may still belong to stays, for any server.
	short := w.ServerOn(w.Bus, func(c *dispatch.Config) { c.PositionRetention = time.Hour })
	must(short.DropOldPositions(ctx))(t)
	w.Clock.Forward(20 * time.Hour)
	must(short.DropOldPositions(ctx))(t)
	send(w.Service, 19*time.Hour)
}

// Many servers make the day's partition at once.
func TestPartitionsAtOnce(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t)
	var wg sync.WaitGroup
	for range 8 {
		tech := w.Technician(t)
		s := w.ServerOn(w.Bus)
		wg.Go(func() {
			if _, err := s.ReportPositions(context.Background(), tech.Actor, dispatch.Batch{SentAt: w.Clock.Now(), Fixes: []geo.Fix{fix(0, 0)}}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
