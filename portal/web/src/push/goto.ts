import type { GoTo } from '../sw/open'

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

/** Whether something is being asked or typed on the page: then nobody may be taken from it. */
export function isBusy(root: ParentNode): boolean {
  if (root.querySelector('dialog[open]')) return true
  return [...root.querySelectorAll<Control>('main form :is(input, textarea)')].some(
    (one) => !('checked' in one && /^(checkbox|radio|submit|button|hidden|search)$/.test(one.type)) && one.value !== '',
  )
}

/** Goes where a click on a notification leads, when the service worker asks for it and nothing is being typed here. */
export function goWhereNotificationsLead(folder: string, go: (to: string) => void, busy = () => isBusy(document)): void {
  const workers = globalThis.navigator?.serviceWorker
  if (!workers) return
  workers.addEventListener('message', (event: MessageEvent) => {
    const { utsendt, url } = (event.data ?? {}) as Partial<GoTo>
    if (utsendt !== 'go' || typeof url !== 'string' || !url.startsWith(folder)) return
    const goes = !busy()
    event.ports[0]?.postMessage({ went: goes })
    if (goes) go(url)
  })
  workers.startMessages()
}
