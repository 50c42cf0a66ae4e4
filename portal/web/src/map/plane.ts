// A small plane around two points of the globe, for drawing them. Within the distances of a visit it is flat.

/** A point on the globe in degrees, whatever it came with: a message's or a phone's own. */
export interface Point {
  latitude: number
  longitude: number
}

const earthRadius = 6_371_008.8
const radians = (degrees: number) => (degrees * Math.PI) / 180

/** Degrees of longitude between two meridians the short way round, -180 to 180. */
function eastward(from: number, to: number): number {
  return ((((to - from + 180) % 360) + 360) % 360) - 180
}

/** Metres on the great circle. */
export function distance(a: Point, b: Point): number {
  const lat = radians(b.latitude - a.latitude) / 2
  const lon = radians(eastward(a.longitude, b.longitude)) / 2
  const h = Math.sin(lat) ** 2 + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(lon) ** 2
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** Metres east and south of the origin: x grows to the right, y down, as on a screen. */
export function offset(origin: Point, point: Point): { x: number; y: number } {
  const middle = radians((origin.latitude + point.latitude) / 2)
  return {
    x: earthRadius * radians(eastward(origin.longitude, point.longitude)) * Math.cos(middle),
    y: -earthRadius * radians(point.latitude - origin.latitude),
  }
}

/** The largest of 1, 2 or 5 times a power of ten that is not above this many metres. */
export function roundDown(metres: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, metres)))
  const lead = metres / power
  return power * (lead >= 5 ? 5 : lead >= 2 ? 2 : 1)
}

/** Metres that one pixel of a Web Mercator map with tiles of 512 pixels covers at a latitude. */
export function metresPerPixel(latitude: number, zoom: number): number {
  return (2 * Math.PI * earthRadius * Math.cos(radians(latitude))) / (512 * 2 ** zoom)
}

/** Distances of up to three circles around a place that make a picture of somebody this far away readable. */
export function ringsFor(metres: number): number[] {
  const reach = Math.max(200, metres * 1.25)
  const ring = roundDown(reach / 1.6)
  return [1, 2, 3].map((n) => n * ring).filter((distance) => distance < reach)
}
