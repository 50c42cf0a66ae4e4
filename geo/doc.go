// Package geo answers questions about places on the globe: how far, which is nearest, how long to
// drive, in whose territory, and whether a reported position can be believed.
//
// Everything here is pure: no files, no network, no clock of its own (the time is always passed in).
// The one thing that needs the network, a road router, lives in the subpackage geo/router behind the
// same [TravelTimes] interface as the [Estimator] of this package.
//
// # Where to start
//
//   - [Distance], [Bearing], [Move], [ValidPoint]: the sphere (sphere.go).
//   - [Index]: who is nearest among points that move all the time (index.go).
//   - [Estimator], [TravelTimes], [ETA]: how long to drive, and when somebody arrives (travel.go, eta.go).
//   - [Track]: which of a phone's position reports become the live position (track.go).
//   - [Fence]: is somebody there yet (fence.go). [ReportEvery]: how often a phone should tell (reporting.go).
//   - [Territories]: which territory a point lies in (territory.go).
//
// # Units and conventions
//
// Points are orb.Point, which is {longitude, latitude} in degrees, WGS84. Distances and accuracies are
// metres, bearings are degrees clockwise from north, speeds are metres per second. Distances are
// great-circle distances on a sphere of the mean Earth radius; the error against the ellipsoid is below
// 0.6 per cent. Errors are plain Go errors; callers dress them for people.
//
// # Guarantees
//
//   - [Index] is exact: it finds what comparing [Distance] with every point would find, also across
//     the antimeridian and at the poles. It is safe for any number of goroutines.
//   - [Estimator] never says a longer way is quicker.
//   - [Track] never lets an older report replace a newer one, and never gets stuck on one bad report.
//   - An estimate always says that it is one ([Travel].Source), and [ETA] is silent rather than stale.
package geo
