import type { Request } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import type { Problem } from '../../api/problem'
import { explain } from '../../api/problem'
import { serverNow } from '../../api/clock.svelte'
import { formatAgo } from '../../i18n/format'
import { language, t } from '../../i18n/language.svelte'
import { windowWords, wordFor, zoneOf } from '../../i18n/words.svelte'
import type { Act } from './act'

/** What was done, in a line: "SR-1000427 was given to Kari." */
export function doneWords(act: Act, after: Request): string {
  const number = after.number
  const name = after.visit?.technicianName ?? ''
  switch (act.kind) {
    case 'assign':
    case 'auto':
      return t('actions.done_assign', { number, name })
    case 'reassign':
      return t('actions.done_reassign', { number, name })
    case 'recall':
      return t('actions.done_recall', { number })
    case 'cancel':
      return t('actions.done_cancel', { number })
    case 'schedule':
      return after.window ? t('actions.done_schedule', { number, window: windowWords(after.window, zoneOf(after.place)) }) : t('actions.done_unschedule', { number })
    case 'note':
      return t('actions.done_note', { number })
  }
}

/** True when somebody changed the request between looking and doing. */
export const overtaken = (problem: Problem): boolean => problem.reason === 'version_stale'

/** Who was first, what they did, how long ago, and where the request stands now: for a text with these placeholders. */
export function whoWasFirst({ params }: Problem): { who: string; what: string; ago: string; state: string } {
  const { by, by_role: role = '', did = '', at = '', technician = '', state = '' } = params
  const who = role === 'system' ? t('actions.by_itself') : by || t('actions.somebody')
  const what = technician ? t('actions.did_about', { did: wordFor('history', did), name: technician }) : wordFor('history', did)
  const seconds = (serverNow() - Date.parse(at)) / 1000
  const ago = Number.isNaN(seconds) ? '' : formatAgo(language(), Math.max(0, seconds))
  return { who, what, ago, state: wordFor('state', state) }
}

/** A refusal for people: who was first when that is why, else what the server says. */
export const refusalWords = (problem: Problem): string =>
  overtaken(problem) && problem.params.did ? t('actions.overtaken', whoWasFirst(problem)) : explain(problem)

/** Why something could not be taken back. */
export const notUndoneWords = (problem: Problem, number: string): string =>
  overtaken(problem) && problem.params.did
    ? t('actions.not_undone_who', { number, ...whoWasFirst(problem) })
    : t('actions.not_undone', { why: explain(problem) })
