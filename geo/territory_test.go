package geo

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

func square(west, south, east, north float64) orb.Ring {
	return orb.Ring{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}
}

func TestTerritoriesLocate(t *testing.T) {
	t.Parallel()
	all, err := NewTerritories([]Territory{
		{ID: "ring", Area: orb.MultiPolygon{{square(0, 60, 10, 70), square(4, 64, 6, 66)}}},
		{ID: "hole", Area: orb.MultiPolygon{{square(4, 64, 6, 66)}}},
		{ID: "islands", Area: orb.MultiPolygon{{square(20, 60, 21, 61)}, {square(22, 60, 23, 61)}}},
		{ID: "over islands", Area: orb.MultiPolygon{{square(19, 59, 24, 62)}}},
		{ID: "Chukotka", Area: orb.MultiPolygon{{square(170, 64, 180, 68)}, {square(-180, 64, -170, 68)}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		p    orb.Point
		want string
	}{
		{orb.Point{1, 61}, "ring"},
		{orb.Point{5, 65}, "hole"},
		{orb.Point{0, 65}, "ring"}, // an edge
		{orb.Point{20.5, 60.5}, "islands"},
		{orb.Point{22.5, 60.5}, "islands"},
		{orb.Point{21.5, 60.5}, "over islands"},
		{orb.Point{179.9, 66}, "Chukotka"},
		{orb.Point{-179.9, 66}, "Chukotka"},
		{orb.Point{11, 65}, ""},
		{orb.Point{0, 0}, ""},
		{orb.Point{math.NaN(), 65}, ""},
		{orb.Point{0, 99}, ""},
	} {
		if got, ok := all.Locate(c.p); got != c.want || ok != (c.want != "") {
			t.Errorf("%v lies in %q (%v), want %q", c.p, got, ok, c.want)
		}
	}
	if got := all.IDs(); len(got) != 5 || got[0] != "ring" {
		t.Errorf("ids %v", got)
	}
	none, err := NewTerritories(nil)
	if err != nil {
		t.Fatal(err)
	}
	if id, ok := none.Locate(oslo); ok {
		t.Errorf("no territories, but located in %q", id)
	}
}

func TestTerritoriesRefused(t *testing.T) {
	t.Parallel()
	good := orb.MultiPolygon{{square(0, 60, 10, 70)}}
	for name, bad := range map[string][]Territory{
		"no id":         {{Area: good}},
		"same id":       {{ID: "a", Area: good}, {ID: "a", Area: good}},
		"no polygon":    {{ID: "a"}},
		"no ring":       {{ID: "a", Area: orb.MultiPolygon{{}}}},
		"empty ring":    {{ID: "a", Area: orb.MultiPolygon{{{}}}}},
		"empty hole":    {{ID: "a", Area: orb.MultiPolygon{{square(0, 60, 10, 70), {}}}}},
		"not closed":    {{ID: "a", Area: orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}}}}},
		"off the globe": {{ID: "a", Area: orb.MultiPolygon{{square(0, 60, 10, 91)}}}},
		"not a number":  {{ID: "a", Area: orb.MultiPolygon{{square(0, 60, math.NaN(), 70)}}}},
		"two points":    {{ID: "a", Area: orb.MultiPolygon{{{{0, 0}, {1, 1}, {0, 0}}}}}},
	} {
		if _, err := NewTerritories(bad); !errors.Is(err, ErrInvalidTerritory) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

const feature = `{"type":"FeatureCollection","features":[{"type":"Feature","id":7,"properties":%s,"geometry":%s}]}`
const unitSquare = `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}`

func TestParseTerritories(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ properties, property, want string }{
		{`{"id":"0301"}`, "id", "0301"},
		{`{"id":301}`, "id", "301"},
		{`{}`, "", "7"},
	} {
		got, err := ParseTerritories(fmt.Appendf(nil, feature, c.properties, unitSquare), c.property)
		if err != nil || len(got) != 1 || got[0].ID != c.want || len(got[0].Area) != 1 {
			t.Errorf("%+v: %+v, %v", c, got, err)
		}
	}
	for name, data := range map[string]string{
		"not JSON":      `{`,
		"not features":  `{"type":"Point","coordinates":[0,0]}`,
		"null feature":  `{"type":"FeatureCollection","features":[null]}`,
		"a point":       fmt.Sprintf(feature, `{"id":"a"}`, `{"type":"Point","coordinates":[0,0]}`),
		"no geometry":   fmt.Sprintf(feature, `{"id":"a"}`, `null`),
		"id missing":    fmt.Sprintf(feature, `{}`, unitSquare),
		"id of no kind": fmt.Sprintf(feature, `{"id":[1]}`, unitSquare),
	} {
		if got, err := ParseTerritories([]byte(data), "id"); !errors.Is(err, ErrInvalidTerritory) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// Whatever is parsed is refused or can be asked; nothing panics.
func FuzzTerritories(f *testing.F) {
	f.Add(fmt.Appendf(nil, feature, `{"id":"a"}`, unitSquare), 0.5, 0.5)
	f.Add(fmt.Appendf(nil, feature, `{"id":"a"}`, `{"type":"MultiPolygon","coordinates":[[]]}`), 0.0, 0.0)
	f.Add(fmt.Appendf(nil, feature, `{"id":"a"}`, `{"type":"Polygon","coordinates":[[]]}`), 0.0, 0.0)
	f.Fuzz(func(t *testing.T, data []byte, lon, lat float64) {
		parsed, err := ParseTerritories(data, "id")
		if err != nil {
			return
		}
		all, err := NewTerritories(parsed)
		if err != nil {
			return
		}
		if id, ok := all.Locate(orb.Point{lon, lat}); ok && id == "" {
			t.Error("located in a territory without id")
		}
	})
}

// The postal codes of Norway against the borders of its municipalities. The two registers differ: points of
// places by the sea lie outside the polygons, which are clipped at the coast (one in twenty), and some lie in
// the neighbouring municipality (one in thirty).
func TestTerritoriesOfNorway(t *testing.T) {
	t.Parallel()
	data, err := io.ReadAll(publicData(t, "territory", "Kommuner-S.geojson"))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := ParseTerritories(data, "kommunenummer")
	if err != nil {
		t.Fatal(err)
	}
	all, err := NewTerritories(parsed)
	if err != nil {
		t.Fatal(err)
	}
	if len(all.IDs()) != 357 {
		t.Errorf("%d municipalities, want 357", len(all.IDs()))
	}
	var same, other, outside int
	lines := bufio.NewScanner(publicData(t, "postal", "NO.txt"))
	for lines.Scan() {
		column := strings.Split(lines.Text(), "\t")
		lat, err1 := strconv.ParseFloat(column[9], 64)
		lon, err2 := strconv.ParseFloat(column[10], 64)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		switch id, ok := all.Locate(orb.Point{lon, lat}); {
		case !ok:
			outside++
		case id == column[6]:
			same++
		default:
			other++
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	total := same + other + outside
	t.Logf("of %d postal points %d (%.1f %%) lie in the registered municipality, %d in another, %d in none",
		total, same, 100*float64(same)/float64(total), other, outside)
	if total < 5_000 || float64(same) < 0.91*float64(total) || outside > total*6/100 || other > total*4/100 {
		t.Error("the registers agree less than they are known to")
	}
}

func BenchmarkLocate(b *testing.B) {
	data, err := io.ReadAll(publicData(b, "territory", "Kommuner-S.geojson"))
	if err != nil {
		b.Fatal(err)
	}
	parsed, err := ParseTerritories(data, "kommunenummer")
	if err != nil {
		b.Fatal(err)
	}
	all, err := NewTerritories(parsed)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		all.Locate(oslo)
	}
}
