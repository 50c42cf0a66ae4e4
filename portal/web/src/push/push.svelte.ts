import { createClient } from '@connectrpc/connect'
import type { Subscription } from '../gen/utsendt/live/v1/notification_service_pb.js'
import { NotificationService } from '../gen/utsendt/live/v1/notification_service_pb.js'
import { problemOf } from '../api/problem'
import type { Problem } from '../api/problem'
import { transport } from '../api/transport'
import { session } from '../session/session.svelte'
import { toBase64Url } from './keys'

export const notifications = createClient(NotificationService, transport)

/**
 * How web push stands in this browser for the person who is signed in. install: an iPhone or iPad that
 * gives push only to pages put on the home screen; insecure: the page did not come over https.
 */
export type PushStatus = 'checking' | 'unsupported' | 'insecure' | 'install' | 'denied' | 'off' | 'on'

/** In this browser: who turned it on. It is turned on again only for that person. */
const storageKey = 'utsendt.push'

class Push {
  status = $state<PushStatus>('checking')
  busy = $state(false)
  problem = $state.raw<Problem>()
  /** The browser's push service refused or could not be reached. */
  serviceFailed = $state(false)
  subscription = $state.raw<Subscription>()

  /**
   * Looks how things stand, and where push is wanted sets right what has come apart: a subscription that the
   * browser lost, or that was made with a key the server has replaced, is made again.
   */
  async check(): Promise<void> {
    this.status = support()
    if (this.status !== 'checking') return
    if (Notification.permission === 'denied') {
      this.status = 'denied'
      return
    }
    if (Notification.permission !== 'granted' || this.wantedBy() !== session.person?.id) {
      this.status = 'off'
      return
    }
    await this.work(() => this.subscribe())
    if (this.status === 'checking') this.status = 'off'
  }

  async turnOn(): Promise<void> {
    await this.work(async () => {
      // Asked first: a browser shows its question only right after the click.
      const permission = await Notification.requestPermission()
      if (permission !== 'granted') {
        this.status = permission === 'denied' ? 'denied' : 'off'
        return
      }
      await this.subscribe()
      await session.tellLanguage()
    })
  }

  async turnOff(): Promise<void> {
    await this.work(() => this.remove())
  }

  /** Queues a test message to this browser. */
  async test(): Promise<boolean> {
    let queued = 0
    await this.work(async () => {
      queued = (await notifications.sendTest({ subscriptionId: this.subscription?.id ?? '' })).queued
    })
    return queued > 0
  }

  /** Before signing out: whoever uses the browser next must not see this person's messages. */
  async leave(): Promise<void> {
    if (this.status !== 'on') return
    const wanted = this.wantedBy()
    await this.remove()
    this.setWanted(wanted) // Signing in again turns it on again.
  }

  private async subscribe(): Promise<void> {
    await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' })
    const registration = await navigator.serviceWorker.ready
    const { publicKey } = await notifications.getPushKey({})
    let subscription = await registration.pushManager.getSubscription()
    if (subscription && toBase64Url(subscription.options.applicationServerKey) !== publicKey) {
      await subscription.unsubscribe()
      subscription = null
    }
    if (!subscription) {
      try {
        subscription = await registration.pushManager.subscribe({
          userVisibleOnly: true,
          applicationServerKey: publicKey,
        })
      } catch {
        this.serviceFailed = true
        this.status = 'off'
        return
      }
    }
    // Sent each time: the server may have removed it meanwhile, and knowing it already costs nothing.
    const answer = await notifications.subscribe({
      endpoint: subscription.endpoint,
      p256dh: toBase64Url(subscription.getKey('p256dh')),
      auth: toBase64Url(subscription.getKey('auth')),
      publicKey,
    })
    this.subscription = answer.subscription
    this.setWanted(session.person?.id ?? null)
    this.status = 'on'
  }

  private async remove(): Promise<void> {
    const registration = await navigator.serviceWorker.getRegistration('/')
    const subscription = await registration?.pushManager.getSubscription()
    if (subscription) {
      // The browser first: from here on nothing is shown, whatever becomes of the server's copy.
      await subscription.unsubscribe()
      this.setWanted(null)
      this.status = 'off'
      await notifications.unsubscribe({ endpoint: subscription.endpoint }).catch(() => {
        // The server finds out at its next message, which the push service answers with 410.
      })
    }
    this.setWanted(null)
    this.subscription = undefined
    this.status = 'off'
  }

  private async work(task: () => Promise<void>): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.problem = undefined
    this.serviceFailed = false
    try {
      await task()
    } catch (error) {
      this.problem = problemOf(error)
    } finally {
      this.busy = false
    }
  }

  private wantedBy(): string | null {
    try {
      return localStorage.getItem(storageKey)
    } catch {
      return null
    }
  }

  private setWanted(person: string | null): void {
    try {
      if (person) localStorage.setItem(storageKey, person)
      else localStorage.removeItem(storageKey)
    } catch {
      // Without storage it cannot be set right at the next load; the switch still shows how it stands.
    }
  }
}

function support(): PushStatus {
  if (!window.isSecureContext) return 'insecure'
  if ('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window) return 'checking'
  const apple = /iPad|iPhone/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1)
  return apple && !window.matchMedia('(display-mode: standalone)').matches ? 'install' : 'unsupported'
}

export const push = new Push()
