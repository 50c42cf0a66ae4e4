import 'fake-indexeddb/auto'
import { Code, ConnectError } from '@connectrpc/connect'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { openIndexed } from '../store/indexed'
import { MemoryStore } from '../store/memory'
import type { PhoneStore } from '../store/store'
import type { About, Entry } from './entry'
import { Queue } from './queue.svelte'

const job = (n: number): About => ({ requestId: `request-${n}`, visitId: `visit-${n}`, number: `SR-${n}`, account: 'Prøvefirma' })
const lost = () => new ConnectError('Failed to fetch', Code.Unknown, undefined, undefined, new TypeError('Failed to fetch'))

/** One tab of one person's phone, with a server that does as told. */
function tab(store: PhoneStore, world: { person?: string; signedIn?: string; server?: (entry: Entry) => unknown } = {}) {
  const state = { sent: [] as string[], online: true, signedIn: world.signedIn ?? world.person ?? 'kari', server: world.server ?? (() => ({})), now: 1000 }
  const queue = new Queue(world.person ?? 'kari', store, {
    send: async (entry) => {
      state.sent.push(`${entry.step} ${entry.number}`.trim())
      const answer = state.server(entry)
      if (answer instanceof Error) throw answer
      return answer
    },
    who: async () => state.signedIn,
    now: () => ++state.now,
    online: () => state.online,
    alone: (work) => locked(work),
    wait: () => 60_000,
    changed: () => {},
  })
  return { queue, state }
}

let last: Promise<unknown> = Promise.resolve()
/** One at a time, as the browser's lock is. */
function locked<T>(work: () => Promise<T>): Promise<T> {
  const run = last.then(work)
  last = run.catch(() => {})
  return run
}

let names = 0
const fresh = () => `phone-${++names}`
const reopen = (name: string) => openIndexed(indexedDB, name)

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))

