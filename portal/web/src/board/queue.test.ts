import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { WatchBoardResponseSchema } from '../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import { RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { byPromise } from './order'
import { Queue } from './queue'

const request = (id: string, version = 1n, state = RequestState.TO_BE_SCHEDULED) =>
  create(WatchBoardResponseSchema, { change: { case: 'request', value: { id, number: id, version, state } } })
const technician = (id: string, more = {}) =>
  create(WatchBoardResponseSchema, { change: { case: 'technician', value: { id, ...more } } })
const complete = create(WatchBoardResponseSchema, { change: { case: 'snapshotComplete', value: {} } })
const moved = (technicianId: string, ageSeconds: bigint) =>
  create(WatchBoardResponseSchema, { change: { case: 'moved', value: { technicianId, position: { ageSeconds } } } })

describe('Queue', () => {
  it('is whole once the snapshot is', () => {
    const queue = new Queue()
    queue.begin()
    queue.take([request('a'), technician('t')], 0)
    expect(queue.complete).toBe(false)
    queue.take([complete], 0)
    expect(queue.complete).toBe(true)
    expect([...queue.requests.keys()]).toEqual(['a'])
  })

  it('drops what ended while nobody was listening, and keeps showing it until that is known', () => {
    const queue = new Queue()
    queue.begin()
    queue.take([request('a'), request('b'), technician('t'), technician('u'), complete], 0)
    queue.begin()
    queue.take([request('b'), technician('u')], 1)
    expect(queue.requests.size).toBe(2)
    queue.take([complete], 1)
    expect([...queue.requests.keys()]).toEqual(['b'])
    expect([...queue.technicians.keys()]).toEqual(['u'])
  })

  it('takes off what has ended and ignores what is older', () => {
    const queue = new Queue()
    queue.begin()
    queue.take([request('a', 5n), request('b'), complete], 0)
    queue.take([request('a', 4n, RequestState.CANCELLED), request('b', 2n, RequestState.COMPLETED)], 0)
    expect([...queue.requests.keys()]).toEqual(['a'])
  })

  it('keeps a position with the time it came', () => {
    const queue = new Queue()
    queue.take([technician('t', { position: { ageSeconds: 3n } })], 1000)
    queue.take([technician('t', { onDuty: true })], 2000)
    expect(queue.technicians.get('t')).toMatchObject({ positionAt: 1000, technician: { onDuty: true } })
    queue.take([moved('t', 1n), moved('nobody', 1n)], 3000)
    expect(queue.technicians.get('t')).toMatchObject({ positionAt: 3000, technician: { onDuty: true } })
    expect(queue.technicians.size).toBe(1)
  })

  it('sorts by what is promised soonest', () => {
    const queue = new Queue()
    const with_ = (id: string, seconds?: bigint) =>
      create(WatchBoardResponseSchema, {
        change: {
          case: 'request',
          value: { id, number: id, version: 1n, state: 1, ...(seconds !== undefined && { respondBy: { seconds } }) },
        },
      })
    queue.take([with_('d'), with_('c'), with_('b', 20n), with_('a', 30n)], 0)
    expect([...queue.requests.values()].sort(byPromise).map((one) => one.id)).toEqual(['b', 'a', 'c', 'd'])
  })
})
