import type { GeoJSONSourceDiff } from 'maplibre-gl'

/** One point on the map: where it is, and what its looks follow from. */
export interface Point {
  longitude: number
  latitude: number
  properties: Record<string, string | number | boolean>
}

/**
 * What a source of points on the map holds, and what must be told it so that it holds something else: only what is
 * different. Thousands move; hardly any of them looks different.
 */
export class Drawn {
  private readonly points = new Map<string, Point>()
  private readonly before = new Map<string, Point | undefined>()

  get size(): number {
    return this.points.size
  }

  /** Puts a point on the map, or takes it off. */
  put(id: string, point: Point | undefined): void {
    const known = this.points.get(id)
    if (known === point || (known && point && same(known, point))) return
    if (!this.before.has(id)) this.before.set(id, known)
    if (point) this.points.set(id, point)
    else this.points.delete(id)
  }

  /** Takes off what is not among these. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of [...this.points.keys()]) if (!ids.has(id)) this.put(id, undefined)
  }

  /** What is to be told since the last time; undefined when that is nothing. */
  take(): GeoJSONSourceDiff | undefined {
    if (this.before.size === 0) return undefined
    const add: GeoJSON.Feature[] = []
    const remove: string[] = []
    const update: NonNullable<GeoJSONSourceDiff['update']> = []
    for (const [id, before] of this.before) {
      const point = this.points.get(id)
      if (!before && point) add.push(feature(id, point))
      else if (before && !point) remove.push(id)
      else if (before && point) {
        const moved = before.longitude !== point.longitude || before.latitude !== point.latitude
        const changed = Object.entries(point.properties).filter(([key, value]) => before.properties[key] !== value)
        const lost = Object.keys(before.properties).filter((key) => !(key in point.properties))
        update.push({
          id,
          ...(moved && { newGeometry: { type: 'Point' as const, coordinates: [point.longitude, point.latitude] } }),
          ...(changed.length > 0 && { addOrUpdateProperties: changed.map(([key, value]) => ({ key, value })) }),
          ...(lost.length > 0 && { removeProperties: lost }),
        })
      }
    }
    this.before.clear()
    return { add, remove, update }
  }

  /** All of it, for a source that is new; nothing is left to be told then. */
  all(): GeoJSON.FeatureCollection {
    this.before.clear()
    return { type: 'FeatureCollection', features: [...this.points].map(([id, point]) => feature(id, point)) }
  }
}

function same(a: Point, b: Point): boolean {
  if (a.longitude !== b.longitude || a.latitude !== b.latitude) return false
  const keys = Object.keys(a.properties)
  return keys.length === Object.keys(b.properties).length && keys.every((key) => a.properties[key] === b.properties[key])
}

const feature = (id: string, point: Point): GeoJSON.Feature => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [point.longitude, point.latitude] },
  // The source's promoteId makes this the feature's id.
  properties: { id, ...point.properties },
})
