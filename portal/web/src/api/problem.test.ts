import { create } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import { beforeEach, describe, expect, it } from 'vitest'
import { FaultSchema } from '../gen/utsendt/fault/v1/fault_pb.js'
import { setLanguage } from '../i18n/language.svelte'
import { explain, mayRetry, problemOf } from './problem'

type FaultInit = { reason: string; text?: string; field?: string; params?: Record<string, string>; wait?: bigint; incidentId?: string }

function failure(code: Code, fault?: FaultInit): ConnectError {
  if (!fault) return new ConnectError('English text', code)
  const { wait, ...rest } = fault
  const value = wait === undefined ? rest : { ...rest, retryAfter: { seconds: wait, nanos: 0 } }
  return new ConnectError('English text', code, undefined, [{ desc: FaultSchema, value: create(FaultSchema, value) }])
}

beforeEach(() => setLanguage('en'))

describe('explain', () => {
  it('is the sentence of the server', () => {
    const problem = problemOf(
      failure(Code.AlreadyExists, { reason: 'request_open', text: 'Åpen sak: SR-1000427.', params: { number: 'SR-1000427', id: 'x' } }),
    )
    expect(explain(problem)).toBe('Åpen sak: SR-1000427.')
    expect(problem.params.id).toBe('x')
  })

  it('falls back to the kind when the server gave no sentence', async () => {
    await setLanguage('en')
    expect(explain(problemOf(failure(Code.NotFound, { reason: 'brand_new_reason' })))).toBe(
      explain(problemOf(failure(Code.NotFound))),
    )
  })

  it('never shows the English message of the server', async () => {
    for (const code of Object.values(Code).filter((value) => typeof value === 'number')) {
      for (const language of ['nb', 'en'] as const) {
        await setLanguage(language)
        expect(explain(problemOf(failure(code)))).not.toContain('English text')
      }
    }
  })

  it('tells how long to wait and which incident it was', async () => {
    await setLanguage('en')
    const limited = problemOf(failure(Code.ResourceExhausted, { reason: 'sign_in_limited', wait: 90n }))
    expect(limited.retryAfterSeconds).toBe(90)
    expect(explain(limited)).toMatch(/2.min/)
    expect(explain(problemOf(failure(Code.Internal, { reason: 'internal', incidentId: 'ab12' })))).toContain('ab12')
  })

  it('keeps the field', () => {
    expect(problemOf(failure(Code.InvalidArgument, { reason: 'x', field: 'contact_phone' })).field).toBe('contact_phone')
  })
})

describe('what may be tried again', () => {
  it('is what was not answered, not what was refused', () => {
    const lost = problemOf(new TypeError('Failed to fetch'))
    expect(lost.unreachable).toBe(true)
    expect(mayRetry(lost)).toBe(true)
    expect(mayRetry(problemOf(failure(Code.Unavailable)))).toBe(true)
    expect(mayRetry(problemOf(failure(Code.DeadlineExceeded)))).toBe(true)
    expect(mayRetry(problemOf(failure(Code.InvalidArgument)))).toBe(false)
    expect(mayRetry(problemOf(failure(Code.AlreadyExists, { reason: 'request_open' })))).toBe(false)
    expect(mayRetry(problemOf(failure(Code.Aborted, { reason: 'version_stale' })))).toBe(false)
  })
})
