import { timestampMs } from '@bufbuild/protobuf/wkt'
import type { Timestamp } from '@bufbuild/protobuf/wkt'
import type { Request } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'

/** The promise that counts now: a technician on site, and once there, the fault solved. */
export function promiseOf(request: Request): Timestamp | undefined {
  return request.state === RequestState.ON_SITE ? request.resolveBy : (request.respondBy ?? request.resolveBy)
}

interface Keys {
  due: number
  opened: number
}

// A request is never changed in place, so what its place in the order follows from is reckoned once.
const keys = new WeakMap<Request, Keys>()

function keysOf(request: Request): Keys {
  let known = keys.get(request)
  if (!known) {
    const promise = promiseOf(request)
    known = {
      due: promise ? timestampMs(promise) : Number.POSITIVE_INFINITY,
      opened: request.openedAt ? timestampMs(request.openedAt) : 0,
    }
    keys.set(request, known)
  }
  return known
}

/** When the promise that counts is or was due, in milliseconds since 1970; infinite without a promise. */
export function dueOf(request: Request): number {
  return keysOf(request).due
}

/** What waits longest against its promise first: broken promises, then the soonest, then those without, oldest first. */
export function byPromise(a: Request, b: Request): number {
  const [first, second] = [keysOf(a), keysOf(b)]
  if (first.due !== second.due) return first.due < second.due ? -1 : 1
  if (first.opened !== second.opened) return first.opened - second.opened
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/**
 * A sorted list with some of its members replaced: those of `gone` (by id) are left out, those of `come` are put where
 * they belong. Only what comes is sorted; the rest is walked through once.
 */
export function merged<T>(list: readonly T[], gone: ReadonlySet<string>, come: readonly T[], idOf: (one: T) => string, compare: (a: T, b: T) => number): T[] {
  const sorted = [...come].sort(compare)
  const result: T[] = []
  let next = 0
  for (const one of list) {
    if (gone.has(idOf(one))) continue
    while (next < sorted.length && compare(sorted[next] as T, one) < 0) result.push(sorted[next++] as T)
    result.push(one)
  }
  while (next < sorted.length) result.push(sorted[next++] as T)
  return result
}
