import { create } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code, ConnectError } from '@connectrpc/connect'
import { describe, expect, it } from 'vitest'
import { ListOperationsResponseSchema, OperationFateSchema, OperationState } from '../../gen/utsendt/mobile/v1/operation_pb.js'
import type { OperationFate } from '../../gen/utsendt/mobile/v1/operation_pb.js'
import type { Entry } from '../queue/entry'
import { noJob } from '../queue/entry'
import { ServerRecord } from './record.svelte'
import { rowsOf } from './rows'

const fate = (id: string, kind: string, at: number, more: Partial<OperationFate> = {}) =>
  create(OperationFateSchema, { id, kind, state: OperationState.TOOK_EFFECT, takenAt: timestampFromMs(at), ...(more as object) })
const entry = (n: number, id: string, step: Entry['step'], pressedAt: number, state: Entry['state'] = 'sent'): Entry => ({
  ...noJob, n, id, person: 'kari', step, pressedAt, content: {}, state,
})

describe('what this phone and the server know', () => {
  it('stands there once each, the newest first, in the order of the presses whatever the phone\'s clock did', () => {
    const entries = [entry(1, 'a', 'accept', 9000), entry(2, 'b', 'depart', 3000), entry(3, 'c', 'arrive', 5000, 'waiting')]
    const fates = [fate('b', 'depart', 3100), fate('other', 'complete', 4000), fate('duty', 'duty', 100, { onDuty: true }), fate('newer', 'from a later make', 1)]
    const rows = rowsOf(entries, fates, (ms) => ms)
    expect(rows.map((one) => [one.id, one.step, !!one.entry, !!one.fate])).toEqual([
      ['c', 'arrive', true, false],
      ['other', 'complete', false, true],
      ['b', 'depart', true, true],
      ['a', 'accept', true, false],
      ['duty', 'go_on_duty', false, true],
    ])
  })

  it('is the server\'s alone on a phone that has none', () => {
    const rows = rowsOf([], [fate('x', 'duty', 1, { onDuty: false }), fate('y', 'second_visit', 2)], (ms) => ms)
    expect(rows.map((one) => [one.id, one.step])).toEqual([['y', 'complete'], ['x', 'go_off_duty']])
  })
})

describe('the server\'s record', () => {
  const all = Array.from({ length: 5 }, (_, i) => fate(`op-${i}`, 'accept', 1000 - i))
  const server = () => {
    const asked: (string | string[])[] = []
    const world = { down: false }
    const record = new ServerRecord({
      page: async (token) => {
        asked.push(token)
        if (world.down) throw new ConnectError('Failed to fetch', Code.Unknown, undefined, undefined, new TypeError('Failed to fetch'))
        const from = Number(token || 0)
        return create(ListOperationsResponseSchema, { fates: all.slice(from, from + 2), nextPageToken: from + 2 < all.length ? String(from + 2) : '' })
      },
      of: async (ids) => {
        asked.push(ids)
        return create(ListOperationsResponseSchema, { fates: ids.map((id) => (id === 'lost' ? fate('lost', 'arrive', 5) : create(OperationFateSchema, { id, state: OperationState.UNKNOWN }))) })
      },
    })
    return { asked, world, record }
  }

  it('is read in pages to its end, and each thing is there once', async () => {
    const { record } = server()
    await record.read([])
    expect(record.status).toBe('part')
    await record.more()
    await record.more()
    expect(record.status).toBe('whole')
    await record.more()
    expect([...record.fates.keys()]).toEqual(['op-0', 'op-1', 'op-2', 'op-3', 'op-4'])
  })

  it('tells of a press whose answer was lost, however long ago, and of none that never arrived', async () => {
    const { record, asked } = server()
    await record.read(['lost', 'never'])
    expect(asked[0]).toEqual(['lost', 'never'])
    expect(record.fates.get('lost')?.kind).toBe('arrive')
    expect(record.fates.has('never')).toBe(false)
  })

  it('goes on where it was when there is cover again', async () => {
    const { record, world } = server()
    await record.read([])
    world.down = true
    await record.more()
    expect(record).toMatchObject({ status: 'part', problem: { unreachable: true } })
    expect(record.fates.size).toBe(2)
    world.down = false
    await record.more()
    expect(record.fates.size).toBe(4)
    expect(record.problem).toBeUndefined()
  })
})
