import { Code, ConnectError } from '@connectrpc/connect'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Fix } from './reporting.svelte'
import { MemoryStore } from '../store/memory'
import { Fixes } from './fixes'
import { Reporting } from './reporting.svelte'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const place = { coords: { latitude: 60, longitude: 10, accuracy: 8, speed: null, heading: Number.NaN } } as unknown as GeolocationPosition

function start(store = new MemoryStore()) {
  const batches: Fix[][] = []
  const world = {
    failure: undefined as unknown,
    everyMs: undefined as number | undefined,
    located: 0,
    hidden: false,
    offline: false,
    locate: async () => place,
  }
  const reporting = new Reporting({
    locate: async () => {
      world.located++
      return world.locate()
    },
    report: async (fixes) => {
      if (world.failure) throw world.failure
      batches.push(fixes)
      return { everyMs: world.everyMs, clockWrong: false }
    },
    now: Date.now,
    hidden: () => world.hidden,
    offline: () => world.offline,
  }, new Fixes('kari', store))
  return { reporting, batches, world }
}

it('asks for no position off duty', async () => {
  const { reporting, world } = start()
  await vi.advanceTimersByTimeAsync(600_000)
  expect(world.located).toBe(0)
  reporting.pace(10_000)
  await vi.advanceTimersByTimeAsync(0)
  reporting.pace(undefined)
  await vi.advanceTimersByTimeAsync(600_000)
  expect(world.located).toBe(1)
  expect(reporting.status).toBe('off')
})

it('keeps the pace the server says', async () => {
  const { reporting, batches, world } = start()
  reporting.pace(10_000)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(batches).toHaveLength(3)
  expect(batches[0]![0]).not.toHaveProperty('heading')
  world.everyMs = 60_000
  await vi.advanceTimersByTimeAsync(10_000)
  expect(batches).toHaveLength(4)
  await vi.advanceTimersByTimeAsync(59_000)
  expect(batches).toHaveLength(4)
  await vi.advanceTimersByTimeAsync(1000)
  expect(batches).toHaveLength(5)
})

it('keeps fixes that did not get through and sends them together', async () => {
  const { reporting, batches, world } = start()
  world.failure = new TypeError('Failed to fetch')
  reporting.pace(10_000)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(reporting).toMatchObject({ status: 'unsent', waiting: 3 })
  world.failure = undefined
  await vi.advanceTimersByTimeAsync(10_000)
  expect(batches.map((batch) => batch.length)).toEqual([4])
  expect(reporting).toMatchObject({ status: 'on', waiting: 0 })
})

it('drops what the server refuses, and says when the browser gives no position', async () => {
  const { reporting, world } = start()
  world.failure = new ConnectError('off duty', Code.FailedPrecondition)
  reporting.pace(10_000)
  await vi.advanceTimersByTimeAsync(0)
  expect(reporting.waiting).toBe(0)
  const denied = new Reporting({
    locate: () => Promise.reject({ code: 1 }),
    report: () => Promise.reject(new Error('never asked')),
    now: Date.now,
    hidden: () => false,
    offline: () => false,
  }, new Fixes('kari', new MemoryStore()))
  denied.pace(1000)
  await vi.advanceTimersByTimeAsync(0)
  expect(denied.status).toBe('denied')
})

it('keeps on the phone what was taken without cover, also when the page is killed', async () => {
  const store = new MemoryStore()
  const before = start(store)
  before.world.offline = true
  before.reporting.pace(10_000)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(before.reporting).toMatchObject({ status: 'unsent', waiting: 3 })
  expect(before.batches).toEqual([])
  before.reporting.leave()
  const after = start(store)
  after.reporting.pace(10_000)
  await vi.advanceTimersByTimeAsync(0)
  expect(after.batches.map((batch) => batch.length)).toEqual([4])
  expect(await store.all('fixes', 'kari/')).toEqual([])
})

it('sends what waits before the end of the duty, and forgets it then', async () => {
  const store = new MemoryStore()
  const { reporting, batches, world } = start(store)
  world.offline = true
  reporting.pace(10_000)
  await vi.advanceTimersByTimeAsync(10_000)
  reporting.pace(undefined)
  await reporting.finish()
  expect(batches.map((batch) => batch.length)).toEqual([2])
  expect(await store.all('fixes', 'kari/')).toEqual([])
  expect(reporting).toMatchObject({ status: 'off', waiting: 0 })
})

it('asks for nothing while the page is out of sight, and at once when it is seen', async () => {
  const { reporting, world } = start()
  world.hidden = true
  reporting.pace(10_000)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(world.located).toBe(0)
  expect(reporting.status).toBe('hidden')
  world.hidden = false
  reporting.now()
  await vi.advanceTimersByTimeAsync(0)
  expect(reporting.status).toBe('on')
})

it('tries again soon when the first attempt fails, though the pace is minutes', async () => {
  const { reporting, world, batches } = start()
  const failures: unknown[] = [{ code: 3 }, { code: 2 }]
  world.locate = async () => {
    const failure = failures.shift()
    if (failure) throw failure
    return place
  }
  world.failure = new ConnectError('the other server has not heard of the duty', Code.FailedPrecondition)
  reporting.pace(300_000)
  await vi.advanceTimersByTimeAsync(0)
  expect(reporting.status).toBe('failed')
  await vi.advanceTimersByTimeAsync(9_000)
  expect(reporting.status).toBe('unsent')
  world.failure = undefined
  await vi.advanceTimersByTimeAsync(12_000)
  expect(reporting.status).toBe('on')
  expect(batches).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(299_000)
  expect(batches).toHaveLength(1)
})

it('is not held up by a browser that never answers, and goes on at once when the person has', async () => {
  const { reporting, world } = start()
  world.locate = () => Promise.reject({ code: 'insecure' })
  reporting.pace(300_000)
  await vi.advanceTimersByTimeAsync(0)
  expect(reporting.status).toBe('insecure')
  world.locate = () => Promise.reject({ code: 'asking' })
  reporting.now()
  await vi.advanceTimersByTimeAsync(0)
  expect(reporting.status).toBe('asking')
  world.locate = async () => place
  reporting.now()
  await vi.advanceTimersByTimeAsync(0)
  expect(reporting.status).toBe('on')
})

it('begins anew on duty while an attempt of the duty before has not ended', async () => {
  const { reporting, world } = start()
  world.locate = () => new Promise(() => {})
  reporting.pace(300_000)
  await vi.advanceTimersByTimeAsync(0)
  reporting.pace(undefined)
  world.locate = async () => place
  reporting.pace(300_000)
  await vi.advanceTimersByTimeAsync(0)
  expect(reporting.status).toBe('on')
})
