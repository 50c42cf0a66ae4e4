import type { Request } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { stateNames } from '../i18n/words.svelte'
import type { Seen } from './queue'

type Points = GeoJSON.FeatureCollection<GeoJSON.Point, Record<string, string | boolean>>

/** Seconds after which a position is where somebody was, no longer where they are. */
export const staleAfter = 60

/** How old a technician's position is, in seconds, by this browser's clock. */
export function ageOf(one: Seen, now: number): number {
  return Number(one.technician.position?.ageSeconds ?? 0n) + Math.max(0, now - one.positionAt) / 1000
}

/** "off" duty, at "work" on a job, or "free". */
export function occupation({ technician }: Seen): 'off' | 'work' | 'free' {
  if (!technician.onDuty) return 'off'
  return technician.currentRequestId ? 'work' : 'free'
}

/** The requests that have a place on the globe. */
export function requestPoints(requests: Request[], chosenId: string | undefined): Points {
  const features: Points['features'] = []
  for (const one of requests) {
    const point = one.place?.point
    if (!point) continue
    features.push({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [point.longitude, point.latitude] },
      properties: { id: one.id, number: one.number, state: stateNames[one.state] ?? 'unknown', chosen: one.id === chosenId },
    })
  }
  return { type: 'FeatureCollection', features }
}

/** The technicians on duty whose position is known, with whether it is fresh. */
export function technicianPoints(technicians: Seen[], now: number): Points {
  const features: Points['features'] = []
  for (const one of technicians) {
    const { technician } = one
    const point = technician.position?.point
    if (!point || !technician.onDuty) continue
    features.push({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [point.longitude, point.latitude] },
      properties: {
        id: technician.id,
        name: `${technician.firstName} ${technician.lastName}`,
        occupation: occupation(one),
        stale: ageOf(one, now) > staleAfter,
      },
    })
  }
  return { type: 'FeatureCollection', features }
}

/** From a technician to a request as the crow flies: which way, not which road. */
export function wayBetween(from: { longitude: number; latitude: number } | undefined, to: { longitude: number; latitude: number } | undefined): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features:
      from && to
        ? [{ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [[from.longitude, from.latitude], [to.longitude, to.latitude]] } }]
        : [],
  }
}
