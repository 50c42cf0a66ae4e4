package geo

import (
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// EarthRadius is the mean radius of the Earth in metres (IUGG's R1).
const EarthRadius = 6_371_008.8

// ErrInvalidPoint is wrapped by every error about a point that is not on the globe.
var ErrInvalidPoint = errors.New("invalid point")

// ValidPoint tells whether p is a place: longitude within ±180 degrees, latitude within ±90 degrees,
// neither NaN nor infinite. The error wraps [ErrInvalidPoint] and names the coordinate.
func ValidPoint(p orb.Point) error {
	// Written so that NaN, which compares false with everything, is refused too.
	if !(p.Lon() >= -180 && p.Lon() <= 180) {
		return fmt.Errorf("%w: longitude %v is not between -180 and 180", ErrInvalidPoint, p.Lon())
	}
	if !(p.Lat() >= -90 && p.Lat() <= 90) {
		return fmt.Errorf("%w: latitude %v is not between -90 and 90", ErrInvalidPoint, p.Lat())
	}
	return nil
}

// Distance is the great-circle distance from a to b in metres, on a sphere of [EarthRadius]. It is
// good to about a nanometre (plus rounding) for neighbours and for antipodes alike. An invalid point
// gives NaN or nonsense: see [ValidPoint].
func Distance(a, b orb.Point) float64 {
	return metres(rank(unit(a), unit(b)))
}

// Bearing is the direction in which one leaves a to reach b on the great circle, in degrees clockwise
// from north, in [0, 360). For coinciding points it is 0.
func Bearing(a, b orb.Point) float64 {
	sinA, cosA := math.Sincos(radians(a.Lat()))
	sinB, cosB := math.Sincos(radians(b.Lat()))
	sinL, cosL := math.Sincos(radians(b.Lon() - a.Lon()))
	east := sinL * cosB
	north := cosA*sinB - sinA*cosB*cosL
	bearing := math.Mod(degrees(math.Atan2(east, north))+360, 360)
	return bearing
}

// Move is the point reached from p after the given metres on the great circle that leaves p with the
// given bearing (degrees clockwise from north). The longitude of the answer is within ±180 degrees.
func Move(p orb.Point, bearing, metres float64) orb.Point {
	sinLat, cosLat := math.Sincos(radians(p.Lat()))
	sinB, cosB := math.Sincos(radians(bearing))
	sinD, cosD := math.Sincos(metres / EarthRadius)

	// The end point in a frame turned so that p has longitude 0. atan2 keeps the latitude exact near
	// the poles, where asin would lose half of the digits.
	x := cosLat*cosD - sinLat*sinD*cosB
	y := sinD * sinB
	z := sinLat*cosD + cosLat*sinD*cosB
	lon := p.Lon() + degrees(math.Atan2(y, x))
	switch {
	case lon > 180:
		lon -= 360
	case lon < -180:
		lon += 360
	}
	return orb.Point{lon, degrees(math.Atan2(z, math.Hypot(x, y)))}
}

// vector is a point on the unit sphere: x towards 0°E 0°N, y towards 90°E 0°N, z towards the north pole.
type vector [3]float64

func unit(p orb.Point) vector {
	sinLat, cosLat := math.Sincos(radians(p.Lat()))
	sinLon, cosLon := math.Sincos(radians(p.Lon()))
	return vector{cosLat * cosLon, cosLat * sinLon, sinLat}
}

// rank grows strictly with the distance from a to b and costs no trigonometry: comparing ranks is
// comparing distances. Up to a quarter of the globe it is the square of the chord (0 to 2). Beyond, where
// the chord hardly changes any more, it is 4 divided by the square of the chord to the antipode (2 to
// +Inf), so that ranks stay as sharp near the antipode as they are near the point itself.
func rank(a, b vector) float64 {
	if near := chordSquared(a, b); near <= 2 {
		return near
	}
	return farRank(a, b)
}

func chordSquared(a, b vector) float64 {
	x, y, z := a[0]-b[0], a[1]-b[1], a[2]-b[2]
	return x*x + y*y + z*z
}

func farRank(a, b vector) float64 {
	x, y, z := a[0]+b[0], a[1]+b[1], a[2]+b[2]
	// Rounding may leave this a hair above 2 where the chord itself is a hair above 2.
	return max(2, 4/(x*x+y*y+z*z))
}

// angle turns a rank into the angle between the two points, in radians.
func angle(rank float64) float64 {
	if rank <= 2 {
		return 2 * math.Asin(math.Sqrt(rank)/2)
	}
	return math.Pi - 2*math.Asin(math.Sqrt(1/rank))
}

// metres turns a rank into metres on the globe.
func metres(rank float64) float64 { return EarthRadius * angle(rank) }

func radians(degrees float64) float64 { return degrees * (math.Pi / 180) }
func degrees(radians float64) float64 { return radians * (180 / math.Pi) }
