package geo

import "github.com/paulmach/orb"

const (
	arrivalRadius  = 150.0
	approachRadius = 2_000.0
)

// Fence is a circle on the globe.
type Fence struct {
	Centre orb.Point
	Radius float64 // metres
}

// ArrivalFence is the circle around a site within which a technician is asked whether they have
// arrived: 150 m, for parking is seldom at the door.
func ArrivalFence(site orb.Point) Fence { return Fence{Centre: site, Radius: arrivalRadius} }

// ApproachFence is the circle around a site within which a technician is nearly there: 2 km.
func ApproachFence(site orb.Point) Fence { return Fence{Centre: site, Radius: approachRadius} }

// Contains tells whether the fix is probably inside: the reported point is inside, and the accuracy is no
// worse than the fence's radius, so that the report can tell inside from outside at all. It is good
// enough to suggest something to a person. An unusable fix is never inside.
func (f Fence) Contains(fix Fix) bool {
	return f.measurable(fix) && fix.Accuracy <= f.Radius && Distance(f.Centre, fix.Point) <= f.Radius
}

// Surely tells whether the fix is inside even if it is off by its whole accuracy: good enough to act on
// without asking. What is surely inside is also contained.
func (f Fence) Surely(fix Fix) bool {
	return f.measurable(fix) && Distance(f.Centre, fix.Point)+fix.Accuracy <= f.Radius
}

func (f Fence) measurable(fix Fix) bool {
	return ValidPoint(f.Centre) == nil && ValidPoint(fix.Point) == nil && fix.Accuracy >= 0
}
