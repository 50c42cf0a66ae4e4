// The service worker: shows push messages and opens the page they are about. It keeps no cache.
// It is built as one file without imports, because not every browser takes modules here.
import { onThisSite, readPayload } from './payload'

const worker = self as unknown as ServiceWorkerGlobalScope

worker.addEventListener('install', () => void worker.skipWaiting())
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()))

worker.addEventListener('push', (event) => {
  const { title, body, url, tag, lang } = readPayload(event.data?.text(), worker.location.origin)
  const options: NotificationOptions & { renotify?: boolean } = {
    body,
    lang,
    icon: '/icon-192.png',
    data: { url },
  }
  if (tag) Object.assign(options, { tag, renotify: true })
  event.waitUntil(
    Promise.all([
      worker.registration.showNotification(title, options),
      // Open pages need not wait for their next look at the server.
      pages().then((all) => all.forEach((page) => page.postMessage({ utsendt: 'pushed', url }))),
    ]),
  )
})

worker.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const data = event.notification.data as { url?: string } | undefined
  event.waitUntil(show(onThisSite(data?.url ?? '/', worker.location.origin)))
})

/** Brings the page that shows this already to the front, else opens one. */
async function show(path: string): Promise<void> {
  const address = new URL(path, worker.location.origin)
  for (const page of await pages()) {
    const there = new URL(page.url)
    if (there.pathname === address.pathname && there.search === address.search) {
      await page.focus()
      return
    }
  }
  await worker.clients.openWindow(address.href)
}

async function pages(): Promise<readonly WindowClient[]> {
  return worker.clients.matchAll({ type: 'window', includeUncontrolled: true })
}

// The browser has replaced or dropped the subscription while no page was open. Without a session this fails;
// then the next page that is opened sets it right.
worker.addEventListener('pushsubscriptionchange', (event) => (event as ExtendableEvent).waitUntil(resubscribe()))

async function resubscribe(): Promise<void> {
  const { publicKey } = (await call('GetPushKey', {})) as { publicKey: string }
  const subscription = await worker.registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: publicKey,
  })
  const { endpoint, keys } = subscription.toJSON()
  await call('Subscribe', { endpoint, p256dh: keys?.p256dh, auth: keys?.auth, publicKey })
}

/** The Connect protocol by hand: two calls do not need its library here. */
async function call(method: string, message: object): Promise<unknown> {
  const response = await fetch(`/utsendt.live.v1.NotificationService/${method}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Connect-Protocol-Version': '1' },
    body: JSON.stringify(message),
  })
  if (!response.ok) throw new Error(`${method}: ${response.status}`)
  return response.json()
}
