import { create } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RequestSchema, RequestState } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import type { Request } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import type { Act, Calls } from './act'
import { inverseOf } from './act'
import { Undo, undoFor } from './undo.svelte'

const waiting = (version = 1n) => create(RequestSchema, { id: 'r', number: 'SR-1', version, state: RequestState.TO_BE_SCHEDULED })
const given = (technicianId: string, version = 2n) =>
  create(RequestSchema, { id: 'r', number: 'SR-1', version, state: RequestState.DISPATCHED, visit: { technicianId, technicianName: technicianId } })
const assign: Act = { kind: 'assign', technicianId: 'kari', technicianName: 'Kari' }

/** A server of one request that notes what it is asked. */
function server(now: Request) {
  const asked: { call: string; expectedVersion: bigint; technicianId?: string; operationId: string }[] = []
  let present = now
  const answer = (call: string) => async (message: any) => {
    asked.push({ call, ...message })
    if (message.expectedVersion !== present.version) throw new ConnectError('stale', Code.Aborted)
    present = call === 'recall' ? waiting(present.version + 1n) : given(message.technicianId ?? 'auto', present.version + 1n)
    return { request: present }
  }
  const calls = Object.fromEntries(['assign', 'reassign', 'autoAssign', 'recall', 'cancel', 'schedule', 'addNote'].map((name) => [name, answer(name)])) as unknown as Calls
  return { calls, asked, change: () => (present = given('somebody', present.version + 1n)) }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('what takes an act back', () => {
  it.each<[string, Request, Act, Act | undefined]>([
    ['an assignment is recalled', waiting(), assign, { kind: 'recall', reason: 'why' }],
    ['an automatic one too', waiting(), { kind: 'auto' }, { kind: 'recall', reason: 'why' }],
    ['a move goes back to who had it', given('ola'), { ...assign, kind: 'reassign' }, { kind: 'reassign', technicianId: 'ola', technicianName: 'ola', override: true }],
    ['a recall gives it back', given('ola'), { kind: 'recall', reason: 'x' }, { kind: 'assign', technicianId: 'ola', technicianName: 'ola', override: true }],
    ['a time goes back to none', waiting(), { kind: 'schedule', window: given('x').window }, { kind: 'schedule', window: undefined }],
    ['an end stays', given('ola'), { kind: 'cancel', reason: 'x' }, undefined],
    ['a note stays', given('ola'), { kind: 'note', text: 'x' }, undefined],
  ])('%s', (_, before, act, inverse) => expect(inverseOf(before, act, 'why')).toEqual(inverse))
})

describe('undo', () => {
  it('sends the inverse of the version that was left, once', async () => {
    const s = server(given('kari'))
    const undo = new Undo(s.calls, () => 'why')
    undo.offer(waiting(), assign, given('kari'))
    const [after, second] = await Promise.all([undo.undo(), undo.undo()])
    expect(after?.state).toBe(RequestState.TO_BE_SCHEDULED)
    expect(second).toBeUndefined()
    expect(s.asked).toMatchObject([{ call: 'recall', expectedVersion: 2n, reason: 'why' }])
    expect(undo.last).toBeUndefined()
    expect(await undo.undo()).toBeUndefined()
  })

  it('is refused when somebody changed it meanwhile, and says so until it is dismissed', async () => {
    const s = server(given('kari'))
    const undo = new Undo(s.calls, () => 'why')
    undo.offer(waiting(), assign, given('kari'))
    s.change()
    expect(await undo.undo()).toBeUndefined()
    expect(undo.problem?.code).toBe(Code.Aborted)
    vi.advanceTimersByTime(10 * undoFor)
    expect(undo.problem).toBeDefined()
    undo.dismiss()
    expect(undo.last ?? undo.problem).toBeUndefined()
  })

  it('lasts fifteen seconds, and longer while somebody is at it', () => {
    const undo = new Undo(server(given('kari')).calls, () => 'why')
    undo.offer(waiting(), assign, given('kari'))
    vi.advanceTimersByTime(undoFor - 1)
    undo.hold()
    vi.advanceTimersByTime(10 * undoFor)
    expect(undo.last).toBeDefined()
    undo.resume()
    vi.advanceTimersByTime(undoFor - 1)
    expect(undo.last).toBeDefined()
    vi.advanceTimersByTime(1)
    expect(undo.last).toBeUndefined()
  })

  it('has room for one: what is done next takes its place, and an end leaves nothing', () => {
    const undo = new Undo(server(given('kari')).calls, () => 'why')
    undo.offer(waiting(), assign, given('kari'))
    undo.offer(given('kari'), { ...assign, kind: 'reassign', technicianId: 'ola' }, given('ola', 3n))
    expect(undo.last?.inverse).toMatchObject({ kind: 'reassign', technicianId: 'kari' })
    undo.offer(given('ola', 3n), { kind: 'cancel', reason: 'x' }, waiting(4n))
    expect(undo.last).toBeUndefined()
  })
})
