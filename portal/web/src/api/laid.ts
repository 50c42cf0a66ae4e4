// Answers that the server has laid into the page it sent, to the calls that the page begins with: they need no way to the
// server and back. See internal/server/firstpage.go.

/** A call and its answer; the octets of both in base64. */
interface Laid {
  path: string
  request: string
  status: number
  type: string
  answer: string
}

/** Milliseconds after which an answer is no longer fresh enough for a page that begins. */
const fresh = 30_000

/**
 * Fetches as `fetch` does, but gives each laid answer once, to the first call that asks exactly that. What is asked again, or
 * late, is asked of the server. Whose answers they are is sure: the page and they came in one response, which no cache keeps,
 * and every later call says whom it is for.
 */
export function withLaid(laid: Laid[], fetch: typeof globalThis.fetch, now: () => number): typeof globalThis.fetch {
  return (input, init) => {
    if (laid.length === 0) return fetch(input, init)
    if (now() > fresh) laid.length = 0
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : ''
    const found = laid.findIndex((one) => url.endsWith(one.path) && one.request === base64(init?.body))
    const [one] = found < 0 ? [] : laid.splice(found, 1)
    if (!one) return fetch(input, init)
    return Promise.resolve(new Response(octets(one.answer), { status: one.status, headers: { 'Content-Type': one.type } }))
  }
}

/** What the server laid into this page. */
export function laidInPage(): Laid[] {
  const text = globalThis.document?.getElementById('laid')?.textContent
  return text ? (JSON.parse(text) as Laid[]) : []
}

function base64(body: BodyInit | null | undefined): string | undefined {
  return body instanceof Uint8Array ? btoa(String.fromCharCode(...(body as Uint8Array))) : undefined
}

function octets(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}
