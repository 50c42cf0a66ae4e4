import { Code } from '@connectrpc/connect'
import type { Problem } from '../../api/problem'
import type { Entry } from './entry'

/**
 * What a failure means for an entry. stop: nobody can be told anything now; signed_out: not before somebody signs in; someone_else: the
 * session is another's by now; later: this
 * one again later, other jobs go on; refused: never.
 */
export type Meaning = 'stop' | 'signed_out' | 'someone_else' | 'later' | 'refused'

export function meaningOf(problem: Problem): Meaning {
  if (problem.unreachable || problem.code === Code.Unavailable) return 'stop'
  if (problem.reason === 'session_of_another') return 'someone_else'
  if (problem.code === Code.Unauthenticated) return 'signed_out'
  switch (problem.code) {
    case Code.InvalidArgument:
    case Code.FailedPrecondition:
    case Code.NotFound:
    case Code.PermissionDenied:
    case Code.AlreadyExists:
    case Code.OutOfRange:
    case Code.Unimplemented:
      return 'refused'
    default:
      return 'later'
  }
}

/** The office had taken the job when the step arrived. */
export const wasOvertaken = (entry: Entry): boolean => entry.state === 'refused' && entry.problem?.reason === 'overtaken'

/** Refusals as they are told: the steps of one job that the office overtook are one piece of news. */
export function newsOf(refused: Entry[]): Entry[][] {
  const news = new Map<string, Entry[]>()
  for (const one of refused) {
    const about = wasOvertaken(one) ? one.visitId : one.id
    news.set(about, [...(news.get(about) ?? []), one])
  }
  return [...news.values()]
}

const keptFor = 14 * 24 * 3600_000
const keptMost = 200

/** Answered entries that are too old or too many to be kept. What waits is always kept. */
export function outdated(entries: Entry[], now: number): Entry[] {
  const answered = entries.filter((one) => one.state !== 'waiting')
  const many = answered.slice(0, Math.max(0, answered.length - keptMost))
  return answered.filter((one) => many.includes(one) || now - (one.answeredAt ?? one.pressedAt) > keptFor)
}
