package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// The grid cuts the globe into bands of equal height and each band into cells about as wide as high:
// at 60° N a band has half as many cells as at the equator. One sixteenth of a degree is 7 km, which
// holds a handful of points where 100,000 are spread over Norway, and few enough in a city.
const (
	bandsPerDegree = 16
	bandCount      = 180 * bandsPerDegree

	// boxMargin widens every box, in degrees (0.1 m), by far more than trigonometry can round.
	boxMargin = 1e-6
	// poleMargin is how near to a pole, in degrees (11 m), a box is taken to go all around it.
	poleMargin = 1e-4
)

// columnsPerDegree says, for each band, how many cells one degree of longitude has.
var columnsPerDegree = func() (perDegree [bandCount]float64) {
	for band := range perDegree {
		south := float64(band)/bandsPerDegree - 90
		middle := radians(south + 0.5/bandsPerDegree)
		perDegree[band] = math.Ceil(360*bandsPerDegree*math.Cos(middle)) / 360
	}
	return perDegree
}()

// grid holds members by cell. It is not safe for concurrent use; Index guards it.
type grid struct {
	bands [bandCount][]int32 // by column: 1 + index into cells, 0 for an empty cell; nil for an empty band
	cells []cell             // the cells in use, and those on the free list
	free  []int32            // cells that became empty
}

type cell struct {
	band, column int
	members      []member
}

// member is what a search reads for every point of a cell, packed together.
type member struct {
	at   vector
	slot int32 // index into Index.entries
}

// place says where in the grid a member is: members[at] of cells[cell].
type place struct {
	cell, at int32
}

func bandOf(lat float64) int {
	return min(max(int((lat+90)*bandsPerDegree), 0), bandCount-1)
}

// columnCounts is how many cells each band has.
var columnCounts = func() (counts [bandCount]int32) {
	for band := range counts {
		counts[band] = int32(math.Round(columnsPerDegree[band] * 360))
	}
	return counts
}()

func columnCount(band int) int { return int(columnCounts[band]) }

// unwrappedColumn counts cells eastwards from the antimeridian; below 0 or beyond the band's last
// column when lon goes on past the antimeridian.
func unwrappedColumn(band int, lon float64) int {
	return int(math.Floor((lon + 180) * columnsPerDegree[band]))
}

func cellOf(p orb.Point) (band, column int) {
	band = bandOf(p.Lat())
	column = unwrappedColumn(band, p.Lon())
	if n := columnCount(band); column >= n { // 180° E is 180° W
		column -= n
	}
	return band, column
}

func (g *grid) insert(band, column int, m member) place {
	if g.bands[band] == nil {
		g.bands[band] = make([]int32, columnCount(band))
	}
	at := g.bands[band][column] - 1
	if at < 0 {
		if last := len(g.free) - 1; last >= 0 {
			at = g.free[last]
			g.free = g.free[:last]
		} else {
			at = int32(len(g.cells))
			g.cells = append(g.cells, cell{members: make([]member, 0, 4)})
		}
		g.bands[band][column] = at + 1
		g.cells[at].band, g.cells[at].column = band, column
	}
	c := &g.cells[at]
	c.members = append(c.members, m)
	return place{cell: at, at: int32(len(c.members) - 1)}
}

// remove takes a member out; the last member of its cell takes its place. It answers the slot of the
// member that moved, which is the removed one's own when nothing had to move.
func (g *grid) remove(p place) (moved int32) {
	c := &g.cells[p.cell]
	last := len(c.members) - 1
	moved = c.members[last].slot
	c.members[p.at] = c.members[last]
	c.members = c.members[:last]
	if last == 0 {
		g.bands[c.band][c.column] = 0
		g.free = append(g.free, p.cell)
	}
	return moved
}

// box is a range of bands and of longitudes that contains every point within some radius of a centre.
// West and east are unwrapped: they go on below -180 and above 180. The zero box contains nothing.
type box struct {
	south, past int // bands south <= band < past
	west, east  float64
}

// boxAround is the box of all points within radius (radians, less than a quarter of the globe).
func boxAround(centre orb.Point, radius float64) box {
	reach := degrees(radius) + boxMargin
	b := box{
		south: bandOf(centre.Lat() - reach),
		past:  bandOf(centre.Lat()+reach) + 1,
	}
	half := 180.0
	if math.Abs(centre.Lat())+reach+poleMargin < 90 {
		half = degrees(math.Asin(min(1, math.Sin(radius)/math.Cos(radians(centre.Lat()))))) + boxMargin
	}
	b.west, b.east = centre.Lon()-half, centre.Lon()+half
	return b
}

func (b box) columns(band int) (first, last int) {
	return unwrappedColumn(band, b.west), unwrappedColumn(band, b.east)
}

// sweep visits the cells of b that are not in seen, a smaller box around the same centre, each once,
// and answers how many cells it looked at.
func (g *grid) sweep(b, seen box, visit func([]member)) (looked int) {
	for band := b.south; band < b.past; band++ {
		row := g.bands[band]
		if row == nil {
			continue
		}
		first, last := b.columns(band)
		whole := last-first+1 >= len(row)
		if band < seen.south || band >= seen.past {
			if whole {
				first, last = 0, len(row)-1
			}
			looked += g.visitColumns(row, first, last, visit)
			continue
		}
		seenFirst, seenLast := seen.columns(band)
		if whole { // what is left of the ring, from one end of the seen part around to the other
			looked += g.visitColumns(row, seenLast+1, seenFirst+len(row)-1, visit)
			continue
		}
		looked += g.visitColumns(row, first, seenFirst-1, visit)
		looked += g.visitColumns(row, seenLast+1, last, visit)
	}
	return looked
}

// visitColumns visits the columns first to last of a band, both included and unwrapped.
func (g *grid) visitColumns(row []int32, first, last int, visit func([]member)) int {
	if last < first {
		return 0
	}
	column := first % len(row)
	if column < 0 {
		column += len(row)
	}
	for range last - first + 1 {
		if at := row[column]; at != 0 {
			visit(g.cells[at-1].members)
		}
		if column++; column == len(row) {
			column = 0
		}
	}
	return last - first + 1
}
