import 'fake-indexeddb/auto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openIndexed } from './indexed'
import { MemoryStore } from './memory'
import { openStore } from './open'
import type { Merge, PhoneStore } from './store'
import { keyOf } from './store'

afterEach(() => void vi.restoreAllMocks())

const last: Merge = (_, __, written) => written
let names = 0
const stores: [string, () => Promise<PhoneStore>][] = [
  ['IndexedDB', () => openIndexed(indexedDB, `store-${++names}`)],
  ['memory', async () => new MemoryStore()],
]

describe.each(stores)('%s', (_, open) => {
  it('gives what begins alike, in order, and nobody else\'s', async () => {
    const store = await open()
    await store.write([10, 9, 100].map((n) => ({ bucket: 'operations', key: keyOf('kari', n), value: n })))
    await store.write([{ bucket: 'operations', key: keyOf('karin', 1), value: 1 }])
    expect(await store.all('operations', keyOf('kari', ''))).toEqual([9, 10, 100])
    expect(await store.keys('operations')).toEqual([...[9, 10, 100].map((n) => keyOf('kari', n)), keyOf('karin', 1)])
    await store.write([{ bucket: 'operations', key: keyOf('kari', 9), value: undefined }])
    expect(await store.all('operations', keyOf('kari', ''))).toEqual([10, 100])
    expect(await store.get('operations', keyOf('kari', 9))).toBeUndefined()
  })

  it('keeps what was written, not what became of it', async () => {
    const store = await open()
    const value = { bytes: new Uint8Array([1, 2]), big: 7n }
    await store.write([{ bucket: 'drafts', key: 'a', value }])
    value.bytes[0] = 9
    expect(await store.get('drafts', 'a')).toEqual({ bytes: new Uint8Array([1, 2]), big: 7n })
  })

  it('counts without gaps in order', async () => {
    const store = await open()
    expect(await Promise.all([store.next(), store.next(), store.next()])).toEqual([1, 2, 3])
  })

  it('keeps all of a change or none', async () => {
    const store = await open()
    const changes = [
      { bucket: 'drafts' as const, key: 'a', value: 1 },
      { bucket: 'files' as const, key: 'b', value: () => 'no browser keeps a function' },
    ]
    await expect(store.write(changes)).rejects.toThrow()
    expect(await store.get('drafts', 'a')).toBeUndefined()
  })
})

it('is memory, and says so, where the browser gives none, refuses, or never answers', async () => {
  expect(await openStore(last, undefined)).toMatchObject({ lasting: true })
  const refuses = { open: () => { throw new DOMException('private', 'SecurityError') } } as unknown as IDBFactory
  expect(await openStore(last, refuses)).toMatchObject({ lasting: false })
  const silent = { open: () => ({}) } as unknown as IDBFactory
  expect(await openStore(last, silent, 10)).toMatchObject({ lasting: false })
  vi.stubGlobal('indexedDB', undefined)
  expect(await openStore(last)).toMatchObject({ lasting: false })
  vi.unstubAllGlobals()
})
