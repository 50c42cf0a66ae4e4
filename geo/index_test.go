package geo

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// places scatters n points the way name says.
func places(name string, n int, r *rand.Rand) []orb.Point {
	uniform := func(lo, hi float64) float64 { return lo + r.Float64()*(hi-lo) }
	wrap := func(lon float64) float64 {
		if lon > 180 {
			return lon - 360
		}
		return lon
	}
	scatter := map[string]func() orb.Point{
		"Norway":       func() orb.Point { return orb.Point{uniform(4.5, 31), uniform(57, 71)} },
		"antimeridian": func() orb.Point { return orb.Point{wrap(uniform(176, 184)), uniform(-20, 70)} },
		"north pole":   func() orb.Point { return orb.Point{uniform(-180, 180), uniform(88.5, 90)} },
		"south pole":   func() orb.Point { return orb.Point{uniform(-180, 180), uniform(-90, -88)} },
		"globe":        func() orb.Point { return orb.Point{uniform(-180, 180), degrees(math.Asin(uniform(-1, 1)))} },
		"one place":    func() orb.Point { return orb.Point{10.75, 59.91} },
		"coarse":       func() orb.Point { return orb.Point{float64(r.IntN(9)), 60 + float64(r.IntN(9))} },
		"cities": func() orb.Point {
			city := []orb.Point{{10.75, 59.91}, {5.32, 60.39}, {10.39, 63.43}, {18.95, 69.65}}[r.IntN(4)]
			return orb.Point{city[0] + r.NormFloat64()*0.1, city[1] + r.NormFloat64()*0.04}
		},
	}[name]
	points := make([]orb.Point, n)
	for i := range points {
		points[i] = scatter()
	}
	return points
}

var scatterings = []string{"Norway", "antimeridian", "north pole", "south pole", "globe", "one place", "coarse", "cities"}

func indexOf(t testing.TB, points []orb.Point) *Index[int] {
	t.Helper()
	x := NewIndex[int]()
	for key, p := range points {
		if err := x.Move(key, p); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

// bruteForce is the truth: every point (keys added in the order of the slice) by Distance.
func bruteForce(points []orb.Point, from orb.Point) []Neighbour[int] {
	var all []Neighbour[int]
	for key, p := range points {
		all = append(all, Neighbour[int]{key, p, Distance(from, p)})
	}
	slices.SortStableFunc(all, func(a, b Neighbour[int]) int { return cmp.Compare(a.Distance, b.Distance) })
	return all
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

// sameAnswer fails unless got is the beginning of truth, place by place: the same key, or one whose
// distance differs by less than rounding does. Keys at one point must come in the order of adding them.
func sameAnswer(t failer, got, truth []Neighbour[int], want int) {
	t.Helper()
	if want = min(want, len(truth)); len(got) != want {
		t.Fatalf("%d found, want %d", len(got), want)
	}
	at := make(map[int]int, len(got))
	for i, n := range truth {
		if i > len(got)+1000 {
			break
		}
		at[n.Key] = i
	}
	seen := make(map[int]bool, len(got))
	for i, n := range got {
		if seen[n.Key] {
			t.Fatalf("%d found twice", n.Key)
		}
		seen[n.Key] = true
		if math.Abs(n.Distance-truth[i].Distance) > 1e-8 {
			t.Fatalf("place %d: key %d at %v m, want key %d at %v m", i, n.Key, n.Distance, truth[i].Key, truth[i].Distance)
		}
		if i > 0 && n.Distance < got[i-1].Distance {
			t.Fatalf("place %d is nearer than the one before", i)
		}
		if i > 0 && n.Point == got[i-1].Point && at[n.Key] < at[got[i-1].Key] {
			t.Fatalf("place %d: key %d was added before key %d", i, n.Key, got[i-1].Key)
		}
	}
}

func TestIndexAgainstBruteForce(t *testing.T) {
	t.Parallel()
	for _, scattering := range scatterings {
		for _, n := range []int{1, 10, 300, 5_000, 100_000} {
			t.Run(scattering, func(t *testing.T) {
				t.Parallel()
				r := rand.New(rand.NewPCG(1, uint64(n)))
				points := places(scattering, n, r)
				x := indexOf(t, points)
				queries := places(scattering, 6, r)
				queries = append(queries, orb.Point{180, 60}, orb.Point{-180, 0}, orb.Point{0, 90}, orb.Point{7, -90}, orb.Point{-170, -60}, orb.Point{10, 59})
				limits := []float64{0, 500, 20_000, 400_000, 5_000_000}
				if n == 100_000 { // sorting all the points takes most of the time
					queries, limits = queries[5:7], limits[:3]
				}
				third := func(key int) bool { return key%3 == 0 }
				for _, from := range queries {
					truth := bruteForce(points, from)
					truthThird := slices.DeleteFunc(slices.Clone(truth), func(n Neighbour[int]) bool { return !third(n.Key) })
					for _, k := range []int{1, 2, 10, 33, 100} {
						sameAnswer(t, x.Nearest(nil, from, k, nil), truth, k)
						sameAnswer(t, x.Nearest(nil, from, k, third), truthThird, k)
					}
					for _, limit := range limits {
						past := func(all []Neighbour[int]) int {
							i, _ := slices.BinarySearchFunc(all, limit, func(n Neighbour[int], l float64) int {
								if n.Distance <= l {
									return -1
								}
								return 1
							})
							return i
						}
						sameAnswer(t, x.Within(nil, from, limit, nil), truth[:past(truth)], n)
						sameAnswer(t, x.Within(nil, from, limit, third), truthThird[:past(truthThird)], n)
					}
				}
			})
		}
	}
}

// Moves, removals and re-adding in any order leave exactly what a map and brute force would hold.
func TestIndexProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := NewIndex[int]()
		type known struct {
			point orb.Point
			added int
		}
		held, added := map[int]known{}, 0
		scattering := rapid.SampledFrom(scatterings).Draw(t, "scattering")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		keys := rapid.SampledFrom([]int{5, 200, 1000}).Draw(t, "keys")
		for range rapid.IntRange(0, 4*keys).Draw(t, "steps") {
			key := r.IntN(keys)
			if r.IntN(4) == 0 {
				_, want := held[key]
				if x.Remove(key) != want {
					t.Fatalf("Remove(%d) is not %v", key, want)
				}
				delete(held, key)
				continue
			}
			p := places(scattering, 1, r)[0]
			if err := x.Move(key, p); err != nil {
				t.Fatal(err)
			}
			k, again := held[key]
			if !again {
				k.added = added
				added++
			}
			held[key] = known{p, k.added}
		}
		if x.Len() != len(held) {
			t.Fatalf("Len %d, want %d", x.Len(), len(held))
		}
		from := places(scattering, 1, r)[0]
		var truth []Neighbour[int]
		for key, k := range held {
			if p, ok := x.Position(key); !ok || p != k.point {
				t.Fatalf("Position(%d) = %v, %v; want %v", key, p, ok, k.point)
			}
			truth = append(truth, Neighbour[int]{key, k.point, Distance(from, k.point)})
		}
		slices.SortFunc(truth, func(a, b Neighbour[int]) int {
			return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(held[a.Key].added, held[b.Key].added))
		})
		k := rapid.IntRange(1, 100).Draw(t, "k")
		sameAnswer(t, x.Nearest(nil, from, k, nil), truth, k)
	})
}

