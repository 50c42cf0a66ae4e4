import 'fake-indexeddb/auto'
import { expect, it } from 'vitest'
import { emptyDraft } from '../complete/draft'
import type { Entry } from '../queue/entry'
import type { PhoneFile } from '../queue/files.svelte'
import { openIndexed } from './indexed'
import type { Change } from './store'
import { keyOf } from './store'
import { tidy } from './tidy'

const day = 24 * 3600_000
const now = 1000 * day
const ago = (days: number) => now - days * day

const draft = (person: string, visit: string, days: number): Change => ({ bucket: 'drafts', key: keyOf(person, visit), value: { ...emptyDraft(), text: 'x', savedAt: ago(days) } })
const file = (person: string, id: string, visitId: string, state: PhoneFile['state'], days: number): Change[] => [
  { bucket: 'files', key: keyOf(person, 'file', id), value: { id, visitId, state, takenAt: ago(days), ...(state === 'sent' || state === 'refused' ? { answeredAt: ago(days) } : {}) } },
  { bucket: 'files', key: keyOf(person, 'bytes', id), value: new Uint8Array([1]) },
]
const press = (person: string, n: number, visitId: string, state: Entry['state'], days: number, seen = false): Change => ({
  bucket: 'operations', key: keyOf(person, n), value: { n, person, visitId, state, step: 'complete', pressedAt: ago(days), answeredAt: ago(days), seen },
})

it('removes what is over and old, and nothing that has not been sent', async () => {
  const store = await openIndexed(indexedDB, 'tidy')
  await store.write([
    draft('kari', 'live', 90), draft('kari', 'young', 13), draft('kari', 'old', 15), draft('kari', 'waits', 90), draft('kari', 'unread', 90), draft('kari', 'read', 90),
    press('kari', 1, 'waits', 'waiting', 90), press('kari', 2, 'unread', 'refused', 20), press('kari', 3, 'read', 'refused', 20, true),
    ...file('kari', 'a', 'live', 'draft', 90), ...file('kari', 'b', 'old', 'draft', 15), ...file('kari', 'c', 'old', 'waiting', 400),
    ...file('kari', 'd', 'old', 'sent', 15), ...file('kari', 'e', 'old', 'refused', 13), ...file('kari', 'f', 'waits', 'draft', 90),
    draft('ola', 'theirs', 29), draft('ola', 'theirs-old', 31), draft('ola', 'theirs-waits', 400),
    press('ola', 4, 'theirs-waits', 'waiting', 400), press('ola', 5, 'x', 'sent', 31), press('ola', 6, 'x', 'sent', 29),
    ...file('ola', 'g', 'x', 'waiting', 400), ...file('ola', 'h', 'x', 'draft', 31), ...file('ola', 'i', 'x', 'sent', 31),
    { bucket: 'jobs', key: keyOf('kari', 'list'), value: { at: ago(90) } },
    { bucket: 'jobs', key: keyOf('ola', 'list'), value: { at: ago(8) } },
    { bucket: 'jobs', key: keyOf('per', 'list'), value: { at: ago(6) } },
    { bucket: 'fixes', key: keyOf('ola', ago(2) / 1000, '0'), value: {} },
    { bucket: 'fixes', key: keyOf('kari', ago(2) / 1000, '0'), value: {} },
    { bucket: 'phone', key: 'counter', value: 6 },
  ])
  const removed = await tidy(store, { person: 'kari', live: new Set(['live']), now })
  expect(removed.sort()).toEqual([
    'drafts kari/old', 'drafts kari/read', 'drafts ola/theirs-old',
    'files kari/bytes/b', 'files kari/bytes/d', 'files kari/file/b', 'files kari/file/d',
    'files ola/bytes/h', 'files ola/bytes/i', 'files ola/file/h', 'files ola/file/i',
    `fixes ${keyOf('ola', ago(2) / 1000, '0')}`, 'jobs ola/list', `operations ${keyOf('ola', 5)}`,
  ])
  expect(await store.get('drafts', keyOf('kari', 'old'))).toBeUndefined()
  expect(await store.get('files', keyOf('kari', 'bytes', 'c'))).toBeDefined()
  expect(await tidy(store, { person: 'kari', live: new Set(['live']), now })).toEqual([])
})
