import { backOff } from './backoff'

/** What a connection needs of its surroundings; tests bring their own. */
export interface ConnectionSurroundings {
  online(): boolean
  /** Calls back when the network comes or goes. */
  onChange(callback: () => void): void
  /** Whether the server answers, whatever it says. */
  reach(): Promise<boolean>
  now(): number
  random(): number
}

/**
 * Whether this page and the server hear each other, whichever call or stream finds out. fine: as far as we know;
 * unreachable: a call failed, and asking again failed too; offline: the browser says that there is no network. While it
 * is not fine the server is asked again and again, at growing intervals, so that a page recovers without being touched.
 */
export class Connection {
  state = $state<'fine' | 'unreachable' | 'offline'>('fine')
  /** When anything came from the server, in milliseconds by this browser's clock; 0 before anything did. */
  heardAt = $state(0)
  private failures = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private back = new Set<() => void>()

  constructor(private readonly surroundings: ConnectionSurroundings) {
    surroundings.onChange(() => this.changed())
    this.changed()
  }

  /** Something came from the server. */
  heard(): void {
    this.heardAt = this.surroundings.now()
    if (this.state === 'fine' && this.failures === 0) return
    this.state = 'fine'
    this.failures = 0
    clearTimeout(this.timer)
    for (const callback of [...this.back]) callback()
  }

  /** A call or a stream did not come through. */
  lost(): void {
    if (this.failures > 0 || this.state === 'offline') return
    this.failures = 1
    this.ask()
  }

  /** Calls back each time the server is there again; returns how to stop that. */
  onBack(callback: () => void): () => void {
    this.back.add(callback)
    return () => this.back.delete(callback)
  }

  private changed(): void {
    if (!this.surroundings.online()) {
      clearTimeout(this.timer)
      this.failures = Math.max(1, this.failures)
      this.state = 'offline'
    } else if (this.state === 'offline') {
      // A network is not yet a server: it is asked before anything is said.
      this.state = 'unreachable'
      this.failures = 0
      void this.probe()
    }
  }

  private ask(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.probe(), backOff(this.failures, this.surroundings.random()))
  }

  private async probe(): Promise<void> {
    const there = await this.surroundings.reach().catch(() => false)
    if (this.state === 'offline' || (this.state === 'fine' && this.failures === 0)) return
    if (there) return this.heard()
    this.failures++
    this.state = 'unreachable'
    this.ask()
  }
}

/** The page's own. Nothing is asked of the server before something has failed. */
export const connection = new Connection({
  online: () => globalThis.navigator?.onLine !== false,
  onChange(callback) {
    globalThis.window?.addEventListener('online', callback)
    globalThis.window?.addEventListener('offline', callback)
  },
  async reach() {
    // A call as any other, so that whatever stands between lets it through. Whether it is signed in does not matter.
    const response = await fetch('/utsendt.identity.v1.SessionService/GetMe', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Connect-Protocol-Version': '1' },
      body: '{}',
      signal: AbortSignal.timeout(5000),
    })
    return response.status < 500
  },
  now: () => Date.now(),
  random: () => Math.random(),
})
