/** What a push message carries. */
export interface Payload {
  title: string
  body: string
  /** Path of the page that the notification opens; always on this site. */
  url: string
  /** A later message with the same tag replaces the earlier one. */
  tag: string
  lang: string
  /** Grows from message to message; 0 when it is not told. */
  seq: number
}

/**
 * Reads a push message. Whatever is missing or malformed is left out: a browser that gets a push and shows
 * nothing may take the permission away, so there is always something to show.
 */
export function readPayload(text: string | undefined, origin: string): Payload {
  let message: Record<string, unknown> = {}
  try {
    const parsed: unknown = JSON.parse(text ?? '')
    if (parsed && typeof parsed === 'object') message = parsed as Record<string, unknown>
  } catch {
    // Not ours, or cut off: what follows gives a plain notification that opens the start page.
  }
  const of = (name: string) => (typeof message[name] === 'string' ? (message[name] as string) : '')
  return {
    title: of('title') || 'Utsendt',
    body: of('body'),
    url: onThisSite(of('url'), origin),
    tag: of('tag') || of('requestNumber') || of('kind'),
    lang: of('lang'),
    seq: numberOf(message['seq']),
  }
}

/** Whether a notification on the screen, by the data it was shown with, is newer than a message that has come. */
export function isNewer(shown: unknown, seq: number): boolean {
  const data = (shown ?? {}) as { seq?: unknown }
  return seq > 0 && numberOf(data.seq) > seq
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

/** The path of an address of this site; "/" for any other address. */
export function onThisSite(address: string, origin: string): string {
  try {
    const url = new URL(address || '/', origin)
    return url.origin === origin ? url.pathname + url.search + url.hash : '/'
  } catch {
    return '/'
  }
}
