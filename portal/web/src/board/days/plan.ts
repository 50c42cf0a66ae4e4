import { timestampMs } from '@bufbuild/protobuf/wkt'
import type { Timestamp } from '@bufbuild/protobuf/wkt'
import type { Request, Visit } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import { RequestState } from '../../gen/utsendt/dispatch/v1/request_pb.js'
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
  /** Those of today by the clock of each site, and those before that are not done. */
  today: Stop[]
  later: Stop[]
}

const plannedMs = (visit: Visit): number => {
  const start = visit.planned?.start ?? visit.plannedArrival
  return start ? timestampMs(start) : Number.POSITIVE_INFINITY
}

/** Every technician's day, from the open requests: those who are given carry their live visit. In the order of technicians. */
export function daysOf(requests: Request[], technicians: Seen[], now: number): Day[] {
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
    return { seen, today: own.filter(isToday), later: own.filter((one) => !isToday(one)) }
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

/** True when all words occur in what is known of a technician and their jobs. */
export function fits(day: Day, words: string[]): boolean {
  if (words.length === 0) return true
  const { technician } = day.seen
  const text = [technician.firstName, technician.lastName, technician.number, ...technician.skills, ...[...day.today, ...day.later].flatMap(({ request }) => [request.number, request.accountName, request.place?.city ?? ''])].join(' ').toLowerCase()
  return words.every((word) => text.includes(word))
}
