package simulate

import (
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"utsendt/geo"
)

// chance is one person's source of choices. It is for one goroutine.
type chance struct{ *rand.Rand }

// newChance gives each name a source of its own, so that nobody's choices depend on what others do.
func newChance(seed uint64, name string) *chance {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(name)) // a hash takes everything
	var key [32]byte
	for i := range 8 {
		key[i], key[8+i] = byte(seed>>(8*i)), byte(hash.Sum64()>>(8*i))
	}
	return &chance{rand.New(rand.NewChaCha8(key))}
}

// operationID is the one thing that does not follow from the seed: a second run with it must not be taken for the
// first one's repetition.
func operationID() string { return uuid.NewString() }

// permille is true so often in a thousand.
func (c *chance) permille(n int) bool { return c.IntN(1000) < n }

// between is a span from least to most.
func (c *chance) between(least, most time.Duration) time.Duration {
	return least + time.Duration(c.Float64()*float64(most-least))
}

// around is a point some metres away in any direction.
func (c *chance) around(p orb.Point, metres float64) orb.Point {
	return geo.Move(p, c.Float64()*360, c.Float64()*metres)
}

func pick[T any](c *chance, list []T) T { return list[c.IntN(len(list))] }
