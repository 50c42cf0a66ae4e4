package geo

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/quadtree"
)

const benchPoints, benchNearest, benchQueries = 100_000, 10, 20_000

type numbered struct {
	key   int
	point orb.Point
}

func (n numbered) Point() orb.Point { return n.point }

// timed asks every query once and answers the times at half and at 99 per cent, in microseconds.
func timed(queries []orb.Point, ask func(orb.Point)) (p50, p99 float64) {
	took := make([]time.Duration, len(queries))
	for i, q := range queries {
		start := time.Now()
		ask(q)
		took[i] = time.Since(start)
	}
	slices.Sort(took)
	at := func(share float64) float64 {
		return float64(took[int(share*float64(len(took)-1))].Nanoseconds()) / 1000
	}
	return at(0.50), at(0.99)
}

// BenchmarkNearest asks for the ten nearest of 100,000, and in the same run asks brute force (over ready-made unit
// vectors, its best form) and orb's quadtree over longitude and latitude, whose recall is measured too.
func BenchmarkNearest(b *testing.B) {
	for _, scattering := range []string{"Norway", "cities", "globe"} {
		b.Run(scattering, func(b *testing.B) {
			r := rand.New(rand.NewPCG(6, 6))
			points := places(scattering, benchPoints, r)
			queries := places(scattering, benchQueries, r)
			x := indexOf(b, points)
			tree := quadtree.New(orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}})
			flat := make([]member, len(points))
			for key, p := range points {
				if err := tree.Add(numbered{key, p}); err != nil {
					b.Fatal(err)
				}
				flat[key] = member{at: unit(p), slot: int32(key)}
			}
			var found []Neighbour[int]
			nearest := func(q orb.Point) { found = x.Nearest(found[:0], q, benchNearest, nil) }
			brute := func(q orb.Point) {
				var space [32]candidate
				s := search[int]{index: x, from: unit(q), k: benchNearest, best: space[:0], worst: math.Inf(1)}
				s.look(flat)
				found = appendSorted(found[:0], x.entries, s.best)
			}
			var inTree []orb.Pointer
			quad := func(q orb.Point) { inTree = tree.KNearest(inTree[:0], q, benchNearest) }

			hits, perfect, asked := 0, 0, queries[:1000]
			for _, q := range asked {
				nearest(q)
				quad(q)
				here := 0
				for _, p := range inTree {
					if slices.ContainsFunc(found, func(n Neighbour[int]) bool { return n.Key == p.(numbered).key }) {
						here++
					}
				}
				hits += here
				if here == benchNearest {
					perfect++
				}
			}
			for b.Loop() {
				p50, p99 := timed(queries, nearest)
				brute50, _ := timed(queries[:200], brute)
				quad50, quad99 := timed(queries, quad)
				b.ReportMetric(p50, "p50-µs")
				b.ReportMetric(p99, "p99-µs")
				b.ReportMetric(brute50/p50, "brute-force-times-slower")
				b.ReportMetric(quad50, "quadtree-p50-µs")
				b.ReportMetric(quad99, "quadtree-p99-µs")
				b.ReportMetric(quad50/p50, "quadtree-times-slower")
			}
			b.ReportMetric(100*float64(hits)/float64(len(asked)*benchNearest), "quadtree-recall-%")
			b.ReportMetric(100*float64(perfect)/float64(len(asked)), "quadtree-all-right-%")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkMove moves 100,000 points about in Norway: most by the way of half a minute of driving, one in ten
// anywhere, so that cells change; beside a plain map as the floor; with one goroutine, with several, and with queries going on beside them.
func BenchmarkMove(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 7))
	points := places("Norway", benchPoints, r)
	anywhere := places("Norway", benchPoints, r)
	type id [16]byte // the size of a UUID
	type report struct {
		key      id
		from, to orb.Point
	}
	reports := make([]report, benchPoints)
	for i, p := range points {
		reports[i] = report{from: p, to: Move(p, r.Float64()*360, 500)}
		if i%10 == 0 {
			reports[i].to = anywhere[i]
		}
		binary.LittleEndian.PutUint64(reports[i].key[:], r.Uint64())
	}
	run := func(b *testing.B, parallel, asking bool) {
		x := NewIndex[id]()
		for _, m := range reports {
			if err := x.Move(m.key, m.from); err != nil {
				b.Fatal(err)
			}
		}
		r.Shuffle(len(reports), func(i, j int) { reports[i], reports[j] = reports[j], reports[i] })
		stop, stopped := make(chan struct{}), make(chan struct{})
		var asked atomic.Int64
		go func() {
			defer close(stopped)
			var found []Neighbour[id]
			for i := 0; asking; i++ {
				select {
				case <-stop:
					return
				default:
					found = x.Nearest(found[:0], anywhere[i%benchPoints], benchNearest, nil)
					asked.Add(1)
				}
			}
		}()
		move := func(i int) {
			m := &reports[i%benchPoints]
			if i/benchPoints%2 == 1 {
				_ = x.Move(m.key, m.from)
			} else {
				_ = x.Move(m.key, m.to)
			}
		}
		b.ResetTimer()
		if parallel {
			var next atomic.Int64
			b.RunParallel(func(pb *testing.PB) {
				for i := int(next.Add(benchPoints / 3)); pb.Next(); i++ {
					move(i)
				}
			})
		} else {
			for i := range b.N {
				move(i)
			}
		}
		b.StopTimer()
		close(stop)
		<-stopped
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "moves/s")
		if asking {
			b.ReportMetric(float64(asked.Load())/b.Elapsed().Seconds(), "queries/s")
		}
	}
	// The floor: storing the point by its key in a map under a lock, and nothing else.
	b.Run("map only", func(b *testing.B) {
		var mu sync.RWMutex
		held := map[id]*orb.Point{}
		for _, m := range reports {
			held[m.key] = &orb.Point{}
		}
		r.Shuffle(len(reports), func(i, j int) { reports[i], reports[j] = reports[j], reports[i] })
		b.ResetTimer()
		for i := range b.N {
			m := &reports[i%benchPoints]
			mu.Lock()
			*held[m.key] = m.to
			mu.Unlock()
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "moves/s")
	})
	b.Run("one goroutine", func(b *testing.B) { run(b, false, false) })
	b.Run("all cores", func(b *testing.B) { run(b, true, false) })
	b.Run("beside queries", func(b *testing.B) { run(b, false, true) })
}
