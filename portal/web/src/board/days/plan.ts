import { timestampMs } from '@bufbuild/protobuf/wkt'
import type { Timestamp } from '@bufbuild/protobuf/wkt'
import type { EndedVisit } from '../../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import type { Request, Visit } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import { RequestState, VisitState } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import { dayKey } from '../../i18n/format'
import { zoneOf } from '../../i18n/words.svelte'
import type { Seen } from '../queue'

/** Why a stop is late: a promise broken by the plan, a window missed by it, or they should have been there by now. */
export type Late = { kind: 'promise'; by: Timestamp } | { kind: 'window' } | { kind: 'start'; by: Timestamp }

/** One job in a technician's day. */
export interface Stop {
  request: Request
  visit: Visit
  /** From leaving to arriving, in seconds, as planned; undefined when it is not planned. */
  travelSeconds: number | undefined
}

/** A technician and what they have to do, in the planned order. */
export interface Day {
  seen: Seen
  /** What ended today by the clock of each site, in that order. */
  ended: EndedVisit[]
  /** Those of today by the clock of each site, and those before that are not done. */
  today: Stop[]
  later: Stop[]
}

const plannedMs = (visit: Visit): number => {
  const start = visit.planned?.start ?? visit.plannedArrival
  return start ? timestampMs(start) : Number.POSITIVE_INFINITY
}

/**
 * Every technician's day, from the open requests, of which those who are given carry their live visit, and what has ended. In
 * the order of technicians.
 */
export function daysOf(requests: Request[], technicians: Seen[], now: number, over: readonly EndedVisit[] = []): Day[] {
  const past = new Map<string, EndedVisit[]>()
  for (const one of over) {
    const { visit } = one
    const zone = one.timeZone || undefined
    if (!visit?.endedAt || dayKey(new Date(timestampMs(visit.endedAt)), zone) !== dayKey(new Date(now), zone)) continue
    const list = past.get(visit.technicianId)
    if (list) list.push(one)
    else past.set(visit.technicianId, [one])
  }
  const stops = new Map<string, Stop[]>()
  for (const request of requests) {
    const { visit } = request
    if (!visit) continue
    const { planned, plannedArrival } = visit
    const travelSeconds = planned?.start && plannedArrival ? Math.max(0, (timestampMs(plannedArrival) - timestampMs(planned.start)) / 1000) : undefined
    const list = stops.get(visit.technicianId)
    const stop = { request, visit, travelSeconds }
    if (list) list.push(stop)
    else stops.set(visit.technicianId, [stop])
  }
  return technicians.map((seen) => {
    const own = (stops.get(seen.technician.id) ?? []).sort((a, b) => plannedMs(a.visit) - plannedMs(b.visit) || a.request.number.localeCompare(b.request.number))
    const isToday = ({ request, visit }: Stop) => {
      const start = plannedMs(visit)
      if (!Number.isFinite(start) || start <= now) return true
      const zone = zoneOf(request.place)
      return dayKey(new Date(start), zone) === dayKey(new Date(now), zone)
    }
    return { seen, ended: past.get(seen.technician.id) ?? [], today: own.filter(isToday), later: own.filter((one) => !isToday(one)) }
  })
}

/** Whether a stop is late as planned, or by the clock; undefined when it is not. */
export function lateness({ request, visit }: Stop, now: number): Late | undefined {
  const arrival = visit.plannedArrival
  const there = request.state === RequestState.ON_SITE
  if (there) {
    const by = request.resolveBy
    const done = Math.max(now, visit.planned?.end ? timestampMs(visit.planned.end) : now)
    return by && done > timestampMs(by) ? { kind: 'promise', by } : undefined
  }
  if (!arrival) return undefined
  const arrives = timestampMs(arrival)
  if (arrives < now) return { kind: 'start', by: arrival }
  if (request.respondBy && arrives > timestampMs(request.respondBy)) return { kind: 'promise', by: request.respondBy }
  if (request.window?.end && arrives >= timestampMs(request.window.end)) return { kind: 'window' }
  return undefined
}

/** What a technician does now: on site, on the way, or what is next; undefined when there is nothing. */
export function doingNow(day: Day): { kind: 'on_site' | 'en_route' | 'next'; stop: Stop } | undefined {
  const under = (state: RequestState) => day.today.find((one) => one.request.state === state)
  const there = under(RequestState.ON_SITE)
  if (there) return { kind: 'on_site', stop: there }
  const going = under(RequestState.EN_ROUTE)
  if (going) return { kind: 'en_route', stop: going }
  const next = day.today[0]
  return next && { kind: 'next', stop: next }
}

/** How long, in milliseconds, a gap between two jobs is at least to be called free. */
const gap = 15 * 60_000

/** When a technician has time: now until they leave for the next job, from a time on, or for the rest of the day. */
export type Free = { kind: 'until' | 'from'; at: Timestamp; zone: string | undefined } | { kind: 'rest' }

/** Of a technician's time today. */
export interface Totals {
  /** Jobs that are over and were not cancelled. */
  done: number
  /** Those and what is left of today. */
  all: number
  /** Seconds: what was driven where that is known, and what is planned of the rest. */
  driving: number
  free: Free
}

export function totalsOf(day: Day, now: number): Totals {
  const worked = day.ended.filter((one) => one.visit?.state !== VisitState.CANCELLED)
  const driven = ({ enRouteAt, onSiteAt }: Visit) => (enRouteAt && onSiteAt ? Math.max(0, (timestampMs(onSiteAt) - timestampMs(enRouteAt)) / 1000) : undefined)
  let driving = 0
  for (const { visit } of day.ended) driving += (visit && driven(visit)) ?? 0
  for (const { visit, travelSeconds } of day.today) driving += driven(visit) ?? travelSeconds ?? 0
  return { done: worked.length, all: worked.length + day.today.length, driving, free: freeOf(day, now) }
}

function freeOf(day: Day, now: number): Free {
  const [first] = day.today
  if (!first) return { kind: 'rest' }
  const start = first.visit.planned?.start
  const waits = first.request.state === RequestState.DISPATCHED
  if (waits && start && timestampMs(start) - now >= gap) return { kind: 'until', at: start, zone: zoneOf(first.request.place) }
  // From the end of what follows without a gap.
  let until: { at: Timestamp; zone: string | undefined } | undefined
  for (const { request, visit } of day.today) {
    const { start: begins, end } = visit.planned ?? {}
    if (until && begins && timestampMs(begins) - timestampMs(until.at) >= gap) break
    if (end && (!until || timestampMs(end) > timestampMs(until.at))) until = { at: end, zone: zoneOf(request.place) }
  }
  return until && timestampMs(until.at) > now ? { kind: 'from', ...until } : { kind: 'rest' }
}

/** True when all words occur in what is known of a technician and their jobs. */
export function fits(day: Day, words: string[]): boolean {
  if (words.length === 0) return true
  const { technician } = day.seen
  const text = [technician.firstName, technician.lastName, technician.number, ...technician.skills, ...[...day.today, ...day.later].flatMap(({ request }) => [request.number, request.accountName, request.place?.city ?? '']), ...day.ended.flatMap((one) => [one.requestNumber, one.accountName, one.city])].join(' ').toLowerCase()
  return words.every((word) => text.includes(word))
}
