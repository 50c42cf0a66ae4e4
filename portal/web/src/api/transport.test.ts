import { create, toBinary } from '@bufbuild/protobuf'
import { createClient } from '@connectrpc/connect'
import { beforeEach, expect, it, vi } from 'vitest'
import { GetPushKeyResponseSchema, NotificationService } from '../gen/utsendt/live/v1/notification_service_pb.js'
import { FaultSchema } from '../gen/utsendt/fault/v1/fault_pb.js'
import { SessionService } from '../gen/utsendt/identity/v1/session_service_pb.js'
import { connection } from './connection.svelte'
import { actAs, transportOver } from './transport'

const answer = () =>
  new Response(toBinary(GetPushKeyResponseSchema, create(GetPushKeyResponseSchema, { publicKey: 'k' })), { headers: { 'Content-Type': 'application/proto' } })

/** A server that does not answer the first calls, and then does. */
function clientOver(silent: number) {
  let calls = 0
  const fetch = vi.fn(async () => {
    if (++calls <= silent) throw new TypeError('Failed to fetch')
    return answer()
  })
  return { client: createClient(NotificationService, transportOver({ fetch })), fetch }
}

beforeEach(() => {
  vi.useFakeTimers()
  return () => {
    connection.heard()
    vi.useRealTimers()
  }
})

it('reads again what nobody answered', async () => {
  const { client, fetch } = clientOver(2)
  const reading = client.getPushKey({})
  await vi.advanceTimersByTimeAsync(400 + 1200)
  expect((await reading).publicKey).toBe('k')
  expect(fetch).toHaveBeenCalledTimes(3)
})

it('gives up after the third time', async () => {
  const { client, fetch } = clientOver(9)
  const reading = client.getPushKey({}).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await reading).toBeInstanceOf(Error)
  expect(fetch.mock.calls.length).toBe(3)
})

it('leaves a change to its page, which has the operation id', async () => {
  const { client, fetch } = clientOver(1)
  const change = client.subscribe({}).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await change).toBeInstanceOf(Error)
  expect(fetch).toHaveBeenCalledTimes(1)
})

it('says whose page it is, except where the session is what is asked for, and is told when it is not', async () => {
  const another = vi.fn()
  actAs(() => '0198c0de-0000-7000-8000-000000000001', another)
  const asked: [string, string | null][] = []
  const refuse = vi.fn(async (url: RequestInfo | URL, init?: RequestInit) => {
    asked.push([String(url).split('/').at(-1) ?? '', new Headers(init?.headers).get('Utsendt-Person')])
    const value = btoa(String.fromCharCode(...toBinary(FaultSchema, create(FaultSchema, { reason: 'session_of_another' }))))
    return new Response(JSON.stringify({ code: 'unauthenticated', message: 'x', details: [{ type: 'utsendt.fault.v1.Fault', value }] }), {
      status: 401, headers: { 'Content-Type': 'application/json' },
    })
  })
  const transport = transportOver({ fetch: refuse })
  await expect(createClient(NotificationService, transport).subscribe({})).rejects.toThrow()
  expect(another).toHaveBeenCalledOnce()
  await expect(createClient(SessionService, transport).getMe({})).rejects.toThrow()
  await expect(createClient(SessionService, transport).signIn({})).rejects.toThrow()
  await expect(createClient(SessionService, transport).signOut({})).rejects.toThrow()
  const who = '0198c0de-0000-7000-8000-000000000001'
  expect(asked).toEqual([['Subscribe', who], ['GetMe', null], ['SignIn', null], ['SignOut', who]])
  actAs(() => undefined, () => {})
})
