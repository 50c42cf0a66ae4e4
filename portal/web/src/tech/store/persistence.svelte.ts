/**
 * Whether the browser has promised not to clear what is kept on this phone. unknown: not asked yet; unsupported: this browser promises
 * nothing, or the page did not come over https.
 */
class Persistence {
  status = $state<'unknown' | 'promised' | 'not_promised' | 'unsupported'>('unknown')
  /** Bytes, where the browser tells. */
  used = $state<number>()
  room = $state<number>()

  /** Asks for the promise. Some browsers ask the person, some decide alone: for pages that are used much or on the home screen. */
  async ask(): Promise<void> {
    const { storage } = navigator as { storage?: StorageManager }
    if (!storage?.persist) {
      this.status = 'unsupported'
      return
    }
    try {
      this.status = (await storage.persisted()) || (await storage.persist()) ? 'promised' : 'not_promised'
    } catch {
      this.status = 'not_promised'
    }
  }

  async measure(): Promise<void> {
    try {
      const { usage, quota } = (await navigator.storage?.estimate?.()) ?? {}
      this.used = usage
      this.room = usage === undefined || quota === undefined ? undefined : Math.max(0, quota - usage)
    } catch {
      // It is said without figures.
    }
  }
}

export const persistence = new Persistence()
