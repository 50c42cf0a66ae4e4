import { openIndexed } from './indexed'
import { LateStore } from './late.svelte'
import { MemoryStore } from './memory'
import type { Merge, PhoneStore } from './store'

/**
 * The phone's store; in memory where the browser gives no lasting one (private windows, storage switched off), and until it
 * does where it takes longer than waitMs: a technician is not kept waiting by a slow disk.
 */
export async function openStore(merge: Merge, factory: IDBFactory | undefined = globalThis.indexedDB, waitMs = 4000): Promise<PhoneStore> {
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    const opening = openIndexed(factory as IDBFactory)
    const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), waitMs)))
    const opened = await Promise.race([opening, late])
    if (opened) return opened
    const store = new LateStore(merge)
    void opening.then((database) => store.moveInto(database), () => {})
    return store
  } catch {
    return new MemoryStore()
  } finally {
    clearTimeout(timer)
  }
}
