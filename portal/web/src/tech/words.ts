import type { Problem } from '../api/problem'
import { explain } from '../api/problem'

import { t } from '../i18n/language.svelte'
import { wordFor } from '../i18n/words.svelte'
import type { Step } from './queue/entry'

/** What was pressed: "I am there". */
export const stepWord = (step: Step): string => t(`tech.${step}`)

const hasWord = new Set(['to_be_scheduled', 'dispatched', 'completed', 'cancelled', 'en_route', 'on_site'])

/** Why a press was refused, and where the job stands now. */
export function refusalWords(entry: { problem?: Problem }): string {
  const { problem } = entry
  if (!problem) return ''
  if (problem.reason !== 'overtaken') return explain(problem)
  const { state = '', visit_state: visit = '' } = problem.params
  const what = visit === 'cancelled' || state === 'cancelled' ? t('tech.overtaken.cancelled') : visit === 'recalled' ? t('tech.overtaken.recalled') : t('tech.overtaken.other')
  return hasWord.has(state) ? `${what} ${t('tech.overtaken.now', { state: wordFor('state', state) })}` : what
}

/** What a counter is called; one that is newer than this page is called as the server does. */
export const meterWord = (counter: string): string => wordFor('meter', counter)
