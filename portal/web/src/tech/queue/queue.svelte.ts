import { newId } from '../../api/operation'
import { problemOf } from '../../api/problem'
import type { PhoneStore } from '../store/store'
import type { Change } from '../store/store'
import { isFull, keyOf } from '../store/store'
import type { About, Content, Entry, Step } from './entry'
import { meaningOf, outdated } from './order'
import type { Meaning } from './order'

/** How the sending stands. no_cover: the server was not reached; someone_else: another person is signed in in this browser. */
export type QueueStatus = 'idle' | 'sending' | 'no_cover' | 'signed_out' | 'someone_else' | 'later'

export interface QueueWorld {
  /** Sends one entry; its id is the operation's. */
  send(entry: Entry): Promise<unknown>
  /** The id of the person that the server takes this browser for. */
  who(): Promise<string>
  now(): number
  online(): boolean
  /** Runs work when no other tab does. */
  alone<T>(work: () => Promise<T>): Promise<T>
  /** Milliseconds until the attempt after this many failures. */
  wait(failures: number): number
  /** Tells the other tabs that the store has changed. */
  changed(): void
  /** What belongs to a press and is written with it, all or none. */
  withPress?(entry: Entry): Change[]
  /** What an answer changes beside the entry. */
  withAnswer?(entry: Entry): Promise<Change[]>
  /** After the entries of a round: files that follow them. */
  afterwards?(): Promise<Meaning | undefined>
  /** Told after each answer. */
  answered?(entry: Entry): void
}

/**
 * One person's presses on this phone. Each is on the phone before anything is sent, is sent in the order of the presses with the id it
 * got then, by one tab at a time, and ends as sent or refused. A refusal holds nothing up; a job whose step must be tried
 * later holds up only itself. Without room on the phone a press is held in memory, and says so.
 */
export class Queue {
  entries = $state.raw<Entry[]>([])
  status = $state<QueueStatus>('idle')
  /** The phone had no room for something. */
  full = $state(false)
  /** What the store could not take, by id: it wins over what the store says. */
  private readonly loose = new Map<string, Entry>()
  private failures = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private running: Promise<void> | undefined
  private again = false
  private stopped = false

  constructor(
    readonly person: string,
    private readonly store: PhoneStore,
    private readonly world: QueueWorld,
  ) {}

  get waiting(): Entry[] {
    return this.entries.filter((one) => one.state === 'waiting')
  }

  /** Refusals the technician has not put away. */
  get news(): Entry[] {
    return this.entries.filter((one) => one.state === 'refused' && !one.seen)
  }

  waitingFor(visitId: string): Entry[] {
    return this.waiting.filter((one) => one.visitId === visitId)
  }

  /** Reads what the phone holds, forgets what is too old, and starts sending. */
  async start(): Promise<void> {
    await this.read()
    const old = outdated(this.entries, this.world.now())
    if (old.length > 0) {
      await this.store.write(old.map((one) => ({ bucket: 'operations', key: this.keyOf(one), value: undefined })))
      await this.read()
    }
    this.flush()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
  }

  async read(): Promise<void> {
    const kept = await this.store.all<Entry>('operations', keyOf(this.person, ''))
    const byId = new Map(kept.map((one) => [one.id, one]))
    for (const one of this.loose.values()) byId.set(one.id, one)
    this.entries = [...byId.values()].sort((a, b) => a.n - b.n)
  }

  /** Resolves when the press is on the phone, or is known not to be: see Entry.unkept. The same step that waits already is not pressed twice. */
  async press(step: Step, about: About, content: Content = {}): Promise<Entry> {
    const same = this.waiting.find((one) => one.step === step && one.visitId === about.visitId && (about.visitId || this.waiting.at(-1) === one))
    if (same) return same
    const pressedAt = this.world.now()
    let n: number
    try {
      n = await this.store.next()
    } catch {
      n = (this.entries.at(-1)?.n ?? 0) + 1
    }
    const entry: Entry = { ...about, n, id: newId(), person: this.person, step, pressedAt, content, state: 'waiting' }
    await this.keep(entry, this.world.withPress?.(entry) ?? [])
    await this.read()
    this.world.changed()
    this.flush()
    return this.entries.find((one) => one.id === entry.id) ?? entry
  }

