import type { Point } from './drawn'

/** Pixels at a whole zoom within which points lie on each other so that one hides the others. */
const within = 5

interface Standing {
  point: Point
  /** On the map's plane, 0 to 1. */
  x: number
  y: number
}

/** Where a point is on the plane of a web map, whose sides are 1. */
export function onPlane(longitude: number, latitude: number): { x: number; y: number } {
  const sine = Math.sin((Math.max(-85.06, Math.min(85.06, latitude)) * Math.PI) / 180)
  return { x: (longitude + 180) / 360, y: 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI) }
}

/**
 * Points of which thousands may lie on each other. Of those that one dot would hide only that dot is drawn, which looks the
 * same and costs a tenth; who stands beside it is known. Where some are fresh and some stale, a fresh one is drawn; else
 * whoever was drawn there before, so that nothing flickers.
 */
export class Crowd {
  private readonly standing = new Map<string, Standing>()
  /** Who is drawn, and for how many, by the last thinning. */
  private shown = new Map<string, number>()
  /** Something moved, came or left since the last thinning. */
  private moved = false
  private level = Number.NaN

  get size(): number {
    return this.standing.size
  }

  put(id: string, point: Point | undefined): void {
    const known = this.standing.get(id)
    if (!point) {
      this.moved = this.standing.delete(id) || this.moved
      return
    }
    if (known && known.point.longitude === point.longitude && known.point.latitude === point.latitude) {
      this.moved ||= known.point.properties.stale !== point.properties.stale || this.shown.has(id)
      known.point = point
      return
    }
    this.standing.set(id, { point, ...onPlane(point.longitude, point.latitude) })
    this.moved = true
  }

  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of [...this.standing.keys()]) if (!ids.has(id)) this.put(id, undefined)
  }

  /** How many others the dot of this one stands for. */
  beside(id: string): number {
    return (this.shown.get(id) ?? 1) - 1
  }

  /** Those to draw at a zoom; undefined when they are those of the last time, unchanged. */
  thin(zoom: number): Map<string, Point> | undefined {
    const level = Math.floor(zoom)
    if (!this.moved && level === this.level) return undefined
    this.moved = false
    this.level = level
    const side = (512 * 2 ** level) / within
    const cells = new Map<number, { id: string; n: number; rank: number }>()
    for (const [id, { point, x, y }] of this.standing) {
      const cell = Math.floor(x * side) * side + Math.floor(y * side)
      const rank = (point.properties.stale ? 0 : 2) + (this.shown.has(id) ? 1 : 0)
      const there = cells.get(cell)
      if (!there) cells.set(cell, { id, n: 1, rank })
      else {
        there.n++
        if (rank > there.rank) Object.assign(there, { id, rank })
      }
    }
    this.shown = new Map([...cells.values()].map(({ id, n }) => [id, n]))
    return new Map([...this.shown.keys()].map((id) => [id, (this.standing.get(id) as Standing).point]))
  }
}
