import type { PhoneStore } from '../store/store'
import { keyOf } from '../store/store'
import type { Fix } from './reporting.svelte'

/** A fix as it lies on the phone. */
interface Kept {
  key: string
  fix: Fix
}

/** Fixes that have not been sent; the oldest go when there are too many. In memory where the phone has no room: a fix is no loss. */
export class Fixes {
  private waiting: Kept[] = []
  private read = false

  constructor(
    private readonly person: string,
    private readonly store: PhoneStore,
    private readonly most = 3000,
  ) {}

  get count(): number {
    return this.waiting.length
  }

  async load(): Promise<void> {
    if (this.read) return
    this.read = true
    const kept = await this.store.all<Kept>('fixes', keyOf(this.person, '')).catch(() => [])
    this.waiting = [...kept, ...this.waiting]
  }

  /** Takes up what the store has that is not known here: it could not be read before. */
  async reload(): Promise<void> {
    const known = new Set(this.waiting.map((one) => one.key))
    const kept = await this.store.all<Kept>('fixes', keyOf(this.person, '')).catch(() => [])
    this.waiting = [...kept.filter((one) => !known.has(one.key)), ...this.waiting]
  }

  first(most: number): Fix[] {
    return this.waiting.slice(0, most).map((one) => one.fix)
  }

  add(fix: Fix): void {
    this.waiting.push({ key: keyOf(this.person, Number(fix.phoneTime.seconds), String(fix.phoneTime.nanos)), fix })
    if (this.waiting.length > this.most) void this.forget(this.waiting.length - this.most)
  }

  /** Writes what is only in memory: called when a fix could not be sent. */
  async keep(): Promise<void> {
    const last = this.waiting.at(-1)
    if (last) await this.store.write([{ bucket: 'fixes', key: last.key, value: last }]).catch(() => {})
  }

  async forget(count: number): Promise<void> {
    const gone = this.waiting.splice(0, count)
    await this.store.write(gone.map(({ key }) => ({ bucket: 'fixes', key, value: undefined }))).catch(() => {})
  }
}
