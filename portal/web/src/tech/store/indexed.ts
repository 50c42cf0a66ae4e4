import type { Bucket, Change, PhoneStore } from './store'
import { buckets } from './store'

const counterKey = 'counter'

/** Opens the phone's database, making it when it is not there. Rejects where the browser gives none. */
export function openIndexed(factory: IDBFactory, name = 'utsendt-phone'): Promise<IndexedStore> {
  return new Promise((resolve, reject) => {
    const opening = factory.open(name, 1)
    opening.onupgradeneeded = () => {
      for (const bucket of buckets) opening.result.createObjectStore(bucket)
    }
    opening.onsuccess = () => resolve(new IndexedStore(opening.result))
    opening.onerror = () => reject(opening.error)
    // Blocked by an older page it opens when that one has gone: whoever cannot wait goes on without it.
  })
}

/** Keeps everything in IndexedDB: it outlives the page, the browser and the phone's restart. */
export class IndexedStore implements PhoneStore {
  readonly lasting = true

  constructor(private readonly database: IDBDatabase) {
    // A newer page wants to change the database: it must not wait for this one.
    database.onversionchange = () => database.close()
  }

  get<T>(bucket: Bucket, key: string): Promise<T | undefined> {
    return this.run<T | undefined>([bucket], 'readonly', (tx) => tx.objectStore(bucket).get(key))
  }

  all<T>(bucket: Bucket, prefix: string): Promise<T[]> {
    const range = IDBKeyRange.bound(prefix, prefix + '\uffff')
    return this.run<T[]>([bucket], 'readonly', (tx) => tx.objectStore(bucket).getAll(range))
  }

  async keys(bucket: Bucket): Promise<string[]> {
    return this.run<string[]>([bucket], 'readonly', (tx) => tx.objectStore(bucket).getAllKeys())
  }

  async write(changes: Change[]): Promise<void> {
    if (changes.length === 0) return
    await this.run([...new Set(changes.map((one) => one.bucket))], 'readwrite', (tx) => {
      for (const { bucket, key, value } of changes) {
        if (value === undefined) tx.objectStore(bucket).delete(key)
        else tx.objectStore(bucket).put(value, key)
      }
    })
  }

  next(): Promise<number> {
    return this.count((n) => n + 1)
  }

  async above(n: number): Promise<void> {
    await this.count((counted) => Math.max(counted, n))
  }

  private count(change: (n: number) => number): Promise<number> {
    return new Promise((resolve, reject) => {
      const tx = this.transaction(['phone'], 'readwrite')
      const store = tx.objectStore('phone')
      let n = 0
      const reading = store.get(counterKey) as IDBRequest<number | undefined>
      reading.onsuccess = () => {
        n = change(reading.result ?? 0)
        store.put(n, counterKey)
      }
      tx.oncomplete = () => resolve(n)
      tx.onabort = () => reject(tx.error)
    })
  }

  /** What is written is on the phone when this resolves, not merely on its way. */
  private run<T>(names: Bucket[], mode: IDBTransactionMode, work: (tx: IDBTransaction) => IDBRequest | void): Promise<T> {
    return new Promise((resolve, reject) => {
      const tx = this.transaction(names, mode)
      let request: IDBRequest | void
      try {
        request = work(tx)
      } catch (error) {
        // What was begun must not be kept alone.
        tx.abort()
        reject(error)
        return
      }
      tx.oncomplete = () => resolve((request ? request.result : undefined) as T)
      tx.onabort = () => reject(tx.error ?? new Error('the transaction was ended'))
    })
  }

  private transaction(names: Bucket[], mode: IDBTransactionMode): IDBTransaction {
    // strict: the answer comes after the disk has it. A phone may go off at any moment.
    return this.database.transaction(names, mode, { durability: mode === 'readwrite' ? 'strict' : 'default' })
  }
}
