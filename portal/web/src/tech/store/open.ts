import { openIndexed } from './indexed'
import { MemoryStore } from './memory'
import type { PhoneStore } from './store'

/** The phone's store; in memory where the browser gives no lasting one (private windows, storage switched off). */
export async function openStore(factory: IDBFactory | undefined = globalThis.indexedDB, waitMs = 4000): Promise<PhoneStore> {
  try {
    // Some browsers neither open it nor refuse.
    const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('the database does not open')), waitMs))
    return await Promise.race([openIndexed(factory as IDBFactory), late])
  } catch {
    return new MemoryStore()
  }
}

/** Asks the browser not to clear the store when the phone runs short of room. Best effort: some ask the person, some decide alone. */
export async function askToPersist(): Promise<void> {
  try {
    await navigator.storage?.persist?.()
  } catch {
    // It stays as it is.
  }
}
