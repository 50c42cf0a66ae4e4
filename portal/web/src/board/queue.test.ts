import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { RequestsSchema, TechniciansMovedSchema, TechniciansSchema, WatchBoardResponseSchema } from '../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import { RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { Queue } from './queue'

const told = (change: NonNullable<Parameters<typeof create<typeof WatchBoardResponseSchema>>[1]>['change']) => create(WatchBoardResponseSchema, { change: change! })
const request = (id: string, version = 1n, state = RequestState.TO_BE_SCHEDULED) => told({ case: 'request', value: { id, number: id, version, state } })
const technician = (id: string, more = {}) => told({ case: 'technician', value: { id, onDuty: true, ...more } })
const complete = told({ case: 'snapshotComplete', value: {} })
const move = (technicianId: string, seconds: bigint) => ({ technicianId, position: { ageSeconds: 1n, recordedAt: { seconds } } })
const moved = (technicianId: string, seconds: bigint) => told({ case: 'moved', value: move(technicianId, seconds) })
const batch = (from: number, to: number, snapshot: boolean, version = 1n) =>
  told({ case: 'requests', value: create(RequestsSchema, {
    snapshot,
    requests: Array.from({ length: to - from }, (_, i) => ({
      id: `r${from + i}`, number: `SR-${from + i}`, version, state: RequestState.TO_BE_SCHEDULED, respondBy: { seconds: BigInt((from + i) * 60) },
    })),
  }) })

describe('Queue', () => {
  it('is whole once the snapshot is', () => {
    const queue = new Queue()
    queue.begin()
    queue.take([request('a'), technician('t')], 0)
    expect(queue.complete).toBe(false)
    queue.take([complete], 0)
    expect([queue.complete, queue.requestsComplete]).toEqual([true, true])
    queue.settle()
    expect(queue.inOrder.map((one) => one.id)).toEqual(['a'])
  })

  it('drops what ended while nobody was listening, and keeps showing it until that is known', () => {
    const queue = new Queue()
    queue.begin()
    queue.take([request('a'), request('b'), technician('t'), technician('u'), complete], 0)
    queue.begin()
    queue.take([request('b'), technician('u')], 1)
    queue.settle()
    expect(queue.inOrder).toHaveLength(2)
    queue.take([complete], 1)
    queue.settle()
    expect(queue.inOrder.map((one) => one.id)).toEqual(['b'])
    expect(queue.byName.map((one) => one.technician.id)).toEqual(['u'])
  })

  it('takes a snapshot on an open stream as one, too', () => {
    const queue = new Queue()
    queue.begin()
    queue.take([batch(0, 10, true), complete], 0)
    queue.take([batch(5, 10, true), complete], 0)
    queue.settle()
    expect(queue.inOrder.map((one) => one.id)).toEqual(['r5', 'r6', 'r7', 'r8', 'r9'])
  })

  it('takes off what has ended, tells that it did, and ignores what is older', () => {
    const queue = new Queue()
    queue.begin()
    queue.take([request('a', 5n), request('b'), complete], 0)
    queue.settle()
    queue.take([request('a', 4n, RequestState.CANCELLED), request('b', 2n, RequestState.COMPLETED)], 0)
    expect(queue.settle().ended.map((one) => one.id)).toEqual(['b'])
    expect(queue.inOrder.map((one) => one.id)).toEqual(['a'])
  })

  it('keeps a position with the time it came, and the newest one', () => {
    const queue = new Queue()
    queue.take([technician('t', { position: { ageSeconds: 3n, recordedAt: { seconds: 10n } } })], 1000)
    queue.take([technician('t', { openJobs: 2 })], 2000)
    expect(queue.technicians.get('t')).toMatchObject({ positionAt: 1000, technician: { openJobs: 2, position: { ageSeconds: 3n } } })
    queue.take([moved('t', 11n), moved('nobody', 11n), moved('t', 9n)], 3000)
    expect(queue.technicians.get('t')).toMatchObject({ positionAt: 3000, technician: { openJobs: 2, position: { recordedAt: { seconds: 11n } } } })
    expect(queue.technicians.size).toBe(1)
  })

  it('knows no position of those off duty', () => {
    const queue = new Queue()
    queue.take([technician('t', { position: { recordedAt: { seconds: 10n } } })], 0)
    queue.take([technician('t', { onDuty: false }), moved('t', 11n)], 0)
    expect(queue.technicians.get('t')?.technician.position).toBeUndefined()
  })

  it('changes only what changed, among five thousand', () => {
    const queue = new Queue()
    queue.begin()
    queue.take([batch(0, 5000, true), complete], 0)
    queue.settle()
    const before = queue.inOrder
    // Told again as it is: no change at all.
    queue.take([batch(100, 200, false)], 0)
    expect([...queue.settle().requests]).toEqual([])
    expect(queue.inOrder).toBe(before)
    queue.take([batch(7, 8, false, 2n)], 0)
    expect([...queue.settle().requests]).toEqual(['r7'])
    const after = queue.inOrder
    expect(after).toHaveLength(5000)
    expect(after.flatMap((one, index) => (one === before[index] ? [] : [index]))).toEqual([7])
  })

  it('tells that nothing but positions waits, and changes no order for them', () => {
    const queue = new Queue()
    queue.begin()
    const technicians = Array.from({ length: 1000 }, (_, i) => ({ id: `t${i}`, firstName: `Testa ${String(i).padStart(4, '0')}`, onDuty: true }))
    queue.take([told({ case: 'technicians', value: create(TechniciansSchema, { technicians, snapshot: true }) }), complete], 0)
    expect(queue.onlyMoves).toBe(false)
    queue.settle()
    const names = queue.byName.map((one) => one.technician.id)
    expect(names).toEqual(technicians.map((one) => one.id))
    queue.take([told({ case: 'techniciansMoved', value: create(TechniciansMovedSchema, { moved: [move('t5', 1n), move('t900', 1n)] }) })], 5)
    expect(queue.onlyMoves).toBe(true)
    expect([...queue.settle().moved]).toEqual(['t5', 't900'])
    expect(queue.byName.map((one) => one.technician.id)).toEqual(names)
    expect(queue.byName[900]?.positionAt).toBe(5)
  })
})
