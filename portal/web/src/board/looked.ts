import { timestampMs } from '@bufbuild/protobuf/wkt'
import type { Request } from '../gen/utsendt/dispatch/v1/request_pb.js'

/** How far this person has looked, in this browser. */
export interface Looked {
  /** What was done until then, by the server's clock in milliseconds, was seen. */
  until: number
  /** Newer versions that were seen all the same, by request. */
  versions: Record<string, string>
}

/**
 * Changes committed at the same time may arrive in another order than their times say: what is nearer to the newest
 * than this is remembered by version.
 */
const overlapMs = 10_000

const atOf = (one: Request) => (one.latest?.at ? timestampMs(one.latest.at) : 0)

/** Whether a request changed since it was looked at; before the first look nothing is new. */
export function isChanged(one: Request, looked: Looked | undefined): boolean {
  if (!looked || atOf(one) <= looked.until) return false
  const seen = looked.versions[one.id]
  return seen === undefined || BigInt(seen) < one.version
}

/** As far as everything in the queue, ended ones included. */
export function lookedAtAll(requests: Iterable<Request>): Looked {
  const list = [...requests]
  let newest = 0
  for (const one of list) newest = Math.max(newest, atOf(one))
  const until = newest - overlapMs
  return { until, versions: Object.fromEntries(list.filter((one) => atOf(one) > until).map((one) => [one.id, String(one.version)])) }
}

/** One request more, at this version. */
export function lookedAt(one: Request, looked: Looked | undefined): Looked | undefined {
  if (!looked || BigInt(looked.versions[one.id] ?? '0') >= one.version) return looked
  return { ...looked, versions: { ...looked.versions, [one.id]: String(one.version) } }
}

const key = (userId: string) => `utsendt.board.looked.${userId}`

export function readLooked(storage: Pick<Storage, 'getItem'>, userId: string): Looked | undefined {
  try {
    const value = JSON.parse(storage.getItem(key(userId)) ?? 'null')
    if (typeof value?.until !== 'number' || typeof value.versions !== 'object' || value.versions === null) return undefined
    const versions = Object.entries(value.versions).filter((one): one is [string, string] => typeof one[1] === 'string' && /^\d+$/.test(one[1]))
    return { until: value.until, versions: Object.fromEntries(versions) }
  } catch {
    return undefined
  }
}

/** False when the browser keeps nothing. */
export function writeLooked(storage: Pick<Storage, 'setItem'>, userId: string, looked: Looked): boolean {
  try {
    storage.setItem(key(userId), JSON.stringify(looked))
    return true
  } catch {
    return false
  }
}
