import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { WatchRequestResponseSchema } from '../gen/utsendt/portal/v1/portal_service_pb.js'
import { ageOf, newsOf, nothingWatched, takeIn } from './watching'

const message = (version: bigint, state: RequestState, more = {}) =>
  create(WatchRequestResponseSchema, { request: { id: 'r', version, state }, ...more })
const tracking = { tracking: { technicianFirstName: 'Test', position: { ageSeconds: 3n } } }

describe('takeIn', () => {
  const first = takeIn(nothingWatched, message(2n, RequestState.EN_ROUTE, { activities: [{ sequence: 1n }], ...tracking }), 100)

  it('keeps the history when only the position changed', () => {
    const next = takeIn(first, message(2n, RequestState.EN_ROUTE, tracking), 900)
    expect(next.activities).toHaveLength(1)
    expect(next.trackedAt).toBe(900)
  })

  it('takes the photos with the activities, and keeps them when only the position changed', () => {
    const seen = takeIn(first, message(3n, RequestState.EN_ROUTE, { activities: [{ sequence: 1n }], photos: [{ id: 'p' }] }), 900)
    expect(seen.photos.map((one) => one.id)).toEqual(['p'])
    expect(takeIn(seen, message(3n, RequestState.EN_ROUTE, tracking), 950).photos).toHaveLength(1)
    expect(takeIn(seen, message(4n, RequestState.EN_ROUTE, { activities: [{ sequence: 1n }] }), 950).photos).toEqual([])
  })

  it('never goes back to an older version', () => {
    expect(takeIn(first, message(1n, RequestState.DISPATCHED), 200)).toBe(first)
  })

  it('changes nothing on a heartbeat', () => {
    expect(takeIn(first, create(WatchRequestResponseSchema, { heartbeat: true }), 200)).toBe(first)
  })

  it('drops the position as soon as the technician is not on the way', () => {
    for (const state of [RequestState.ON_SITE, RequestState.TO_BE_SCHEDULED, RequestState.COMPLETED]) {
      expect(takeIn(first, message(3n, state, tracking), 200).tracking).toBeUndefined()
    }
  })

  it('lets a position grow old when no new one comes', () => {
    const later = takeIn(first, message(3n, RequestState.EN_ROUTE), 60_100)
    expect(later.tracking).toBe(first.tracking)
    expect(ageOf(later.tracking!.position!, later.trackedAt, 60_100)).toBe(63)
  })
})

describe('newsOf', () => {
  const opened = takeIn(nothingWatched, message(2n, RequestState.DISPATCHED, { activities: [{ sequence: 1n, kind: 'opened' }] }), 0)
  const kinds = (...kinds: string[]) => ({ activities: kinds.map((kind, i) => ({ kind, sequence: BigInt(i + 1) })) })

  it('says nothing of what was there from the first', () => expect(newsOf(nothingWatched, opened)).toEqual({}))

  it('tells a new state, and not also the activity that made it', () => {
    const next = takeIn(opened, message(3n, RequestState.EN_ROUTE, kinds('opened', 'departed')), 0)
    expect(newsOf(opened, next)).toEqual({ state: RequestState.EN_ROUTE })
  })

  it('tells the newest of what was added while the state stayed', () => {
    const next = takeIn(opened, message(3n, RequestState.DISPATCHED, kinds('opened', 'scheduled', 'nearly_there')), 0)
    expect(newsOf(opened, next).activity?.kind).toBe('nearly_there')
  })

  it('is silent about a position that moves', () => {
    const moving = takeIn(opened, message(3n, RequestState.EN_ROUTE, { ...kinds('opened', 'departed'), ...tracking }), 0)
    expect(newsOf(moving, takeIn(moving, message(3n, RequestState.EN_ROUTE, tracking), 900))).toEqual({})
  })
})
