/** What Chromium tells a page that can be put on the home screen. */
interface InstallEvent extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>
}

/**
 * Whether this app is kept on the phone, and whether a newer one waits. unsupported: this browser has no service workers, or the page did
 * not come over https; failed: not all files could be fetched.
 */
class Kept {
  status = $state<'unsupported' | 'checking' | 'kept' | 'failed'>('checking')
  /** A newer version is on the phone, and begins when the technician says so. */
  newer = $state(false)
  /** The browser offers to put the app on the home screen. */
  installable = $state(false)
  private registration: ServiceWorkerRegistration | undefined
  private install: InstallEvent | undefined
  private asked = false

  /** Call once, when the page starts. */
  start(): void {
    window.addEventListener('beforeinstallprompt', (event) => {
      event.preventDefault()
      this.install = event as InstallEvent
      this.installable = true
    })
    window.addEventListener('appinstalled', () => (this.installable = false))
    if (!('serviceWorker' in navigator)) {
      this.status = 'unsupported'
      return
    }
    const controlled = navigator.serviceWorker.controller !== null
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      // Asked for here: begin. Asked for in another tab: this one goes on with what it has until told.
      if (this.asked) location.reload()
      else if (controlled) this.newer = true
    })
    void this.register()
  }

  /** Begins the newer version. */
  takeNewer(): void {
    this.asked = true
    const waiting = this.registration?.waiting
    if (waiting) waiting.postMessage({ utsendt: 'take-over' })
    else location.reload()
  }

  async putOnHomeScreen(): Promise<void> {
    await this.install?.prompt()
    this.install = undefined
    this.installable = false
  }

  /** Takes what is missing, and looks for a newer version. */
  async check(): Promise<void> {
    if (this.status === 'failed') await this.keep()
    await this.registration?.update().catch(() => {})
  }

  private async register(): Promise<void> {
    try {
      const registration = (this.registration = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' }))
      const look = () => (this.newer ||= registration.waiting !== null && registration.active !== null)
      registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look))
      look()
      await navigator.serviceWorker.ready
      await this.keep()
    } catch {
      // Without cover at the first visit there is nothing to keep yet. A page that is controlled is kept already.
      this.status = navigator.serviceWorker.controller ? 'kept' : 'failed'
    }
  }

  private async keep(): Promise<void> {
    const active = this.registration?.active
    if (!active) return
    this.status = (await ask(active)) ? 'kept' : 'failed'
  }
}

/** Asks the service worker to keep the app; resolves whether all of it is. */
function ask(worker: ServiceWorker): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = (event: MessageEvent<{ kept?: boolean }>) => resolve(event.data.kept === true)
    setTimeout(() => resolve(false), 120_000)
    worker.postMessage({ utsendt: 'keep' }, [port2])
  })
}

export const kept = new Kept()
