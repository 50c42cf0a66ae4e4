// Calls by the Connect protocol in JSON, for what a test needs to be there before it looks.
import { randomUUID } from 'node:crypto'
import { baseUrl, signIn } from './browser.mjs'

/** A person's calls, signed in: `call('portal.v1.PortalService/ListDevices', {})`. */
export async function callerFor(role) {
  let cookie = ''
  const call = async (method, message) => {
    const response = await fetch(`${baseUrl}/utsendt.${method}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Connect-Protocol-Version': '1', cookie },
      body: JSON.stringify(message),
    })
    const answer = await response.json()
    if (!response.ok) throw new Error(`${method}: ${response.status} ${JSON.stringify(answer)}`)
    const set = response.headers.getSetCookie().map((one) => one.split(';')[0])
    if (set.length > 0) cookie = set.join('; ')
    return answer
  }
  /** The session, for a browser that is to have it too. */
  call.cookie = () => cookie
  const { user, password } = signIn(role)
  await call('identity.v1.SessionService/SignIn', { userId: user, password })
  return call
}

/** Sees to it that the customer has an open request. */
export async function openOne() {
  const call = await callerFor('CUSTOMER')
  const { requests = [] } = await call('portal.v1.PortalService/ListRequests', { openOnly: true })
  if (requests.length > 0) return
  const { devices = [] } = await call('portal.v1.PortalService/ListDevices', {})
  await call('portal.v1.PortalService/OpenRequest', {
    operationId: randomUUID(),
    deviceId: devices[0].id,
    category: 'FAULT_CATEGORY_PAPER_JAM',
    description: 'Papiret krøller seg i magasin 2, og displayet viser J018.',
    contactName: 'Testa Prøvesen',
    contactPhone: '+47 000 00 000',
  })
}

/** Makes a link to the customer's first open request, and gives where it leads. */
export async function shareOne() {
  const call = await callerFor('CUSTOMER')
  const { requests } = await call('portal.v1.PortalService/ListRequests', { openOnly: true })
  const { share } = await call('portal.v1.TrackingService/ShareRequest', { operationId: randomUUID(), requestId: requests[0].id, validHours: 1 })
  const { pathname, hash } = new URL(share.url)
  return pathname + hash
}
