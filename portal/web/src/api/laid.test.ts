import { create, toBinary } from '@bufbuild/protobuf'
import { Code, ConnectError, createClient } from '@connectrpc/connect'
import { expect, it, vi } from 'vitest'
import { GetMeRequestSchema, GetMeResponseSchema, SessionService } from '../gen/utsendt/identity/v1/session_service_pb.js'
import { GetRequestRequestSchema, GetRequestResponseSchema, PortalService } from '../gen/utsendt/portal/v1/portal_service_pb.js'
import { withLaid } from './laid'
import { transportOver } from './transport'

const base64 = (octets: Uint8Array) => btoa(String.fromCharCode(...octets))
const me = '/utsendt.identity.v1.SessionService/GetMe'
const nobody = { path: me, request: '', status: 401, type: 'application/json', answer: btoa('{"code":"unauthenticated","message":"Please sign in."}') }
const known = () => ({
  path: me, request: base64(toBinary(GetMeRequestSchema, create(GetMeRequestSchema))), status: 200, type: 'application/proto',
  answer: base64(toBinary(GetMeResponseSchema, create(GetMeResponseSchema, { person: { firstName: 'Åse' } }))),
})
const asked = (number: string) => ({
  path: '/utsendt.portal.v1.PortalService/GetRequest',
  request: base64(toBinary(GetRequestRequestSchema, create(GetRequestRequestSchema, { id: number }))), status: 200, type: 'application/proto',
  answer: base64(toBinary(GetRequestResponseSchema, create(GetRequestResponseSchema, { request: { number } }))),
})

function over(laid: Parameters<typeof withLaid>[0], at = 0) {
  const server = vi.fn(async () => new Response(toBinary(GetMeResponseSchema, create(GetMeResponseSchema)), { headers: { 'Content-Type': 'application/proto' } }))
  return { server, transport: transportOver({ fetch: withLaid(laid, server as typeof fetch, () => at) }) }
}

it('answers the first call without the server, and the second by it', async () => {
  const { server, transport } = over([known()])
  const sessions = createClient(SessionService, transport)
  expect((await sessions.getMe({})).person?.firstName).toBe('Åse')
  expect(server).not.toHaveBeenCalled()
  expect((await sessions.getMe({})).person).toBeUndefined()
  expect(server).toHaveBeenCalledOnce()
})

it('answers only what was asked', async () => {
  const { server, transport } = over([asked('R-1')])
  const portal = createClient(PortalService, transport)
  await portal.getRequest({ id: 'R-2' })
  expect(server).toHaveBeenCalledOnce()
  expect((await portal.getRequest({ id: 'R-1' })).request?.number).toBe('R-1')
  expect(server).toHaveBeenCalledOnce()
})

it('says that nobody is signed in', async () => {
  const { server, transport } = over([nobody])
  const failure = await createClient(SessionService, transport).getMe({}).catch((error: unknown) => error)
  expect(ConnectError.from(failure).code).toBe(Code.Unauthenticated)
  expect(server).not.toHaveBeenCalled()
})

it('asks the server when the page is no longer new', async () => {
  const { server, transport } = over([known()], 60_000)
  await createClient(SessionService, transport).getMe({})
  expect(server).toHaveBeenCalledOnce()
})
