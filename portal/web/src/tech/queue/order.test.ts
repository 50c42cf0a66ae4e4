import { Code } from '@connectrpc/connect'
import { expect, it } from 'vitest'
import type { Problem } from '../../api/problem'
import type { Entry } from './entry'
import { meaningOf, newsOf } from './order'

const problem = (code: Code, reason = '', unreachable = false): Problem => ({ reason, field: '', params: {}, text: '', retryAfterSeconds: undefined, incident: '', code, unreachable })
const refused = (id: string, visitId: string, reason: string): Entry => ({
  n: 1, id, person: 'kari', requestId: '', visitId, number: '', account: '', step: 'depart', pressedAt: 0, content: {}, state: 'refused', answeredAt: 1,
  problem: problem(Code.FailedPrecondition, reason),
})

it.each([
  [problem(Code.Unknown, '', true), 'stop'],
  [problem(Code.Unavailable), 'stop'],
  [problem(Code.Unauthenticated), 'signed_out'],
  [problem(Code.Unauthenticated, 'session_of_another'), 'someone_else'],
  [problem(Code.ResourceExhausted), 'later'],
  [problem(Code.Internal), 'later'],
  [problem(Code.Aborted), 'later'],
  [problem(Code.FailedPrecondition, 'overtaken'), 'refused'],
  [problem(Code.NotFound), 'refused'],
  [problem(Code.InvalidArgument), 'refused'],
  [problem(Code.AlreadyExists), 'refused'],
])('%j means %s', (of, meaning) => expect(meaningOf(of)).toBe(meaning))

it('tells once of all steps of a job that the office overtook, and of each other refusal', () => {
  const all = [refused('a', 'v1', 'overtaken'), refused('b', 'v2', 'overtaken'), refused('c', 'v1', 'overtaken'), refused('d', 'v1', 'job_in_progress')]
  expect(newsOf(all).map((news) => news.map((one) => one.id))).toEqual([['a', 'c'], ['b'], ['d']])
})