func TestIndexEdges(t *testing.T) {
	t.Parallel()
	x := NewIndex[string]()
	oslo := orb.Point{10.75, 59.91}
	if got := x.Nearest(nil, oslo, 5, nil); len(got) != 0 {
		t.Errorf("empty index found %v", got)
	}
	if err := x.Move("a", orb.Point{math.NaN(), 60}); err == nil || x.Len() != 0 {
		t.Errorf("NaN accepted: %v", err)
	}
	for _, key := range []string{"b", "a", "c"} {
		if err := x.Move(key, oslo); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Move("b", orb.Point{200, 0}); err == nil {
		t.Error("longitude 200 accepted")
	}
	if p, ok := x.Position("b"); !ok || p != oslo {
		t.Errorf("a refused move changed the position to %v", p)
	}
	if _, ok := x.Position("z"); ok {
		t.Error("position of an unknown key")
	}
	keys := func(found []Neighbour[string]) (keys []string) {
		for _, n := range found {
			keys = append(keys, n.Key)
		}
		return keys
	}
	if got := keys(x.Nearest(nil, oslo, 2, nil)); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("ties: %v, want the first added first", got)
	}
	x.Remove("b")
	if err := x.Move("b", oslo); err != nil {
		t.Fatal(err)
	}
	if got := keys(x.Within(nil, oslo, 0, nil)); !slices.Equal(got, []string{"a", "c", "b"}) {
		t.Errorf("ties after adding again: %v", got)
	}
	before := []Neighbour[string]{{Key: "kept"}}
	if got := keys(x.Nearest(before, oslo, 1, nil)); !slices.Equal(got, []string{"kept", "a"}) {
		t.Errorf("dst is not appended to: %v", got)
	}
	none := func(string) bool { return false }
	for name, got := range map[string][]Neighbour[string]{
		"k of 0":         x.Nearest(nil, oslo, 0, nil),
		"negative k":     x.Nearest(nil, oslo, -3, nil),
		"invalid from":   x.Nearest(nil, orb.Point{0, 91}, 3, nil),
		"keep none":      x.Nearest(nil, oslo, 3, none),
		"negative limit": x.Within(nil, oslo, -1, nil),
		"NaN limit":      x.Within(nil, oslo, math.NaN(), nil),
		"within, none":   x.Within(nil, oslo, 10, none),
	} {
		if len(got) != 0 {
			t.Errorf("%s: found %v", name, got)
		}
	}
	if got := x.Within(nil, oslo, math.Inf(1), nil); len(got) != 3 {
		t.Errorf("within infinity: %d", len(got))
	}
}
