import type { Draft } from '../complete/draft'
import type { Entry } from '../queue/entry'
import type { PhoneFile } from '../queue/files.svelte'
import type { Bucket, Change, PhoneStore } from './store'

const day = 24 * 3600_000
/** How long what is over is kept, in milliseconds: drafts and pictures of jobs that are gone, pictures and presses that were answered. */
const keptFor = 14 * day
/** The same for somebody who used this phone and may come back: nobody knows here which of their jobs are still theirs. */
const othersFor = 30 * day
/** Jobs with their customers' names and addresses; the server has them all. */
const jobsFor = 7 * day
/** The server takes no older positions. */
const fixesFor = day

export interface Scene {
  /** Who is signed in. */
  person: string
  /** The visits that are theirs now, as the server has just said. */
  live: ReadonlySet<string>
  /** Milliseconds by the phone's clock. */
  now: number
}

/**
 * Removes what nobody needs any more, of everybody who used this phone. What has not been sent stays, however old and whosever it
 * is: presses that wait, pictures that follow them, and drafts and pictures of jobs that may still be finished. Gives what it removed.
 */
export async function tidy(store: PhoneStore, scene: Scene): Promise<string[]> {
  const { person, live, now } = scene
  const gone: Change[] = []
  const forget = (bucket: Bucket, key: string) => gone.push({ bucket, key, value: undefined })
  const older = (at: number | undefined, than: number) => at !== undefined && now - at > than

  /** Visits with something on its way: a completion that waits may be refused, and is corrected from its draft. */
  const busy = new Set<string>()
  for (const key of await store.keys('operations')) {
    const entry = await store.get<Entry>('operations', key)
    if (!entry) continue
    if (entry.state === 'waiting' || (entry.state === 'refused' && !entry.seen)) busy.add(`${entry.person} ${entry.visitId}`)
    // A person's own are tidied by their queue.
    else if (entry.person !== person && older(entry.answeredAt ?? entry.pressedAt, othersFor)) forget('operations', key)
  }
  const over = (owner: string, visit: string, at: number | undefined) =>
    !busy.has(`${owner} ${visit}`) && (owner === person ? !live.has(visit) && older(at, keptFor) : older(at, othersFor))

  for (const key of await store.keys('drafts')) {
    const [owner = '', visit = ''] = key.split('/')
    if (over(owner, visit, (await store.get<Draft>('drafts', key))?.savedAt)) forget('drafts', key)
  }
  for (const key of await store.keys('files')) {
    const [owner = '', what, id = ''] = key.split('/')
    if (what !== 'file') continue
    const file = await store.get<PhoneFile>('files', key)
    const ended = file?.state === 'sent' || file?.state === 'refused'
    if (!file || !(ended ? older(file.answeredAt ?? file.takenAt, owner === person ? keptFor : othersFor) : file.state === 'draft' && over(owner, file.visitId, file.takenAt))) continue
    forget('files', key)
    forget('files', `${owner}/bytes/${id}`)
  }
  for (const [bucket, keep] of [['jobs', jobsFor], ['fixes', fixesFor]] as const) {
    for (const key of await store.keys(bucket)) {
      if (key.startsWith(`${person}/`)) continue
      const at = bucket === 'jobs' ? (await store.get<{ at: number }>(bucket, key))?.at : Number(key.split('/')[1]) * 1000
      if (older(at, keep)) forget(bucket, key)
    }
  }
  await store.write(gone)
  return gone.map((one) => `${one.bucket} ${one.key}`)
}
