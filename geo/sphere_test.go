package geo

import (
	"errors"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// haversine is the textbook formula, independent of how Distance works.
func haversine(a, b orb.Point) float64 {
	sinLat := math.Sin(radians(b.Lat()-a.Lat()) / 2)
	sinLon := math.Sin(radians(b.Lon()-a.Lon()) / 2)
	h := sinLat*sinLat + math.Cos(radians(a.Lat()))*math.Cos(radians(b.Lat()))*sinLon*sinLon
	return 2 * EarthRadius * math.Asin(math.Sqrt(min(1, h)))
}

func anyPoint() *rapid.Generator[orb.Point] {
	return rapid.Custom(func(t *rapid.T) orb.Point {
		return orb.Point{rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-90, 90).Draw(t, "lat")}
	})
}

func TestDistanceKnown(t *testing.T) {
	t.Parallel()
	quarter := math.Pi / 2 * EarthRadius
	for _, c := range []struct {
		name   string
		a, b   orb.Point
		metres float64
	}{
		{"same point", orb.Point{10.75, 59.91}, orb.Point{10.75, 59.91}, 0},
		{"pole to equator", orb.Point{33, 90}, orb.Point{-70, 0}, quarter},
		{"pole to pole", orb.Point{33, 90}, orb.Point{-70, -90}, 2 * quarter},
		{"antipodes", orb.Point{10, 60}, orb.Point{-170, -60}, 2 * quarter},
		{"a degree of the equator", orb.Point{179.5, 0}, orb.Point{-179.5, 0}, quarter / 90},
		{"a degree of a meridian", orb.Point{10, 69}, orb.Point{10, 70}, quarter / 90},
		{"a degree of latitude over the pole", orb.Point{10, 89.5}, orb.Point{-170, 89.5}, quarter / 90},
		{"the antimeridian is one line", orb.Point{180, 65}, orb.Point{-180, 65}, 0},
		{"every longitude is the pole", orb.Point{1, 90}, orb.Point{99, 90}, 0},
	} {
		if got := Distance(c.a, c.b); math.Abs(got-c.metres) > 1e-6 {
			t.Errorf("%s: %v m, want %v m", c.name, got, c.metres)
		}
	}
	// Ten centimetres, also when it is ten centimetres short of the antipode.
	a, b := orb.Point{10, 0}, orb.Point{10, degrees(0.1 / EarthRadius)}
	if got := Distance(a, b); math.Abs(got-0.1) > 1e-8 {
		t.Errorf("near: %v m, want 0.1 m", got)
	}
	if got := 2*quarter - Distance(orb.Point{-170, 0}, b); math.Abs(got-0.1) > 1e-7 {
		t.Errorf("near the antipode: %v m short, want 0.1 m", got)
	}
}

func TestDistanceProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := anyPoint().Draw(t, "a"), anyPoint().Draw(t, "b"), anyPoint().Draw(t, "c")
		d := Distance(a, b)
		if want := haversine(a, b); math.Abs(d-want) > 1 && d < 19_900_000 || math.Abs(d-want) > 1e-6 && d < 15_000_000 {
			t.Fatalf("%v m, haversine says %v m", d, want)
		}
		if d != Distance(b, a) {
			t.Fatal("not symmetric")
		}
		if Distance(a, c) > d+Distance(b, c)+1e-6 {
			t.Fatal("a detour is shorter")
		}
		lon := b.Lon() - 180
		if lon < -180 {
			lon += 360
		}
		if got := d + Distance(a, orb.Point{lon, -b.Lat()}); math.Abs(got-math.Pi*EarthRadius) > 1e-6 {
			t.Fatalf("to b and to its antipode add up to %v m", got)
		}
	})
}

func TestMoveAndBearing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyPoint().Draw(t, "p")
		bearing := rapid.Float64Range(0, 360).Draw(t, "bearing")
		metres := rapid.Float64Range(0, 20_000_000).Draw(t, "metres")
		q := Move(p, bearing, metres)
		if err := ValidPoint(q); err != nil {
			t.Fatal(err)
		}
		if got := Distance(p, q); math.Abs(got-metres) > 1e-5 {
			t.Fatalf("moved %v m instead of %v m", got, metres)
		}
		back := Bearing(p, q)
		if back < 0 || back >= 360 {
			t.Fatalf("bearing %v", back)
		}
		// At the poles, at the point itself and its antipode a bearing says nothing.
		if math.Abs(p.Lat()) < 89 && metres > 1000 && metres < 19_000_000 {
			if off := math.Abs(math.Mod(back-bearing+540, 360) - 180); off > 1e-4 {
				t.Fatalf("bearing %v, moved towards %v", back, bearing)
			}
		}
	})
	if got := Bearing(orb.Point{10, 60}, orb.Point{10, 60}); got != 0 {
		t.Errorf("bearing to itself %v", got)
	}
}

func TestValidPoint(t *testing.T) {
	t.Parallel()
	for _, p := range []orb.Point{{0, 0}, {180, 90}, {-180, -90}, {10.75, 59.91}} {
		if err := ValidPoint(p); err != nil {
			t.Errorf("%v: %v", p, err)
		}
	}
	nan, inf := math.NaN(), math.Inf(1)
	for _, p := range []orb.Point{{180.1, 0}, {-181, 0}, {0, 90.1}, {0, -91}, {nan, 0}, {0, nan}, {inf, 0}, {0, -inf}} {
		if err := ValidPoint(p); !errors.Is(err, ErrInvalidPoint) {
			t.Errorf("%v: %v", p, err)
		}
	}
}
