package geo

import (
	"sync"

	"github.com/paulmach/orb"
)

// Index finds the nearest among points that move all the time, such as technicians on duty. It is
// exact on the globe: answers equal those of comparing [Distance] with every point (distances that
// differ by less than a nanometre count as equal), everywhere, the antimeridian and the poles included.
//
// An Index is safe for any number of goroutines. One lock guards it: moves take it for well under a
// microsecond, and a query sees all points as they were at one instant, so a point that moves
// is never missed and never seen twice.
//
// Make one with [NewIndex]; the zero Index is not usable.
type Index[K comparable] struct {
	mu      sync.RWMutex
	slots   map[K]int32 // key to position in entries
	entries []entry[K]  // without gaps
	grid    grid
	added   uint64 // how many keys have ever been added
}

type entry[K comparable] struct {
	key   K
	point orb.Point
	added uint64 // rank of the key by time of adding: decides between equal distances
	place place
}

// NewIndex makes an empty index.
func NewIndex[K comparable]() *Index[K] {
	return &Index[K]{slots: make(map[K]int32)}
}

// Move puts key at p, whether or not the index knows the key already. An invalid point is refused with
// an error that wraps [ErrInvalidPoint] and changes nothing.
func (x *Index[K]) Move(key K, p orb.Point) error {
	if err := ValidPoint(p); err != nil {
		return err
	}
	at := unit(p) // before the lock: this is half of the work
	band, column := cellOf(p)

	x.mu.Lock()
	defer x.mu.Unlock()
	slot, known := x.slots[key]
	if !known {
		slot = int32(len(x.entries))
		x.slots[key] = slot
		x.entries = append(x.entries, entry[K]{key: key, added: x.added})
		x.added++
	}
	e := &x.entries[slot]
	e.point = p
	if known {
		if c := &x.grid.cells[e.place.cell]; c.band == band && c.column == column {
			c.members[e.place.at].at = at
			return nil
		}
		x.leaveCell(e.place)
	}
	e.place = x.grid.insert(band, column, member{at: at, slot: slot})
	return nil
}

// Remove forgets key and tells whether the index knew it. A key that is added again later counts as
// new where equal distances are told apart.
func (x *Index[K]) Remove(key K) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	slot, known := x.slots[key]
	if !known {
		return false
	}
	delete(x.slots, key)
	x.leaveCell(x.entries[slot].place)

	// The last entry fills the gap.
	last := int32(len(x.entries) - 1)
	if slot != last {
		e := x.entries[last]
		x.entries[slot] = e
		x.slots[e.key] = slot
		x.grid.cells[e.place.cell].members[e.place.at].slot = slot
	}
	x.entries[last] = entry[K]{} // let go of the key
	x.entries = x.entries[:last]
	return true
}

func (x *Index[K]) leaveCell(p place) {
	moved := x.grid.remove(p)
	x.entries[moved].place = p
}

// Len is the number of keys.
func (x *Index[K]) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.entries)
}

// Position is where key is, and whether the index knows the key.
func (x *Index[K]) Position(key K) (orb.Point, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	slot, known := x.slots[key]
	if !known {
		return orb.Point{}, false
	}
	return x.entries[slot].point, true
}
