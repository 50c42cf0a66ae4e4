import type { Interceptor } from '@connectrpc/connect'
import { Code, ConnectError } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-web'
import { language } from '../i18n/language.svelte'
import { noteServerDate } from './clock.svelte'

let whenSignedOut: () => void = () => {}

/** Says what happens when any call finds that the session has ended. */
export function onSignedOut(handler: () => void): void {
  whenSignedOut = handler
}

const watch: Interceptor = (next) => async (request) => {
  // Errors come in the language of the page, whatever the browser's own is.
  request.header.set('Accept-Language', language())
  try {
    const response = await next(request)
    noteServerDate(response.header.get('date'))
    return response
  } catch (error) {
    // A wrong password at SignIn is Unauthenticated too, and ends no session.
    if (ConnectError.from(error).code === Code.Unauthenticated && !/SignIn$/.test(request.method.name)) whenSignedOut()
    throw error
  }
}

/** Calls to the server this page came from. The session travels in a cookie that scripts cannot read. */
export const transport = transportOver()

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