  /** The technician has read about a refusal. */
  async putAway(id: string): Promise<void> {
    const entry = this.entries.find((one) => one.id === id)
    if (!entry) return
    await this.keep({ ...entry, seen: true }, [])
    await this.read()
  }

  /** Sends what waits, now. Called when there may be cover, and by every press. */
  flush(): void {
    clearTimeout(this.timer)
    if (this.stopped) return
    if (this.running) {
      this.again = true
      return
    }
    this.running = this.round().finally(() => {
      this.running = undefined
      const more = this.again
      this.again = false
      if (more && this.status !== 'someone_else') this.flush()
    })
  }

  /** Resolves when nothing is being sent any more. */
  async settled(): Promise<void> {
    while (this.running) await this.running
  }

  private async round(): Promise<void> {
    if (this.waiting.length === 0 && !this.world.afterwards) return
    if (!this.world.online()) {
      this.status = this.waiting.length > 0 ? 'no_cover' : 'idle'
      return
    }
    let meaning: Meaning | undefined
    try {
      meaning = await this.world.alone(() => this.sendAll())
    } catch (error) {
      meaning = meaningOf(problemOf(error))
    }
    if (this.stopped) return
    if (meaning === undefined) {
      this.failures = 0
      this.status = 'idle'
      return
    }
    this.status = ({ stop: 'no_cover', signed_out: 'signed_out', someone_else: 'someone_else', later: 'later', refused: 'later' } as const)[meaning]
    if (meaning === 'signed_out' || meaning === 'someone_else') return
    this.failures++
    this.timer = setTimeout(() => this.flush(), this.world.wait(this.failures))
  }

  /** Gives the worst that came of it, or undefined when nothing is left. */
  private async sendAll(): Promise<Meaning | undefined> {
    // Another tab may have sent some of it while this one waited for its turn.
    await this.read()
    const held = new Set<string>()
    let left: Meaning | undefined
    let asked = false
    for (;;) {
      const entry = this.waiting.find((one) => !held.has(one.visitId || 'duty'))
      if (!entry) break
      if (!asked) {
        // Nobody's presses go out in another's name.
        this.status = 'sending'
        if ((await this.world.who()) !== this.person) return 'someone_else'
        asked = true
      }
      const meaning = await this.sendOne(entry)
      if (meaning === 'stop' || meaning === 'signed_out' || meaning === 'someone_else') return meaning
      if (meaning === 'later') {
        held.add(entry.visitId || 'duty')
        left = 'later'
      }
      if (this.stopped) return left
    }
    return (await this.world.afterwards?.()) ?? left
  }

  private async sendOne(entry: Entry): Promise<Meaning | undefined> {
    let next: Entry
    let meaning: Meaning | undefined
    try {
      await this.world.send(entry)
      const { problem: _, ...rest } = entry
      next = { ...rest, state: 'sent', answeredAt: this.world.now() }
    } catch (error) {
      const problem = problemOf(error)
      meaning = meaningOf(problem)
      next = meaning === 'refused' ? { ...entry, state: 'refused', answeredAt: this.world.now(), problem } : { ...entry, problem }
    }
    const changes = next.state === 'waiting' ? [] : ((await this.world.withAnswer?.(next)) ?? [])
    await this.keep(next, changes)
    await this.read()
    this.world.changed()
    if (next.state !== 'waiting') this.world.answered?.(next)
    return meaning
  }

  private async keep(entry: Entry, others: Change[]): Promise<void> {
    const { unkept: _, ...kept } = entry
    try {
      await this.store.write([{ bucket: 'operations', key: this.keyOf(entry), value: kept }, ...others])
      this.loose.delete(entry.id)
    } catch (error) {
      // Full, or the browser took the store away: it goes on from memory, and the technician is told.
      this.full ||= isFull(error)
      this.loose.set(entry.id, { ...kept, unkept: true })
    }
  }

  private keyOf(entry: Entry): string {
    return keyOf(this.person, entry.n)
  }
}
