import type { Request } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { stateNames } from '../i18n/words.svelte'
import type { Point } from './drawn'
import type { Seen } from './queue'

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

/** A request on the map; undefined when it has no place on the globe. */
export function requestPoint(one: Request): Point | undefined {
  const point = one.place?.point
  if (!point) return undefined
  return {
    longitude: point.longitude, latitude: point.latitude,
    properties: { number: one.number, state: stateNames[one.state] ?? 'unknown' },
  }
}

/** A technician on duty whose position is known, with whether it is fresh and, when it is, which way they go. */
export function technicianPoint(one: Seen, now: number): Point | undefined {
  const { technician } = one
  const point = technician.position?.point
  if (!point || !technician.onDuty) return undefined
  const stale = ageOf(one, now) > staleAfter
  const { heading, speed } = technician.position ?? {}
  // Standing still, a phone's compass says nothing; of long ago, nor does the way.
  const going = !stale && heading !== undefined && (speed === undefined || speed > 1)
  return {
    longitude: point.longitude, latitude: point.latitude,
    properties: {
      name: `${technician.firstName} ${technician.lastName}`, occupation: occupation(one), stale,
      // Five degrees are as much as anyone sees.
      ...(going && { heading: Math.round(heading / 5) * 5 }),
    },
  }
}

/** Where a technician on duty starts from, and the postal codes they work in as told: words for everywhere when there are none. */
export function homePoint({ technician }: Seen, everywhere: string): Point | undefined {
  const { home, territory } = technician
  if (!home || !technician.onDuty || (home.latitude === 0 && home.longitude === 0)) return undefined
  return {
    longitude: home.longitude, latitude: home.latitude,
    properties: { name: `${technician.firstName} ${technician.lastName}`, areas: territory.length > 0 ? territory.map((one) => `${one}…`).join(', ') : everywhere },
  }
}

export interface Spot {
  longitude: number
  latitude: number
}

/** From a technician to a request as the crow flies, with words on it: which way, not which road. */
export function wayBetween(from: Spot | undefined, to: Spot | undefined, words: (metres: number) => string): GeoJSON.FeatureCollection {
  if (!from || !to) return { type: 'FeatureCollection', features: [] }
  return {
    type: 'FeatureCollection',
    features: [{
      type: 'Feature', properties: { words: words(metresBetween(from, to)) },
      geometry: { type: 'LineString', coordinates: [[from.longitude, from.latitude], [to.longitude, to.latitude]] },
    }],
  }
}

/** Along a great circle, in metres. */
export function metresBetween(from: Spot, to: Spot): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180
  const half = (a: number, b: number) => Math.sin(radians(b - a) / 2) ** 2
  const h = half(from.latitude, to.latitude) + Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * half(from.longitude, to.longitude)
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** West, south, east and north of them; undefined of none. */
export function boundsOf(spots: Iterable<Spot>): [number, number, number, number] | undefined {
  let bounds: [number, number, number, number] | undefined
  for (const { longitude, latitude } of spots) {
    bounds = bounds
      ? [Math.min(bounds[0], longitude), Math.min(bounds[1], latitude), Math.max(bounds[2], longitude), Math.max(bounds[3], latitude)]
      : [longitude, latitude, longitude, latitude]
  }
  return bounds
}
