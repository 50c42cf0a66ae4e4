import type { Bucket, Change, PhoneStore } from './store'
import { buckets } from './store'

/** Where the browser keeps nothing: everything lasts as long as the page. */
export class MemoryStore implements PhoneStore {
  readonly lasting = false
  private readonly kept = new Map<Bucket, Map<string, unknown>>(buckets.map((one) => [one, new Map()]))

  constructor(private last = 0) {}

  async get<T>(bucket: Bucket, key: string): Promise<T | undefined> {
    return structuredClone(this.of(bucket).get(key)) as T | undefined
  }

  async all<T>(bucket: Bucket, prefix: string): Promise<T[]> {
    const found = [...this.of(bucket)].filter(([key]) => key.startsWith(prefix))
    return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => structuredClone(value) as T)
  }

  async keys(bucket: Bucket): Promise<string[]> {
    return [...this.of(bucket).keys()].sort()
  }

  /** The last number that next has given. */
  get counted(): number {
    return this.last
  }

  everything(): Change[] {
    return buckets.flatMap((bucket) => [...this.of(bucket)].map(([key, value]) => ({ bucket, key, value: structuredClone(value) })))
  }

  async write(changes: Change[]): Promise<void> {
    const copies = changes.map((one) => structuredClone(one))
    for (const { bucket, key, value } of copies) {
      if (value === undefined) this.of(bucket).delete(key)
      else this.of(bucket).set(key, value)
    }
  }

  async next(): Promise<number> {
    return ++this.last
  }

  private of(bucket: Bucket): Map<string, unknown> {
    return this.kept.get(bucket) as Map<string, unknown>
  }
}
