import { Code, ConnectError } from '@connectrpc/connect'
import { describe, expect, it, vi } from 'vitest'
import { newId, OperationId, send } from './operation'

const counter = () => {
  let n = 0
  return () => `id-${++n}`
}

describe('OperationId', () => {
  it('is the same for the same content until it is done', () => {
    const operation = new OperationId(counter())
    expect(operation.for({ a: 1 })).toBe('id-1')
    expect(operation.for({ a: 1 })).toBe('id-1')
    expect(operation.for({ a: 2 })).toBe('id-2')
    operation.done()
    expect(operation.for({ a: 2 })).toBe('id-3')
  })

  it('outlives a reload of the page', () => {
    let kept: string | null = null
    const keep = { read: () => kept, write: (value: string | null) => void (kept = value) }
    const id = new OperationId(counter(), keep).for({ text: 'a b c' })
    const afterReload = new OperationId(() => 'other', keep)
    expect(afterReload.for({ text: 'a b c' })).toBe(id)
    afterReload.done()
    expect(kept).toBeNull()
    expect(new OperationId(() => 'fresh', keep).for({ text: 'a b c' })).toBe('fresh')
  })

  it('makes UUIDs with and without crypto.randomUUID', () => {
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    expect(newId()).toMatch(uuid)
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) })
    expect(newId()).toMatch(uuid)
    vi.unstubAllGlobals()
  })
})

describe('send', () => {
  const pauses: number[] = []
  const pause = async (ms: number) => void pauses.push(ms)

  it('tries again when nothing was heard, with the same id, and waits longer each time', async () => {
    pauses.length = 0
    const operation = new OperationId(counter())
    const ids: string[] = []
    const answer = await send(
      async () => {
        ids.push(operation.for('content'))
        if (ids.length < 3) throw new TypeError('Failed to fetch')
        return 'done'
      },
      { pause },
    )
    expect(answer).toBe('done')
    expect(ids).toEqual(['id-1', 'id-1', 'id-1'])
    expect(pauses).toEqual([800, 1600])
  })

  it('gives up after the last attempt with the last failure', async () => {
    const call = vi.fn(async () => Promise.reject(new ConnectError('busy', Code.Unavailable)))
    await expect(send(call, { pause, attempts: 2 })).rejects.toMatchObject({ code: Code.Unavailable })
    expect(call).toHaveBeenCalledTimes(2)
  })

  it('does not repeat what was refused', async () => {
    const call = vi.fn(async () => Promise.reject(new ConnectError('no', Code.AlreadyExists)))
    await expect(send(call, { pause })).rejects.toMatchObject({ code: Code.AlreadyExists })
    expect(call).toHaveBeenCalledTimes(1)
  })
})
