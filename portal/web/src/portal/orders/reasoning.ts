import type { TonerForecast } from '../../gen/utsendt/portal/v1/supply_service_pb.js'
import { formatDate } from '../../i18n/format'
import { hasText, language, t } from '../../i18n/language.svelte'
import type { Params } from '../../i18n/plural'

const days = new Set(['at', 'since'])

/** Params as they are shown: numbers grouped, days written out. `n` picks the form by number. */
function shown(params: Record<string, string>): Params {
  const filled: Params = {}
  for (const [name, value] of Object.entries(params)) {
    if (days.has(name)) filled[name] = formatDate(language(), new Date(value))
    else filled[name] = /^-?\d+$/.test(value) ? Number(value) : value
  }
  const n = params.days ?? params.quantity ?? params.pages
  if (n !== undefined) filled.n = Number(n)
  return filled
}

/** Which of a step's texts fits: "forecast.step.spread.measured" before "forecast.step.spread". */
export function keyOf(step: { key: string; params: Record<string, string> }): string {
  const { basis } = step.params
  return `forecast.step.${step.key}${basis ? `.${basis}` : ''}`
}

/** One sentence for each step of the reasoning. A step newer than this page is left out, never garbled. */
export function reasoning(forecast: TonerForecast): string[] {
  const lines: string[] = []
  for (const step of forecast.steps) {
    if (step.key === 'counter') {
      if (step.params.a3_double === 'true') lines.push(t('forecast.step.counter_a3'))
      if (step.params.with_colour === 'true') lines.push(t('forecast.step.counter_colour'))
      continue
    }
    const key = keyOf(step)
    if (hasText(key)) lines.push(t(key, shown(step.params)))
  }
  return lines
}
