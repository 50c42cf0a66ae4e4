import 'fake-indexeddb/auto'
import { expect, it, vi } from 'vitest'
import { emptyDraft, together } from '../complete/draft'
import type { Draft } from '../complete/draft'
import { Queue } from '../queue/queue.svelte'
import type { Entry } from '../queue/entry'
import { openIndexed } from './indexed'
import { LateStore } from './late.svelte'
import { openStore } from './open'
import type { Merge, PhoneStore } from './store'
import { keyOf } from './store'

const last: Merge = (_, __, written) => written
const visit = { requestId: 'request-1', visitId: 'visit-1', number: 'SR-1', account: 'Prøvefirma' }

function queueOn(store: PhoneStore, online = true) {
  const sent: Entry[] = []
  const world = { online }
  const queue = new Queue('kari', store, {
    send: async (entry) => void sent.push(entry),
    who: async () => 'kari',
    now: Date.now,
    online: () => world.online,
    alone: (work) => work(),
    wait: () => 60_000,
    changed: () => {},
  })
  return { queue, sent, world }
}

/** A factory whose databases open when told. */
function slow(name: string) {
  let open: () => void = () => {}
  const told = new Promise<void>((resolve) => (open = resolve))
  const factory = {
    open: () => {
      const request = {} as IDBOpenDBRequest & { result: IDBDatabase }
      void told.then(() => {
        const real = indexedDB.open(name, 1)
        real.onupgradeneeded = () => {
          Object.assign(request, { result: real.result })
          request.onupgradeneeded?.call(request, undefined as never)
        }
        real.onsuccess = () => {
          Object.assign(request, { result: real.result })
          request.onsuccess?.call(request, undefined as never)
        }
      })
      return request
    },
  } as unknown as IDBFactory
  return { factory, open }
}

it('sends what was there before and what was pressed meanwhile, once and in the order of the presses, when the database opens late', async () => {
  const name = 'late-queue'
  const before = queueOn(await openIndexed(indexedDB, name), false)
  await before.queue.start()
  await before.queue.press('accept', visit)
  before.queue.stop()

  const { factory, open } = slow(name)
  const store = await openStore(last, factory, 5)
  expect(store.lasting).toBe(false)
  const now = queueOn(store, false)
  await now.queue.start()
  expect(now.queue.entries).toEqual([])
  await now.queue.press('depart', visit)
  await now.queue.press('arrive', visit)

  const taken = new Promise<void>((resolve) => void store.onLasting?.(resolve))
  open()
  await taken
  expect(store.lasting).toBe(true)
  await now.queue.read()
  expect(now.queue.waiting.map((one) => one.step)).toEqual(['accept', 'depart', 'arrive'])
  await now.queue.press('complete', visit)
  now.world.online = true
  now.queue.flush()
  await now.queue.settled()
  expect(now.sent.map((one) => one.step)).toEqual(['accept', 'depart', 'arrive', 'complete'])
  expect(new Set(now.sent.map((one) => one.id)).size).toBe(4)
  now.queue.stop()

  // And it stays so: the next page finds them all sent.
  const after = queueOn(await openIndexed(indexedDB, name))
  await after.queue.start()
  await after.queue.settled()
  expect(after.sent).toEqual([])
  expect(after.queue.entries.map((one) => [one.step, one.state])).toEqual(['accept', 'depart', 'arrive', 'complete'].map((step) => [step, 'sent']))
})

it('keeps the answer to what was on its way while it moved', async () => {
  const database = await openIndexed(indexedDB, 'late-answer')
  const store = new LateStore(last)
  let answer: () => void = () => {}
  const { queue, sent, world } = queueOn(store, false)
  Object.assign(queue['world'], { send: (entry: Entry) => new Promise<void>((resolve) => (sent.push(entry), (answer = resolve))) })
  await queue.start()
  await queue.press('accept', visit)
  world.online = true
  queue.flush()
  await vi.waitFor(() => expect(sent).toHaveLength(1))
  await store.moveInto(database)
  answer()
  await queue.settled()
  expect((await database.all<Entry>('operations', 'kari/')).map((one) => one.state)).toEqual(['sent'])
})

it('joins what was typed meanwhile with what was typed before, and loses neither', async () => {
  const database = await openIndexed(indexedDB, 'late-draft')
  const draft = (change: Partial<Draft>): Draft => ({ ...emptyDraft(), ...change })
  const key = keyOf('kari', 'visit-1')
  await database.write([{ bucket: 'drafts', key, value: draft({ text: 'Før', readings: { black: '10' }, signedBy: 'Testa', savedAt: 1 }) }])
  const store = new LateStore((bucket, before, written) => (bucket === 'drafts' ? together(before as Draft, written as Draft) : written))
  await store.write([{ bucket: 'drafts', key, value: draft({ text: 'Etter', readings: { colour: '20' }, outcome: 1, savedAt: 2 }) }])
  const moving = store.moveInto(database)
  // What comes while it moves waits for it.
  await store.write([{ bucket: 'drafts', key: keyOf('kari', 'visit-2'), value: draft({ text: 'To' }) }])
  await moving
  expect(await database.get('drafts', key)).toEqual(draft({ text: 'Etter', readings: { black: '10', colour: '20' }, signedBy: 'Testa', outcome: 1, savedAt: 2 }))
  expect(await database.get('drafts', keyOf('kari', 'visit-2'))).toMatchObject({ text: 'To' })
})

it('stays in memory, with everything in it, when the database has no room', async () => {
  const database = await openIndexed(indexedDB, 'late-full')
  vi.spyOn(database, 'write').mockRejectedValue(new DOMException('full', 'QuotaExceededError'))
  const store = new LateStore(last)
  await store.write([{ bucket: 'jobs', key: 'kari/list', value: 1 }])
  await store.moveInto(database)
  expect(store.lasting).toBe(false)
  expect(await store.get('jobs', 'kari/list')).toBe(1)
})
