package geo

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/paulmach/orb"
)

// Goroutines that move, remove and ask at once; each key belongs to one of the movers, so the final state is known.
// A second population that only hops back and forth between cells must be complete in every answer.
func TestIndexConcurrent(t *testing.T) {
	t.Parallel()
	const movers, keysEach, rounds, hoppers = 4, 150, 500, 40
	x := NewIndex[int]()
	hopper := func(key int) bool { return key < 0 }
	oslo := orb.Point{10.75, 59.91}
	for i := range hoppers {
		if err := x.Move(-1-i, oslo); err != nil {
			t.Fatal(err)
		}
	}
	held := make([]map[int]orb.Point, movers)
	var working, asking sync.WaitGroup
	done := make(chan struct{})
	for m := range movers {
		held[m] = map[int]orb.Point{}
		working.Go(func() {
			r := rand.New(rand.NewPCG(3, uint64(m)))
			points := places("cities", rounds, r)
			for _, p := range points {
				key := m*keysEach + r.IntN(keysEach)
				switch r.IntN(5) {
				case 0:
					x.Remove(key)
					delete(held[m], key)
				case 1:
					hop := Move(oslo, r.Float64()*360, r.Float64()*30_000)
					if err := x.Move(-1-(m+movers*r.IntN(hoppers/movers)), hop); err != nil {
						t.Error(err)
					}
				default:
					if err := x.Move(key, p); err != nil {
						t.Error(err)
					}
					held[m][key] = p
				}
			}
		})
	}
	for q := range 2 {
		asking.Go(func() {
			r := rand.New(rand.NewPCG(4, uint64(q)))
			for {
				select {
				case <-done:
					return
				default:
				}
				found := x.Nearest(nil, oslo, hoppers+5, hopper)
				if q%2 == 1 {
					found = x.Within(nil, oslo, 31_000, hopper)
				}
				if len(found) != hoppers {
					t.Errorf("%d of %d points that are always there", len(found), hoppers)
					return
				}
				for i := range found[1:] {
					if found[i+1].Distance < found[i].Distance {
						t.Error("not sorted")
						return
					}
				}
				x.Nearest(nil, places("cities", 1, r)[0], 10, nil)
				x.Position(r.IntN(movers * keysEach))
				x.Len()
			}
		})
	}
	working.Wait()
	close(done)
	asking.Wait()

	for i := range hoppers {
		x.Remove(-1 - i)
	}
	// What is left is exactly what the movers hold, and found exactly where they put it.
	final := map[int]orb.Point{}
	for _, h := range held {
		for key, p := range h {
			final[key] = p
		}
	}
	if x.Len() != len(final) {
		t.Fatalf("%d keys, want %d", x.Len(), len(final))
	}
	for _, from := range places("cities", 20, rand.New(rand.NewPCG(5, 5))) {
		all := x.Nearest(nil, from, len(final), nil)
		if len(all) != len(final) {
			t.Fatalf("%d found, want %d", len(all), len(final))
		}
		for _, n := range all {
			if final[n.Key] != n.Point || n.Distance != Distance(from, n.Point) {
				t.Fatalf("key %d at %v, want %v", n.Key, n.Point, final[n.Key])
			}
		}
		nearest := x.Nearest(nil, from, 10, nil)
		for i, n := range nearest {
			if n != all[i] {
				t.Fatalf("place %d of ten is %v, of all %v", i, n, all[i])
			}
		}
	}
}