describe('the queue', () => {
  it('sends what was pressed without cover in the order of the presses, once, with the id of the press, after the page was killed', async () => {
    const name = fresh()
    const before = tab(await reopen(name))
    before.state.online = false
    await before.queue.start()
    for (const step of ['accept', 'depart', 'arrive'] as const) await before.queue.press(step, job(1))
    await before.queue.press('accept', job(2))
    expect(before.queue.status).toBe('no_cover')
    const ids = before.queue.waiting.map((one) => one.id)
    before.queue.stop() // killed

    const after = tab(await reopen(name))
    await after.queue.start()
    await after.queue.settled()
    expect(after.state.sent).toEqual(['accept SR-1', 'depart SR-1', 'arrive SR-1', 'accept SR-2'])
    expect(after.queue.entries.map((one) => [one.id, one.state])).toEqual(ids.map((id) => [id, 'sent']))

    const later = tab(await reopen(name))
    await later.queue.start()
    await later.queue.settled()
    expect(later.state.sent).toEqual([])
  })

  it('sends again with the same id what was sent when the page died', async () => {
    const name = fresh()
    const ids: string[] = []
    const first = tab(await reopen(name), { server: (entry) => (ids.push(entry.id), lost()) })
    await first.queue.start()
    await first.queue.press('arrive', job(1))
    await first.queue.settled()
    expect(first.queue).toMatchObject({ status: 'no_cover', waiting: [{ step: 'arrive', state: 'waiting' }] })
    first.queue.stop()
    const second = tab(await reopen(name), { server: (entry) => ids.push(entry.id) })
    await second.queue.start()
    await second.queue.settled()
    expect(new Set(ids).size).toBe(1)
    expect(ids).toHaveLength(2)
  })

  it('tells of each step that was overtaken, and lets no refusal hold up another job', async () => {
    const overtaken = (entry: Entry) => (entry.visitId === 'visit-1' ? new ConnectError('the office took it', Code.FailedPrecondition) : {})
    const { queue, state } = tab(await reopen(fresh()), { server: overtaken })
    state.online = false
    await queue.start()
    await queue.press('depart', job(1))
    await queue.press('arrive', job(1))
    await queue.press('depart', job(2))
    state.online = true
    queue.flush()
    await queue.settled()
    expect(queue.entries.map((one) => one.state)).toEqual(['refused', 'refused', 'sent'])
    expect(queue.news).toHaveLength(2)
    await queue.putAway(queue.news[0]!.id)
    expect(queue.news).toHaveLength(1)
  })

  it('keeps the order within a job when a step must be tried later, and goes on with other jobs', async () => {
    let broken = true
    const { queue, state } = tab(await reopen(fresh()), {
      server: (entry) => (broken && entry.visitId === 'visit-1' ? new ConnectError('ours', Code.Internal) : {}),
    })
    state.online = false
    await queue.start()
    await queue.press('depart', job(1))
    await queue.press('arrive', job(1))
    await queue.press('accept', job(2))
    state.online = true
    queue.flush()
    await queue.settled()
    expect(state.sent).toEqual(['depart SR-1', 'accept SR-2'])
    expect(queue.status).toBe('later')
    broken = false
    await vi.advanceTimersByTimeAsync(60_000)
    await queue.settled()
    expect(state.sent.slice(2)).toEqual(['depart SR-1', 'arrive SR-1'])
    expect(queue).toMatchObject({ status: 'idle', waiting: [] })
  })

  it('never sends one person\'s presses in another\'s name', async () => {
    const name = fresh()
    const kari = tab(await reopen(name))
    kari.state.online = false
    await kari.queue.start()
    await kari.queue.press('arrive', job(1))
    kari.state.online = true
    kari.state.signedIn = 'ola' // in another tab
    kari.queue.flush()
    await kari.queue.settled()
    expect(kari.state.sent).toEqual([])
    expect(kari.queue.status).toBe('someone_else')
    const ola = tab(await reopen(name), { person: 'ola' })
    await ola.queue.start()
    await ola.queue.settled()
    expect(ola.queue.entries).toEqual([])
    expect(ola.state.sent).toEqual([])
    kari.state.signedIn = 'kari'
    kari.queue.flush()
    await kari.queue.settled()
    expect(kari.state.sent).toEqual(['arrive SR-1'])
  })

  it('waits for the technician to sign in again', async () => {
    let session = false
    const { queue, state } = tab(await reopen(fresh()), { server: () => (session ? {} : new ConnectError('sign in', Code.Unauthenticated)) })
    await queue.start()
    await queue.press('accept', job(1))
    await queue.settled()
    expect(queue).toMatchObject({ status: 'signed_out', waiting: [{ step: 'accept' }] })
    await vi.advanceTimersByTimeAsync(600_000)
    expect(state.sent).toHaveLength(1)
    session = true
    queue.flush()
    await queue.settled()
    expect(queue).toMatchObject({ status: 'idle', waiting: [] })
  })

  it('sends each press once from two tabs', async () => {
    const name = fresh()
    const [one, two] = [tab(await reopen(name)), tab(await reopen(name))]
    one.state.online = two.state.online = false
    await one.queue.start()
    await two.queue.start()
    for (let n = 1; n <= 5; n++) await (n % 2 ? one : two).queue.press('accept', job(n))
    one.state.online = two.state.online = true
    one.queue.flush()
    two.queue.flush()
    await one.queue.settled()
    await two.queue.settled()
    const sent = [...one.state.sent, ...two.state.sent]
    expect(sent.sort()).toEqual([1, 2, 3, 4, 5].map((n) => `accept SR-${n}`))
  })

  it('sends what the phone has no room for, and says that it is not kept', async () => {
    const store = new MemoryStore()
    let full = true
    const write = store.write.bind(store)
    store.write = (changes) => (full ? Promise.reject(new DOMException('no room', 'QuotaExceededError')) : write(changes))
    const { queue, state } = tab(store)
    state.online = false
    await queue.start()
    expect(await queue.press('arrive', job(1))).toMatchObject({ unkept: true, state: 'waiting' })
    expect(queue.full).toBe(true)
    expect(queue.waiting).toHaveLength(1)
    state.online = true
    full = false
    queue.flush()
    await queue.settled()
    expect(state.sent).toEqual(['arrive SR-1'])
    expect(queue.entries).toMatchObject([{ state: 'sent' }])
    expect(queue.entries[0]).not.toHaveProperty('unkept')
  })

  it('takes a second press of a step that waits for the same', async () => {
    const { queue, state } = tab(await reopen(fresh()))
    state.online = false
    await queue.start()
    const [first, second] = [await queue.press('depart', job(1)), await queue.press('depart', job(1))]
    expect(second.id).toBe(first.id)
    expect(await queue.press('go_off_duty', { requestId: '', visitId: '', number: '', account: '' })).toMatchObject({ step: 'go_off_duty' })
  })

  it('forgets answers after two weeks, and never what waits', async () => {
    const name = fresh()
    const store = await reopen(name)
    const entry = (n: number, state: Entry['state']): Entry => ({ ...job(n), n, id: `id-${n}`, person: 'kari', step: 'accept', pressedAt: 0, content: {}, state, ...(state === 'sent' ? { answeredAt: 0 } : {}) })
    await store.write([entry(1, 'sent'), entry(2, 'waiting')].map((one) => ({ bucket: 'operations', key: `kari/${String(one.n).padStart(12, '0')}`, value: one })))
    const { queue, state } = tab(store)
    state.now = 15 * 24 * 3600_000
    state.online = false
    await queue.start()
    expect(queue.entries.map((one) => one.id)).toEqual(['id-2'])
  })
})
