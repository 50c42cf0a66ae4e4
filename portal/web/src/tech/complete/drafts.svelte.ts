import { tick } from 'svelte'
import type { PhoneStore } from '../store/store'
import { keyOf } from '../store/store'
import type { Draft } from './draft'
import { emptyDraft } from './draft'

/** What one person has typed about visits that are not finished: kept on the phone while it is typed. */
export class Drafts {
  /** The phone did not keep the last change. */
  failed = $state(false)
  /** What the phone has no room for. */
  private writing: Promise<void> = Promise.resolve()
  private readonly loose = new Map<string, Draft>()

  constructor(
    readonly person: string,
    private readonly store: PhoneStore,
    private readonly now: () => number,
  ) {}

  async read(visitId: string): Promise<Draft> {
    // A form that is being closed writes its last letters: what is read next has them.
    await tick()
    await this.writing
    return this.loose.get(visitId) ?? { ...emptyDraft(), ...(await this.store.get<Draft>('drafts', this.keyOf(visitId))) }
  }

  write(visitId: string, draft: Draft): Promise<void> {
    this.writing = this.writeNow(visitId, draft)
    return this.writing
  }

  private async writeNow(visitId: string, draft: Draft): Promise<void> {
    const value = { ...draft, savedAt: this.now() }
    try {
      await this.store.write([{ bucket: 'drafts', key: this.keyOf(visitId), value }])
      this.loose.delete(visitId)
      this.failed = false
    } catch {
      this.loose.set(visitId, value)
      this.failed = true
    }
  }

  /** The key of a draft, for whoever forgets it together with something else. */
  keyOf(visitId: string): string {
    return keyOf(this.person, visitId)
  }

  forget(visitId: string): void {
    this.loose.delete(visitId)
  }
}
