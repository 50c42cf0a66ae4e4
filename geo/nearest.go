package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Neighbour is one answer of a query on an [Index].
type Neighbour[K comparable] struct {
	Key      K
	Point    orb.Point
	Distance float64 // metres from the point asked about, as by [Distance]
}

const (
	// Below this many points looking at each is quicker than looking for cells.
	scanBelow = 256
	// The first radius tried, in radians: a quarter of a cell's height.
	firstRadius = math.Pi / 180 / bandsPerDegree / 4
	// Beyond this radius (3,200 km) a box covers so much that looking at each point is quicker.
	widestRadius = 0.5
)

// Nearest appends to dst the k points nearest to from among those that keep lets through, nearest
// first, and returns the extended slice; fewer when there are not as many. A nil keep lets all through.
// Equal distances are ordered by when the key was first added, the earlier first, and that decides too
// which of them is among the k. An invalid from, or k below 1, appends nothing.
//
// keep runs under the index's lock, only for points near enough to be in the answer, perhaps more than once for a
// point: it must be quick and must not call the index.
func (x *Index[K]) Nearest(dst []Neighbour[K], from orb.Point, k int, keep func(K) bool) []Neighbour[K] {
	if k <= 0 || ValidPoint(from) != nil {
		return dst
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	var space [32]candidate // the usual k needs no allocation
	s := search[K]{index: x, from: unit(from), k: min(k, len(x.entries)), keep: keep, best: space[:0]}
	if s.k == 0 {
		return dst
	}
	s.worst = math.Inf(1)
	if !s.outwards(from) {
		s.best, s.worst = s.best[:0], math.Inf(1)
		s.everything()
	}
	return appendSorted(dst, x.entries, s.best)
}

// Within appends to dst every point at most the given metres from from among those that keep lets
// through, ordered like [Index.Nearest], and returns the extended slice. An invalid from, or metres
// that are negative or NaN, appends nothing. For keep the same holds as for Nearest.
func (x *Index[K]) Within(dst []Neighbour[K], from orb.Point, limit float64, keep func(K) bool) []Neighbour[K] {
	if !(limit >= 0) || ValidPoint(from) != nil {
		return dst
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	var found []candidate
	centre := unit(from)
	visit := func(members []member) {
		for i := range members {
			r := rank(centre, members[i].at)
			if metres(r) > limit {
				continue
			}
			e := &x.entries[members[i].slot]
			if keep == nil || keep(e.key) {
				found = append(found, candidate{rank: r, added: e.added, slot: members[i].slot})
			}
		}
	}
	if radius := limit / EarthRadius; radius <= widestRadius && len(x.entries) > scanBelow {
		x.grid.sweep(boxAround(from, radius), box{}, visit)
	} else {
		x.grid.each(visit)
	}
	return appendSorted(dst, x.entries, found)
}

func (g *grid) each(visit func([]member)) {
	for i := range g.cells {
		visit(g.cells[i].members)
	}
}

// candidate is a point that may be in the answer.
type candidate struct {
	rank  float64
	added uint64
	slot  int32
}

// before orders candidates: the nearer first, then the one added earlier.
func (c candidate) before(d candidate) bool {
	return c.rank < d.rank || c.rank == d.rank && c.added < d.added
}

// search is one query for the k nearest under way.
type search[K comparable] struct {
	index *Index[K]
	from  vector
	k     int
	keep  func(K) bool
	best  []candidate // a heap with the farthest on top
	worst float64     // the rank that a point must not exceed: that of the top once there are k
}

// outwards looks at growing boxes around from, at each cell once, until no cell outside the box can
// hold anything nearer than the k-th. It gives up, answering false, when that gets dearer than looking
// at every point: when few points are near, or keep lets few through.
func (s *search[K]) outwards(from orb.Point) bool {
	points := len(s.index.entries)
	if points <= scanBelow {
		return false
	}
	cells := points / 16
	visit := func(members []member) { s.look(members) }
	var seen box
	for radius := firstRadius; radius <= widestRadius; {
		around := boxAround(from, radius)
		if cells -= s.index.grid.sweep(around, seen, visit); cells < 0 {
			return false
		}
		seen = around
		if len(s.best) < s.k {
			radius *= 2
			continue
		}
		reach := angle(s.worst)
		if reach <= radius {
			return true
		}
		radius = reach // one last time: everything nearer than the k-th is within
	}
	return false
}

// everything looks at each point.
func (s *search[K]) everything() {
	s.index.grid.each(func(members []member) { s.look(members) })
}

func (s *search[K]) look(members []member) {
	for i := range members {
		m := &members[i]
		r := chordSquared(s.from, m.at)
		if r > 2 {
			r = farRank(s.from, m.at)
		}
		if r <= s.worst {
			s.offer(r, m.slot)
		}
	}
}

func (s *search[K]) offer(r float64, slot int32) {
	e := &s.index.entries[slot]
	c := candidate{rank: r, added: e.added, slot: slot}
	full := len(s.best) == s.k
	if full && !c.before(s.best[0]) {
		return
	}
	if s.keep != nil && !s.keep(e.key) {
		return
	}
	if full {
		s.best[0] = c
		s.sink()
	} else {
		s.best = append(s.best, c)
		s.rise()
	}
	if len(s.best) == s.k {
		s.worst = s.best[0].rank
	}
}

// rise moves the last candidate up to its place in the heap.
func (s *search[K]) rise() {
	for i := len(s.best) - 1; i > 0; {
		parent := (i - 1) / 2
		if !s.best[parent].before(s.best[i]) {
			return
		}
		s.best[parent], s.best[i] = s.best[i], s.best[parent]
		i = parent
	}
}

// sink moves the top candidate down to its place in the heap.
func (s *search[K]) sink() {
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(s.best) {
			return
		}
		if child+1 < len(s.best) && s.best[child].before(s.best[child+1]) {
			child++
		}
		if !s.best[i].before(s.best[child]) {
			return
		}
		s.best[i], s.best[child] = s.best[child], s.best[i]
		i = child
	}
}

// appendSorted sorts by distance as the caller sees it: two ranks may round to one distance.
func appendSorted[K comparable](dst []Neighbour[K], entries []entry[K], found []candidate) []Neighbour[K] {
	for i := range found {
		found[i].rank = metres(found[i].rank)
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.added, b.added))
	})
	dst = slices.Grow(dst, len(found))
	for _, c := range found {
		e := &entries[c.slot]
		dst = append(dst, Neighbour[K]{Key: e.key, Point: e.point, Distance: c.rank})
	}
	return dst
}
