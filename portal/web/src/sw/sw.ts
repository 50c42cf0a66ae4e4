// The service worker: shows push messages and opens the page they are about, in all three apps, and keeps the technician's app
// on their phone (shell.ts). It is built as one file without imports, because not every browser takes modules here.
import { personCache, personPath } from '../push/whose'
import type { GoTo } from './open'
import { bringToFront } from './open'
import type { Payload } from './payload'
import { isNewer, onThisSite, readPayload } from './payload'
import type { Shell } from './shell'
import { ShellCache } from './shell'

const worker = self as unknown as ServiceWorkerGlobalScope

/** The build writes what is to be kept here. */
declare const __SHELL__: Shell
const shell = new ShellCache(__SHELL__, caches, (request) => fetch(request), worker.location.origin)

worker.addEventListener('install', (event) =>
  event.waitUntil(
    shell.wanted().then(async (wanted) => {
      // A technician may be in the middle of something: the page offers the new version, and it waits until then.
      if (wanted) await shell.keep()
      else await worker.skipWaiting()
    }),
  ),
)
worker.addEventListener('activate', (event) => event.waitUntil(Promise.all([worker.clients.claim(), shell.tidy()])))

worker.addEventListener('fetch', (event) => {
  const answer = shell.respond(event.request)
  if (answer) event.respondWith(answer)
})

// The technician's page asks: to be kept on this phone, or for the version that waits.
worker.addEventListener('message', (event) => {
  const { utsendt } = (event.data ?? {}) as { utsendt?: string }
  if (utsendt === 'take-over') event.waitUntil(worker.skipWaiting())
  if (utsendt !== 'keep') return
  const tell = (kept: boolean) => event.ports[0]?.postMessage({ kept })
  event.waitUntil(
    shell.keep().then(
      () => tell(true),
      () => tell(false),
    ),
  )
})

// Of two messages that come together the second must see what the first has shown.
let turn: Promise<unknown> = Promise.resolve()

worker.addEventListener('push', (event) => {
  const payload = readPayload(event.data?.text(), worker.location.origin)
  const shown = turn.then(() => display(payload))
  turn = shown.catch(() => {})
  event.waitUntil(
    Promise.all([
      shown,
      // Open pages need not wait for their next look at the server.
      pages().then((all) => all.forEach((page) => page.postMessage({ utsendt: 'pushed', url: payload.url }))),
    ]),
  )
})

async function display({ title, body, url, tag, lang, seq }: Payload): Promise<void> {
  const icon = '/icon-192.png'
  const badge = '/icon-badge-96.png'
  const before = tag ? await worker.registration.getNotifications({ tag }) : []
  const newer = before.find((one) => isNewer(one.data, seq))
  if (newer) {
    // Shown again without a sound: a browser holds it against us when a message shows nothing.
    const { body, lang, data } = newer
    await worker.registration.showNotification(newer.title, { body, lang, icon, badge, data, tag, silent: true } as NotificationOptions)
    return
  }
  const options: NotificationOptions & { renotify?: boolean; badge?: string } = { body, lang, icon, badge, data: { url, seq } }
  if (tag) Object.assign(options, { tag, renotify: true })
  await worker.registration.showNotification(title, options)
}

worker.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const data = event.notification.data as { url?: string } | undefined
  event.waitUntil(show(onThisSite(data?.url ?? '/', worker.location.origin)))
})

/** Milliseconds that a page has to answer: a browser allows a new tab only shortly after the click. */
const answersWithin = 500

function ask(page: WindowClient, message: GoTo): Promise<boolean> {
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel()
    const late = setTimeout(() => done(false), answersWithin)
    port1.onmessage = (event) => {
      clearTimeout(late)
      done((event.data as { went?: boolean } | null)?.went === true)
    }
    page.postMessage(message, [port2])
  })
}

async function show(path: string): Promise<void> {
  await bringToFront(path, worker.location.origin, await pages(), ask, (address) => worker.clients.openWindow(address))
}

async function pages(): Promise<readonly WindowClient[]> {
  return worker.clients.matchAll({ type: 'window', includeUncontrolled: true })
}

// The browser has replaced or dropped the subscription while no page was open. Without a session this fails;
// then the next page that is opened sets it right.
worker.addEventListener('pushsubscriptionchange', (event) => {
  // Not every browser tells the old one.
  const change = event as ExtendableEvent & { oldSubscription?: PushSubscription | null }
  change.waitUntil(resubscribe(change.oldSubscription?.endpoint))
})

async function resubscribe(old: string | undefined): Promise<void> {
  const { publicKey } = (await call('GetPushKey', {})) as { publicKey: string }
  const subscription = await worker.registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: publicKey,
  })
  const { endpoint, keys } = subscription.toJSON()
  await call('Subscribe', { endpoint, p256dh: keys?.p256dh, auth: keys?.auth, publicKey })
  if (old && old !== endpoint) await call('Unsubscribe', { endpoint: old })
}

/** The Connect protocol by hand: three calls do not need its library here. */
async function call(method: string, message: object): Promise<unknown> {
  // Whose push this is. When another's session is in this browser by now, the server refuses, and their page sets things right.
  const person = await caches.match(personPath, { cacheName: personCache }).then((kept) => kept?.text())
  const response = await fetch(`/utsendt.live.v1.NotificationService/${method}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Connect-Protocol-Version': '1', ...(person ? { 'Utsendt-Person': person } : {}) },
    body: JSON.stringify(message),
  })
  if (!response.ok) throw new Error(`${method}: ${response.status}`)
  return response.json()
}
