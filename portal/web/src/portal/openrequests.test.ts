import { create } from '@bufbuild/protobuf'
import { expect, it } from 'vitest'
import { RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { WatchRequestsResponseSchema } from '../gen/utsendt/portal/v1/portal_service_pb.js'
import { OpenRequests } from './openrequests'

const request = (id: string, state: RequestState, version: bigint, opened = 1n) =>
  create(WatchRequestsResponseSchema, { change: { case: 'request', value: { id, state, version, openedAt: { seconds: opened, nanos: 0 } } } })
const complete = create(WatchRequestsResponseSchema, { change: { case: 'snapshotComplete', value: 2 } })
const ids = (open: OpenRequests) => open.list().map((one) => one.id)

it('builds up the list, newest first, and follows its changes', () => {
  const open = new OpenRequests()
  open.begin()
  open.take([request('a', RequestState.TO_BE_SCHEDULED, 1n, 5n), request('b', RequestState.EN_ROUTE, 4n, 9n)])
  expect(open.complete).toBe(false)
  open.take([complete])
  expect(open.complete).toBe(true)
  expect(ids(open)).toEqual(['b', 'a'])
  expect(open.take([request('a', RequestState.DISPATCHED, 2n, 5n)]).moved.map((one) => one.id)).toEqual(['a'])
  expect(open.take([request('a', RequestState.TO_BE_SCHEDULED, 1n, 5n)]).moved).toEqual([])
  expect(open.list()[1]?.state).toBe(RequestState.DISPATCHED)
})

it('takes off what has ended, what is no longer followed, and what ended while nobody listened', () => {
  const open = new OpenRequests()
  open.begin()
  open.take([request('a', RequestState.EN_ROUTE, 1n), request('b', RequestState.EN_ROUTE, 1n), request('c', RequestState.EN_ROUTE, 1n), complete])
  expect(open.take([request('a', RequestState.COMPLETED, 2n)]).ended).toBe(true)
  open.take([create(WatchRequestsResponseSchema, { change: { case: 'goneRequestId', value: 'b' } })])
  expect(ids(open)).toEqual(['c'])
  open.begin()
  expect(open.take([complete]).ended).toBe(true)
  expect(ids(open)).toEqual([])
})
