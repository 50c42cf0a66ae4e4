import type { Map as MapLibre } from 'maplibre-gl'
import type { Point } from './plane'

/** Where a map looks. Kept as a plain value, so that whatever is drawn over the map follows it. */
export interface View {
  zoom: number
  longitude: number
  latitude: number
  width: number
  height: number
}

export function viewOf(map: MapLibre): View {
  const { lng, lat } = map.getCenter()
  const { clientWidth, clientHeight } = map.getContainer()
  return { zoom: map.getZoom(), longitude: lng, latitude: lat, width: clientWidth, height: clientHeight }
}

/** The corners around points, as MapLibre wants them: west and south, then east and north. Nothing of nothing. */
export function boundsOf(points: (Point | undefined)[]): [[number, number], [number, number]] | undefined {
  const known = points.filter((one) => one !== undefined)
  const [first] = known
  if (!first) return undefined
  const latitudes = known.map((one) => one.latitude)
  // Beyond 180 degrees where that is the short way round.
  const longitudes = known.map((one) => first.longitude + ((((one.longitude - first.longitude + 180) % 360) + 360) % 360) - 180)
  return [
    [Math.min(...longitudes), Math.min(...latitudes)],
    [Math.max(...longitudes), Math.max(...latitudes)],
  ]
}
