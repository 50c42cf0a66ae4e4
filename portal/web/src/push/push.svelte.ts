import type { Subscription } from '../gen/utsendt/live/v1/notification_service_pb.js'
import { problemOf } from '../api/problem'
import type { Problem } from '../api/problem'
import { session } from '../session/session.svelte'
import { toBase64Url } from './keys'
import { personCache, personPath } from './whose'

/** The calls: loaded when there is something to ask, which for most people is never. */
const calls = async () => (await import('./notifications')).notifications

/**
 * How web push stands in this browser for the person who is signed in. install: an iPhone or iPad that
 * gives push only to pages put on the home screen; insecure: the page did not come over https.
 */
export type PushStatus = 'checking' | 'unsupported' | 'insecure' | 'install' | 'denied' | 'off' | 'on'

/** In this browser: who turned it on, and the subscription that the server took from it last. */
const storageKey = 'utsendt.push'

class Push {
  status = $state<PushStatus>('checking')
  busy = $state(false)
  problem = $state.raw<Problem>()
  /** The browser's push service refused or could not be reached. */
  serviceFailed = $state(false)
  subscription = $state.raw<Subscription>()
  /** What was asked for last: everything here happens one after the other. */
  private last: Promise<unknown> = Promise.resolve()

  /**
   * Looks how things stand, and where push is wanted sets right what has come apart: a subscription that the
   * browser lost, that the server removed because the push service no longer knew it, or that was made with a
   * key the server has replaced, is made again.
   */
  async check(): Promise<void> {
    await this.work(async () => {
      this.status = support()
      if (this.status !== 'checking') return
      if (Notification.permission === 'denied') {
        this.status = 'denied'
      } else if (Notification.permission !== 'granted' || readWanted()?.person !== session.person?.id) {
        this.status = 'off'
      } else {
        await this.subscribe()
      }
    })
    if (this.status === 'checking') this.status = 'off'
  }

  /**
   * Ends what somebody else left on in this browser: their session ran out, or was ended elsewhere, and another
   * person has signed in, who must not see their messages.
   */
  async evict(): Promise<void> {
    await this.inTurn(async () => {
      if (support() !== 'checking' || readWanted()?.person === session.person?.id) return
      const registration = await navigator.serviceWorker.getRegistration('/')
      const subscription = await registration?.pushManager.getSubscription()
      // The server's copy is not ours to remove. It went with the session, or goes at the next message, which the push
      // service refuses.
      await subscription?.unsubscribe()
      if (registration) await closeShown(registration)
    })
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
      queued = (await (await calls()).sendTest({ subscriptionId: this.subscription?.id ?? '' })).queued
    })
    return queued > 0
  }

  /**
   * Before signing out: whoever uses the browser next must not see this person's messages. Throws when that
   * cannot be had. Signing in again turns it on again.
   */
  async leave(): Promise<void> {
    await this.inTurn(async () => {
      if (support() !== 'checking') return
      const wanted = readWanted()
      await this.remove()
      if (wanted) writeWanted({ person: wanted.person })
    })
  }

  private async subscribe(): Promise<void> {
    await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' })
    const registration = await navigator.serviceWorker.ready
    const { publicKey } = await (await calls()).getPushKey({})
    let subscription = await registration.pushManager.getSubscription()
    const before = readWanted()?.endpoint ?? subscription?.endpoint
    if (
      subscription &&
      (toBase64Url(subscription.options.applicationServerKey) !== publicKey || (await dropped(subscription.endpoint)))
    ) {
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
    // Sent each time: the server may not have it, and knowing it already costs nothing.
    const answer = await (await calls()).subscribe({
      endpoint: subscription.endpoint,
      p256dh: toBase64Url(subscription.getKey('p256dh')),
      auth: toBase64Url(subscription.getKey('auth')),
      publicKey,
    })
    this.subscription = answer.subscription
    if (session.person) {
      writeWanted({ person: session.person.id, id: answer.subscription?.id, endpoint: subscription.endpoint })
    }
    this.status = 'on'
    // The one that this replaces, here or while no page was open; last, so that no message falls between the two.
    if (before && before !== subscription.endpoint) await tellRemoved(before).catch(() => {})
  }

  private async remove(): Promise<void> {
    const registration = await navigator.serviceWorker.getRegistration('/')
    const subscription = await registration?.pushManager.getSubscription()
    if (subscription) {
      // The browser first: from here on nothing is shown, whatever becomes of the server's copy.
      const ended = await subscription.unsubscribe().catch(() => false)
      await tellRemoved(subscription.endpoint).catch((error: unknown) => {
        // Either is enough: the server finds out at its next message, which the push service refuses.
        if (!ended) throw error
      })
    }
    if (registration) await closeShown(registration)
    writeWanted(null)
    this.subscription = undefined
    this.status = 'off'
  }

  private async work(task: () => Promise<void>): Promise<void> {
    await this.inTurn(async () => {
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
    })
  }

  private inTurn(task: () => Promise<void>): Promise<void> {
    const done = this.last.then(task)
    this.last = done.catch(() => {})
    return done
  }
}

/**
 * True when the server had this endpoint from us and has it no more: its push service answered that there is no
 * such subscription. Browsers do not always notice that themselves, and go on giving it out.
 */
async function dropped(endpoint: string): Promise<boolean> {
  const known = readWanted()
  if (!known?.id || known.endpoint !== endpoint) return false
  const { subscriptions } = await (await calls()).listSubscriptions({})
  return !subscriptions.some((one) => one.id === known.id)
}

async function tellRemoved(endpoint: string): Promise<void> {
  await (await calls()).unsubscribe({ endpoint })
}

/** What is on the screen of one person is not for the next. */
async function closeShown(registration: ServiceWorkerRegistration): Promise<void> {
  for (const one of await registration.getNotifications()) one.close()
}

interface Wanted {
  person: string
  id?: string | undefined
  endpoint?: string | undefined
}

function readWanted(): Wanted | null {
  try {
    return JSON.parse(localStorage.getItem(storageKey) ?? 'null') as Wanted | null
  } catch {
    return null
  }
}

function writeWanted(wanted: Wanted | null): void {
  try {
    void tellWorker(wanted?.person)
    if (wanted) localStorage.setItem(storageKey, JSON.stringify(wanted))
    else localStorage.removeItem(storageKey)
  } catch {
    // Without storage push ends with the page: nobody could say whose it is.
  }
}

/** The service worker cannot read localStorage, and must not subscribe for whoever else is signed in when it does. */
async function tellWorker(person: string | undefined): Promise<void> {
  try {
    const cache = await caches.open(personCache)
    if (person) await cache.put(personPath, new Response(person))
    else await cache.delete(personPath)
  } catch {
    // Without storage there is no worker to tell.
  }
}

function support(): PushStatus {
  if (!window.isSecureContext) return 'insecure'
  if ('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window) return 'checking'
  const apple = /iPad|iPhone/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1)
  return apple && !window.matchMedia('(display-mode: standalone)').matches ? 'install' : 'unsupported'
}

export const push = new Push()
