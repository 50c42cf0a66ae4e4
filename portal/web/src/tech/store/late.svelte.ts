import { MemoryStore } from './memory'
import type { Bucket, Change, Merge, PhoneStore } from './store'

/** A database that opens after the app could wait no longer. */
export interface Database extends PhoneStore {
  /** From now on next gives numbers above this one. */
  above(n: number): Promise<void>
}

/**
 * Memory until the phone's database opens; from then on the database, with everything that was written meanwhile moved into it. What
 * was there before stays. Nothing is written while it moves, and what is asked meanwhile is answered after it.
 */
export class LateStore implements PhoneStore {
  lasting = $state(false)
  private inner: PhoneStore
  private readonly memory: MemoryStore
  private moving: Promise<void> = Promise.resolve()
  private readonly told = new Set<() => void>()

  /** merge says what becomes of a value that the database has under a key that was written meanwhile. */
  constructor(
    private readonly merge: Merge,
    // Numbers that no tab has had and none gets: above all that are counted, different in two tabs that wait for their database.
    first = Date.now() * 1000 + Math.floor(Math.random() * 1000),
  ) {
    this.inner = this.memory = new MemoryStore(first)
  }

  /** Moves into a database. It stays in memory when that fails: the phone is full, or the database closed again. */
  moveInto(database: Database): Promise<void> {
    this.moving = this.move(database).catch(() => {})
    return this.moving
  }

  private async move(database: Database): Promise<void> {
    // Before anything is in it: another tab must not count into the numbers that come.
    await database.above(this.memory.counted)
    const changes: Change[] = []
    for (const { bucket, key, value } of this.memory.everything()) {
      const before = await database.get(bucket, key)
      changes.push({ bucket, key, value: before === undefined ? value : this.merge(bucket, before, value) })
    }
    await database.write(changes)
    this.inner = database
    this.lasting = true
    for (const callback of this.told) callback()
  }

  onLasting(callback: () => void): () => void {
    this.told.add(callback)
    return () => this.told.delete(callback)
  }

  async get<T>(bucket: Bucket, key: string): Promise<T | undefined> {
    await this.moving
    return this.inner.get<T>(bucket, key)
  }

  async all<T>(bucket: Bucket, prefix: string): Promise<T[]> {
    await this.moving
    return this.inner.all<T>(bucket, prefix)
  }

  async keys(bucket: Bucket): Promise<string[]> {
    await this.moving
    return this.inner.keys(bucket)
  }

  async write(changes: Change[]): Promise<void> {
    await this.moving
    return this.inner.write(changes)
  }

  async next(): Promise<number> {
    await this.moving
    return this.inner.next()
  }
}
