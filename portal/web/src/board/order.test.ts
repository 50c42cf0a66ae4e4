import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { RequestSchema, RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { byPromise, dueOf, merged } from './order'

const request = (id: string, respond?: number, more = {}) =>
  create(RequestSchema, { id, state: RequestState.DISPATCHED, ...(respond !== undefined && { respondBy: { seconds: BigInt(respond) } }), ...more })

describe('the order of the queue', () => {
  it('has what waits longest against its promise first, and what has no promise last, oldest first', () => {
    const list = [
      request('none, newer', undefined, { openedAt: { seconds: 9n } }),
      request('none, older', undefined, { openedAt: { seconds: 5n } }),
      request('soon', 2000),
      request('broken', 1000),
      request('long broken', 10),
    ]
    expect(list.sort(byPromise).map((one) => one.id)).toEqual(['long broken', 'broken', 'soon', 'none, older', 'none, newer'])
  })

  it('goes by the repair once somebody is there', () => {
    const promises = { respondBy: { seconds: 100n }, resolveBy: { seconds: 900n } }
    expect(dueOf(request('a', undefined, promises))).toBe(100_000)
    expect(dueOf(request('b', undefined, { ...promises, state: RequestState.ON_SITE }))).toBe(900_000)
  })

  it('puts what changed where it belongs without sorting the rest', () => {
    const list = Array.from({ length: 5000 }, (_, i) => ({ id: `r${i}`, at: i * 10 }))
    let compared = 0
    const compare = (a: { at: number }, b: { at: number }) => {
      compared++
      return a.at - b.at
    }
    const come = [{ id: 'r10', at: 25_005 }, { id: 'new', at: -1 }]
    const after = merged(list, new Set(['r10', 'r4999']), come, (one) => one.id, compare)
    expect(after).toHaveLength(5000)
    expect(after[0]?.id).toBe('new')
    expect(after.findIndex((one) => one.id === 'r10')).toBe(2501)
    expect([...after].sort((a, b) => a.at - b.at)).toEqual(after)
    expect(compared).toBeLessThan(6000)
  })

  it('is the same as sorting everything, whatever changes', () => {
    let seed = 7
    const random = (n: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % n
    let list: { id: string; at: number }[] = []
    const byAt = (a: { id: string; at: number }, b: { id: string; at: number }) => a.at - b.at || (a.id < b.id ? -1 : 1)
    const truth = new Map<string, { id: string; at: number }>()
    for (let round = 0; round < 200; round++) {
      const gone = new Set<string>()
      for (let i = random(6); i >= 0; i--) {
        const id = `r${random(60)}`
        gone.add(id)
        if (random(3)) truth.set(id, { id, at: random(40) })
        else truth.delete(id)
      }
      list = merged(list, gone, [...gone].flatMap((id) => truth.get(id) ?? []), (one) => one.id, byAt)
      expect(list).toEqual([...truth.values()].sort(byAt))
    }
  })
})
