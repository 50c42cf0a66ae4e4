import { MethodOptions_IdempotencyLevel as Idempotency } from '@bufbuild/protobuf/wkt'
import type { Interceptor } from '@connectrpc/connect'
import { Code, ConnectError } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-web'
import { language } from '../i18n/language.svelte'
import { noteServerDate } from './clock.svelte'
import { connection } from './connection.svelte'
import { laidInPage, withLaid } from './laid'
import { mayRetry, problemOf } from './problem'
import { refusals } from './stream'

let whenSignedOut: () => void = () => {}

/** Says what happens when any call finds that the session has ended. */
export function onSignedOut(handler: () => void): void {
  whenSignedOut = handler
}

let person: () => string | undefined = () => undefined
let whenAnother: () => void = () => {}

/**
 * Says whose page this is. The tabs of a browser share one cookie: what a page asks for one person is refused by the server
 * when the session is another's by now, and then onAnother is called.
 */
export function actAs(who: () => string | undefined, onAnother: () => void): void {
  person = who
  whenAnother = onAnother
}

/** Who asks who is signed in, or signs in, takes the session as it is. */
const takesAny = /^(SignIn|BeginSignIn|FinishSignIn|GetMe)$/

/** Milliseconds before each further attempt to read something. */
const again = [400, 1200]

/** Passes a stream's messages on, and notes that the line is up, or that it broke. */
async function* listened<T>(messages: AsyncIterable<T>, signal: AbortSignal): AsyncIterable<T> {
  try {
    for await (const message of messages) {
      connection.heard()
      yield message
    }
  } catch (error) {
    if (!signal.aborted && !refusals.has(ConnectError.from(error).code)) connection.lost()
    if (problemOf(error).reason === 'session_of_another') whenAnother()
    throw error
  }
}

const watch: Interceptor = (next) => async (request) => {
  // Errors come in the language of the page, whatever the browser's own is.
  request.header.set('Accept-Language', language())
  const who = person()
  if (who && !takesAny.test(request.method.name)) request.header.set('Utsendt-Person', who)
  // What only reads is asked again when a server that is being restarted does not answer. A change is its page's affair.
  const mayRepeat = !request.stream && request.method.idempotency === Idempotency.NO_SIDE_EFFECTS
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await next(request)
      noteServerDate(response.header.get('date'))
      connection.heard()
      return response.stream ? { ...response, message: listened(response.message, request.signal) } : response
    } catch (error) {
      const problem = problemOf(error)
      if (problem.reason === 'session_of_another') {
        whenAnother()
        throw error
      }
      // A wrong password at SignIn is Unauthenticated too, and ends no session.
      if (ConnectError.from(error).code === Code.Unauthenticated && !/SignIn$/.test(request.method.name)) whenSignedOut()
      if (request.signal.aborted) throw error
      if (problem.unreachable || (problem.code === Code.Unavailable && !problem.reason)) connection.lost()
      const wait = again[attempt]
      if (!mayRepeat || wait === undefined || !mayRetry(problem) || connection.state === 'offline') throw error
      await new Promise((done) => setTimeout(done, wait))
      if (request.signal.aborted) throw error
    }
  }
}

/** Calls to the server this page came from. The session travels in a cookie that scripts cannot read. */
export const transport = transportOver({
  fetch: withLaid(laidInPage(), (input, init) => fetch(input, init), () => performance.now()),
})

/** The same over another way of fetching, or with another time to wait. */
export function transportOver(other: { fetch?: typeof globalThis.fetch; defaultTimeoutMs?: number } = {}) {
  return createConnectTransport({
    baseUrl: globalThis.location?.origin ?? 'http://localhost',
    // Binary: smaller than JSON, and an enum value that is newer than this page does not break it.
    useBinaryFormat: true,
    interceptors: [watch],
    // Calls end after this many milliseconds; streams pass 0, which is no limit.
    defaultTimeoutMs: 20_000,
    ...other,
  })
}
